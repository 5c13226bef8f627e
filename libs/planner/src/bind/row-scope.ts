import type { ExposedNavigation, ExposedSet, Exposure } from '@tributary/catalog'
import type { EdmModel, EntityType, StructuredType } from '@tributary/edm'
import type { Expression as Syntax, Path } from '@tributary/odata-url'
import type { Column, ComputedColumn, Expand, Expression, Plan, RemoteResource, ResourceGap, ValueType } from '@tributary/plan'
import type { HiddenNames, Notes } from './apply/notes.js'
import { resourceNotFound } from './refusal.js'

/** What names mean while an expression over the rows of a set is bound. */
export interface RowScope {
  readonly exposure: Exposure
  readonly model: EdmModel
  readonly set: ExposedSet
  readonly entityType: EntityType
  /** Parameter aliases of the request. */
  readonly aliases: ReadonlyMap<string, Syntax>
  /** Range variables of the lambdas around. */
  readonly variables: ReadonlyMap<string, RangeVariable>
  /** True within nested options of `$expand`, where `$it` would be another row. */
  readonly nested: boolean
  /** Aliases being replaced, to find those that name themselves. */
  readonly replacing: ReadonlySet<string>
  /** How much aliases may still add to the query: each may stand in many places and name others. */
  readonly allowance: { replacements: number }
  /** Where the rows are read from, if not from the set; the columns hold the key that fills the gaps of the path. */
  readonly read?: { readonly resource: RemoteResource; readonly columns: readonly Column[] }
  /** Qualified name of the type that rows are of unless they say otherwise, where what leads to them names a narrower one than their set. */
  readonly declared?: string
  /** The rows are looked at as being of a derived type, and some may not be. */
  readonly seen?: true
  /** How the rows are addressed, if they are no set's. */
  readonly place?: RowPlace
  /** How their source is asked for what belongs to them, if neither by a place of their own nor by their set, which cannot be read. */
  readonly reached?: RowPlace
  /** Rows are told with their ids: their keys are read whatever is shown. */
  readonly identified?: true
  /** Rows are told with what their source says of them in terms of vocabularies. */
  readonly annotated?: true
  /** The row, or a part of it, is read by itself: its version is told where there is one. */
  readonly addressed?: true
  /** The rows are parts of those above them, and belong to no set of their own. */
  readonly contained?: true
  /** The set or singleton to whose bindings the rows' navigations belong, and the path from there; undefined: the rows' own set. */
  readonly bound?: { readonly root: string; readonly path: readonly string[] }
  /** The item of a collection that names without prefix are about, in conditions over its items; nested ones count their depth. */
  readonly item?: { readonly name: string; readonly range: RangeVariable; readonly depth: number; readonly subject?: Subject }
  /** The resource path leads to a collection within the row: `$it` is an item of it, not the row. */
  readonly ofItems?: true
  /** What `$it` stands for then. */
  readonly it?: { readonly name: string; readonly range: RangeVariable }
  /** Of nested options: the rows of which `$it` is one, seen in a column `aroundName`. */
  readonly around?: RowScope
  /** Columns computed so far, by name. */
  readonly computed: ReadonlyMap<string, Column>
  /** Of rows that are no entities any more: all their columns. */
  readonly rows?: readonly Column[]
  /** Columns of rows that `$apply` put beside the row's own and that are shown without being asked for. */
  readonly shown?: readonly Column[]
  /** Computed columns that are shown only where `$expand` asks for them. */
  readonly unshown?: ReadonlySet<string>
  /** Of columns that hold entities: what names mean on those. */
  readonly joined?: ReadonlyMap<string, RowScope>
  /** Of columns of results that show entities: what could be asked of those. */
  readonly entities?: ReadonlyMap<string, RowScope>
  /** The same entity may come more than once. */
  readonly repeats?: true
  /** The rows are what an operation returned, in its order. */
  readonly result?: true
  /** The column that holds the row which `$it` stands for: in what is aggregated of the rows that it reaches. */
  readonly outer?: { readonly name: string; readonly scope: RowScope }
  /** The rows are transformed by their source, which computes more than we do: names and types are bound, and nothing of it is executed here. */
  readonly applied?: 'source'
  /** Nodes of hierarchies that the rows at hand are below, outermost first: columns that hold them, and what names mean on them. */
  readonly rollupNodes?: readonly { readonly name: string; readonly scope: RowScope }[]
  /** Where values of the whole collection, or of what a row reaches, are noted while an expression is bound. */
  readonly notes?: Notes
  readonly names: HiddenNames
  /** Of results: what stands below `$root` that expressions follow, noted while they are bound. */
  readonly below?: Map<string, FollowedPath>
  /** Navigations that expressions follow from the row, by name: noted while expressions are bound. */
  readonly followed: Map<string, FollowedPath>
}

/** The collection whose items a condition is about: its path, and what names mean there. */
export interface Subject {
  readonly path: Pick<Path, 'root' | 'segments'>
  readonly scope: RowScope
}

/** How rows are addressed at their source: a path that the keys of the rows above, and of their own unless `single`, fill. */
export interface RowPlace {
  readonly path: string
  readonly gaps: readonly ResourceGap[]
  readonly single: boolean
}

/** A navigation that expressions follow from a row: its rows are expanded into a hidden column. */
export interface FollowedPath {
  readonly navigation: ExposedNavigation
  readonly on: Expand['on']
  /** The related rows. What is followed from them is noted in `scope.followed`. */
  readonly scope: RowScope
  /** Properties that are read of the related rows. */
  readonly read: Set<string>
  /** What it is asked by, computed of the rows it is followed from. */
  readonly computed?: readonly ComputedColumn[]
  /** What is aggregated of that which each related row reaches: computed before they are looked at. */
  readonly notes: Notes
  /** Of one row of a collection, named by its key: the condition that it meets. */
  readonly only?: Expression
  /** Of what stands below `$root`: the conditions that its rows meet. They are the same for every row. */
  readonly same?: readonly Expression[]
}

/** Aliases replaced in one query. */
export const mostReplacements = 1000
/** Aliases within the values of aliases. */
export const deepestReplacement = 8

/** What the range variable of a lambda stands for. */
export interface RangeVariable {
  readonly type: ValueType
  /** Of a complex item: where its properties are found. */
  readonly structured?: StructuredType
  /** Of a related row: where its columns and navigations are noted. */
  readonly related?: FollowedPath
  /** Members that are no properties of the model: computed ones. */
  readonly columns?: readonly Column[]
}

/** The scope of rows of a set, or of a type derived from the set's. */
export function rowScope(exposure: Exposure, set: ExposedSet, aliases: ReadonlyMap<string, Syntax>, typeName = set.entityType): RowScope {
  const entityType = exposure.model.entityType(typeName)
  if (entityType === undefined) throw resourceNotFound(`The type ${typeName} of the entity set ${set.name}`, typeName)
  return { exposure, model: exposure.model, set, entityType, aliases, variables: new Map(), nested: false, replacing: new Set(), allowance: { replacements: mostReplacements }, computed: new Map(), names: { next: 0 }, followed: new Map() }
}

/** Qualified name of the type that rows of a scope are of before any cast: other types are narrower, and rows have to be asked for them. */
export const uncastType = ({ declared, set }: Pick<RowScope, 'declared' | 'set'>): string => declared ?? set.entityType

/** What `$apply` and `$compute` make of rows, and what names mean on the rows they give. */
export interface Transformed {
  readonly scope: RowScope
  /** To be used when everything is bound: then it is known which navigations are followed from the rows beneath. */
  readonly over: (rows: Plan) => Plan
  /** The rows come in a total order of their own. */
  readonly ordered?: boolean
  /** How often `over` reads the rows; 1 unless told. */
  readonly copies?: number
}
