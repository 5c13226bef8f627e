import type { ExposedNavigation, ExposedSet, Exposure } from '@tributary/catalog'
import type { EdmModel, EntityType, StructuredType } from '@tributary/edm'
import type { Expression as Syntax } from '@tributary/odata-url'
import type { Column, Plan, ValueType } from '@tributary/plan'
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
  /** Columns computed so far, by name. */
  readonly computed: ReadonlyMap<string, Column>
  /** Of rows that are no entities any more: all their columns. */
  readonly rows?: readonly Column[]
  /** Navigations that expressions follow from the row, by name: noted while expressions are bound. */
  readonly followed: Map<string, FollowedPath>
}

/** A navigation that expressions follow from a row: its rows are expanded into a hidden column. */
export interface FollowedPath {
  readonly navigation: ExposedNavigation
  /** The related rows. What is followed from them is noted in `scope.followed`. */
  readonly scope: RowScope
  /** Properties that are read of the related rows. */
  readonly read: Set<string>
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
}

/** The scope of rows of a set, or of a type derived from the set's. */
export function rowScope(exposure: Exposure, set: ExposedSet, aliases: ReadonlyMap<string, Syntax>, typeName = set.entityType): RowScope {
  const entityType = exposure.model.entityType(typeName)
  if (entityType === undefined) throw resourceNotFound(`The type ${typeName} of the entity set ${set.name}`, typeName)
  return { exposure, model: exposure.model, set, entityType, aliases, variables: new Map(), nested: false, replacing: new Set(), allowance: { replacements: mostReplacements }, computed: new Map(), followed: new Map() }
}

/** What `$apply` and `$compute` make of rows, and what names mean on the rows they give. */
export interface Transformed {
  readonly scope: RowScope
  /** To be used when everything is bound: then it is known which navigations are followed from the rows beneath. */
  readonly over: (rows: Plan) => Plan
  /** How often `over` reads the rows; 1 unless told. */
  readonly copies?: number
}
