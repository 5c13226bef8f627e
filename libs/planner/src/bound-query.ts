import type { ExposedSet } from '@tributary/catalog'
import type { Column, OrderKey, Plan, ResourceGap, Value } from '@tributary/plan'
import type { BoundItems, ItemsWithin } from './bound-items.js'

/**
 * A request bound to an exposure: what is computed, and how its answer is written. Frozen.
 */
export interface BoundQuery {
  readonly shape: ResultShape
  /**
   * What yields the rows. `pageRows` > 0: at most `pageRows + 1` rows arrive; the one beyond the page is not written and says that
   * there is a next page. Shape 'entity', 'property', 'rawValue', 'itemCount': no row = 404.
   * Shape 'count': no row matters, the answer is the count of the outermost `Limit` (or, under `unwrap`, of the expanded rows).
   */
  readonly plan: Plan
  /** The set the answer's rows belong to: the last one of a navigation path. */
  readonly set: ExposedSet
  /** Qualified name of the rows' type in the exposed model. */
  readonly entityType: string
  /** What the answer's rows are, and what is expanded of them. */
  readonly rows: BoundRows
  /** The key is read whatever is shown. */
  readonly identified?: true
  /** `/$ref`: only the ids of the rows are told, which are made of the visible columns. */
  readonly references?: true
  /** The rows are results of `$apply`, no entities: they have no key, id or type. */
  readonly transient?: true
  /** The columns of the answer's rows, hidden ones included, in the order of the rows' values. */
  readonly columns: readonly Column[]
  /** Names of the columns that are written, in order. */
  readonly visible: readonly string[]
  /** What follows `$metadata#` in the context URL: `Orders(OrderID,Customer(CompanyName))/$entity`. @see OData JSON 4.01 section 10 */
  readonly contextFragment: string
  /**
   * Navigation columns to look through: the plan yields the one row the path begins with, and the answer stands in its expanded
   * columns: `Customers('ALFKI')/Orders` has `['Orders']`. No row, or null on the way: 404; the last one null: 204. Empty: none.
   * @see unwrapRow
   */
  readonly unwrap: readonly string[]
  /** Of 'property' and 'rawValue': the path from the row. */
  readonly property?: readonly [string, ...string[]]
  /** Of a property that is a collection: which of its items are meant. */
  readonly items?: BoundItems
  /** Of a property of a row that is reached by a navigation: what follows the row's id in the context URL. */
  readonly behindRow?: string
  /** Of a property: its own column as it is, and with the fields that are shown. */
  readonly whole?: Column
  readonly shown?: Column
  /** Of a property, behind so many steps of its path: types that values have to be of, positions of the members that are meant, from the end where negative. */
  readonly turns?: readonly PropertyTurn[]
  /** `$count=true`: the number is the count of the outermost `Limit` (or, under `unwrap`, of the expanded rows). */
  readonly count: boolean
  /** What the rows are ordered by: the client's order, then the key. Empty: as the source gives them. */
  readonly order: readonly OrderKey[]
  readonly paging: Paging
  /** The client's `$top`, not reduced by what earlier pages gave. */
  readonly top?: number
  readonly skip: number
  readonly pageRows: number
}

/** What a property's path does to the value it has come to. Values of other types, and members that are not there, do not exist. */
export type PropertyTurn = { readonly depth: number } & ({ readonly types: readonly string[] } | { readonly ordinal: number } | { readonly items: BoundItems })

/** What the answer is: many rows, one, a part of one, or how many. */
export type ResultShape = 'collection' | 'entity' | 'property' | 'rawValue' | 'count' | 'itemCount'

/** What rows are, for the links and types that are told of them, and the rows expanded of each. */
export interface BoundRows {
  readonly set: ExposedSet
  /** Qualified name in the exposed model. */
  readonly entityType: string
  /** How a row is addressed, if not as one of the set by its key: the key columns of the rows above stand in the row as well. */
  readonly place?: { readonly path: string; readonly gaps: readonly ResourceGap[]; readonly single: boolean }
  /** By the name of the expanded column. */
  readonly related: ReadonlyMap<string, BoundRows>
  /** Only the ids of the rows are told, or only how many there are. */
  readonly references?: true
  readonly countOnly?: true
  /** The row is shown by its link only. */
  readonly linked?: true
  /** The place within complex values of the row above where these rows are shown: `['Address','Country']`. */
  readonly holder?: readonly string[]
  /** Of complex values on the way there, behind so many of its properties: the types they have to be of. */
  readonly held?: readonly { readonly depth: number; readonly types: readonly string[] }[]
  /** The rows are shown together with others that the same navigation leads to, to rows of the type `declared`, each in its own way. */
  readonly alternative?: { readonly into: string; readonly declared: string; readonly otherParents: readonly string[]; readonly otherRows: readonly string[] }
  /** All rows are of the type or one derived from it because they were cast: what says no more than that is left out, the context tells it. */
  readonly cast?: true
  /** The cast stands in `$expand`: no context tells it, so the rows do. */
  readonly castWithin?: true
  /** Only rows above of these types have the navigation. */
  readonly only?: readonly string[]
  /** Streams whose bytes are shown: under which name, where they are behind the row's id, and which types of rows have them; undefined: all. */
  readonly streams?: readonly { readonly name: string; readonly path: string; readonly types?: readonly string[] }[]
  /** What is done to collection properties, and to complex ones, of the row. */
  readonly items?: readonly ItemsWithin[]
  /** Visible columns that are read for that, and not shown. */
  readonly unshown?: readonly string[]
}

/** How the next page is found. */
export type Paging =
  /** Names of the columns whose values in the page's last row go into the token, in the order of `order`. */
  | { readonly kind: 'keyset'; readonly cursor: readonly string[] }
  /** By the number of rows given so far. */
  | { readonly kind: 'offset' }
  | { readonly kind: 'none' }

/** Which page of the answer is wanted, and how large pages are. */
export interface BindOptions {
  /** Rows a page has at most; 0 = no paging. */
  readonly pageRows: number
  /** Rows are told with their ids, so that they need their keys whatever is selected. */
  readonly identified?: boolean
  /** Rows are told with what their source says of them in terms of vocabularies. */
  readonly annotated?: boolean
  /** The one row that the path leads to is asked for as the only one of a collection: filters and orders apply. */
  readonly asCollection?: true
  /** Where an earlier page ended. `given`: rows given by all pages before. */
  readonly cursor?: Cursor
}

/** Where the pages before ended. `values` are those of `Paging.cursor`; `offset` counts rows from the beginning, the client's `$skip` included. */
export type Cursor =
  | { readonly kind: 'keyset'; readonly values: readonly Value[]; readonly given: number }
  | { readonly kind: 'offset'; readonly offset: number; readonly given: number }
