import type { Value, ValueType } from './value.js'

/**
 * A column of a page. Some names are special: `@odata.etag`, `@odata.type` … carry control information the source sent;
 * `*` carries the undeclared properties of an open type as one object, which the writer spreads; `{}` carries the members of a row as
 * they are to be written, beside which the other columns (expanded ones excepted) are not written.
 */
export interface Column {
  readonly name: string
  readonly type: ValueType
  /** Of a complex column: its declared properties (those of derived types included). */
  readonly fields?: readonly Column[]
  /** The value it has where nothing else is said; undefined: null. */
  readonly default?: Value
  /** Only rows of derived types have it: where a row lacks it, its value is undefined, not null. */
  readonly derived?: boolean
  /** The name under which its values are told, where several columns hold forms of one member, of which a row has one. */
  readonly shownAs?: string
  /** The query made it: no model declares it, so that clients cannot know its type. */
  readonly dynamic?: true
  /** Its values are JSON texts, written as they are. */
  readonly json?: true
  /** Of an expanded navigation property: the shape of its rows. */
  readonly expanded?: ExpandedShape
}

/** An expanded navigation: to-one values are `ExpandedRow | null`, to-many values `ExpandedRows`. */
export interface ExpandedShape {
  /** Columns that are read whatever is shown: the key of rows that are told with their ids. */
  readonly kept?: readonly string[]
  readonly toMany: boolean
  /** All columns the rows have, hidden ones (join columns nobody selected) included. */
  readonly columns: readonly Column[]
  /** Names of the columns that are shown, in order. */
  readonly visible: readonly string[]
  /** Of rows that `$apply` put here: what their context URL says behind `#`. */
  readonly context?: string
}

/** Positional values for `ExpandedShape.columns`. */
export type ExpandedRow = readonly Value[]

/** The related rows of one row, by `ExpandedShape.columns`. */
export type ExpandedRows = {
  readonly rows: readonly ExpandedRow[]
  /** With a nested `$count=true`: rows before nested `$skip`/`$top`. */
  readonly count?: number
}

/** In the place of expanded rows that could not be read, where whoever asks goes on without them. */
export type MissingPart = {
  readonly missing: {
    readonly code: string
    readonly message: string
    /** Where it can be asked for again. */
    readonly retry?: string
  }
}

/** Rows between operators. Every operator and the writer take both forms. */
export type Page = BytesPage | RowsPage

/** Positional values: `rows[r][c]` belongs to `columns[c]`. */
export interface RowsPage {
  readonly kind: 'rows'
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Value[])[]
}

/**
 * Rows as UTF-8 JSON objects in one buffer: row `r` is `bytes[offsets[2r] … offsets[2r+1])`. A column is scanned or parsed only when
 * asked for. `ieee754` tells whether Int64 and Decimal stand as strings (IEEE754Compatible=true) or as numbers in the text.
 * `only` tells that the objects hold the columns and nothing else, in any order, so that they can be written as they are.
 */
export interface BytesPage {
  readonly kind: 'bytes'
  readonly columns: readonly Column[]
  readonly bytes: Buffer
  readonly offsets: Int32Array
  readonly ieee754: boolean
  readonly only: boolean
  /** Column → member of the objects, where they have other names. */
  readonly renamed?: ReadonlyMap<string, string>
  /** Slug of the source it came from: what is wrong with its text is wrong there. */
  readonly slug?: string
}
