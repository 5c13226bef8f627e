import type { Expression as Syntax } from '@tributary/odata-url'
import { call, type Column, column, compute, expand, type ExpandOptions, type Expression, expandedColumn, int32Type, itemOf, literal, makeObject, type PerParent, type Plan } from '@tributary/plan'
import { bindExpression } from './bind-expression.js'
import { filteredCollection } from './bind-items.js'
import { mentionsIt } from './mentions-it.js'
import { unsupported } from './refusal.js'
import type { FollowedPath, RowScope } from './row-scope.js'

/** A condition on related rows that looks at the row they belong to. */
export interface FilterByRow {
  readonly predicate: Expression
  /** Columns of the related rows that it reads. */
  readonly read: ReadonlySet<string>
}

/** Rows that are expanded, before they are filtered by the row they belong to. */
const hiddenName = (name: string): string => `~all~${name}`

/** True where nested options filter by `$it`, the row the expand is of. */
export const filtersByRow = (filter: Syntax | undefined, aliases: RowScope['aliases'], outer: RowScope): filter is Syntax =>
  filter !== undefined && !outer.nested && outer.rows === undefined && mentionsIt(filter, aliases)

/**
 * Binds a nested `$filter` that compares related rows with the row they belong to (`$it`): names without prefix are the related row's.
 * @throws HUB_QUERY_UNSUPPORTED for navigations followed from `$it`, HUB_QUERY_* as `bindPredicate`
 * @see OData URL Conventions 4.01 section 5.1.1.14.4
 */
export function bindFilterByRow(filter: Syntax, name: string, { outer, path }: { readonly outer: RowScope; readonly path: FollowedPath }): FilterByRow {
  const known = new Set(outer.followed.keys())
  const rows = column(Object.freeze({ name: path.scope.entityType.qualifiedName, collection: true, base: 'structured' as const }), hiddenName(name))
  const predicate = filteredCollection({ collection: rows, range: { type: itemOf(rows.type), structured: path.scope.entityType, related: path } }, filter, { scope: outer, bind: bindExpression, syntax: { span: { start: 0, end: 0 } } })
  const followed = [...outer.followed.keys()].find((other) => !known.has(other))
  if (followed !== undefined) throw unsupported(`The navigation property ${followed} of $it within $expand`, 'Properties of $it may be compared.')
  return { predicate, read: path.read }
}

/**
 * Expands all related rows into a hidden column, and of those keeps, row by row, what the condition leaves.
 * ```
 * Compute filtered(~all~Orders, $it/City eq City) as Orders
 * └ Expand ~all~Orders
 *   ├ x
 *   └ y
 * ```
 */
export function expandFiltered(input: Plan, given: ExpandOptions & { readonly perParent: PerParent }, { predicate, read }: FilterByRow): Plan {
  const { navigation, perParent } = given
  const shape = navigation.expanded
  if (shape === undefined) return input
  const hidden: Column = expandedColumn(hiddenName(navigation.name), navigation.type.name, { ...shape, visible: [...new Set([...shape.visible, ...read, ...shape.columns.filter(({ name }) => name.startsWith('~')).map(({ name }) => name)])] })
  const all = expand(input, { ...given, navigation: hidden, perParent: { order: perParent.order, skip: 0, count: false } })
  const cut = perParent.skip === 0 && perParent.take === undefined ? predicate : call('substring', predicate.type, predicate, literal(int32Type, perParent.skip), ...(perParent.take === undefined ? [] : [literal(int32Type, perParent.take)]))
  const members = new Map([['rows', cut], ...(perParent.count ? [['count', call('length', int32Type, predicate)] as const] : [])])
  return compute(all, [{ column: navigation, expression: makeObject(navigation.type, members) }])
}

/** The columns of rows that were filtered by their row, as they are in the hidden column they come from. */
export const filteredFrom = ({ name }: Column, columns: readonly Column[]): Column | undefined => columns.find((other) => other.name === hiddenName(name))
