import type { AggregateExpression, Transformation } from '@tributary/odata-url'
import { aggregate, type Aggregation, type Column, column, type Expression, given, groupColumns, type GroupKey, mergeColumns, outputColumns, type Plan, transformation } from '@tributary/plan'
import type { BindApply } from './apply/bind-apply.js'
import { bindMeasure } from './apply/aggregations.js'
import { type BoundGrouping, bindGrouping } from './apply/grouping.js'
import { bindExpression } from './bind-expression.js'
import { comparable } from './comparable-types.js'
import { invalid } from './refusal.js'
import { rowScope, type RowScope, type Transformed } from './row-scope.js'

type GroupBy = Extract<Transformation, { readonly kind: 'groupby' }>

const everything: BoundGrouping = Object.freeze({ groups: [], sets: [[]] })

/** `aggregate(…)`: one row of measures. @throws HUB_QUERY_UNSUPPORTED, HUB_QUERY_TYPE, HUB_QUERY_INVALID */
export const bindAggregate = (items: readonly AggregateExpression[], scope: RowScope): Transformed => aggregated(everything, items.map((item) => bindMeasure(item, scope, bindExpression)), scope)

/**
 * `groupby((…),…)`: one row per group of measures, or what further transformations make of each group.
 * @throws as `bindAggregate`
 * @see OData Extension for Data Aggregation 4.0 section 3.2.3
 */
export function bindGroupBy({ grouping, apply }: GroupBy, scope: RowScope, bindApply: BindApply): Transformed {
  const bound = bindGrouping(grouping, scope)
  const [first, ...more] = apply?.transformations ?? []
  if (apply === undefined || first === undefined) return aggregated(bound, [], scope)
  if (first.kind !== 'aggregate') return eachGroup(bound, bindApply(apply, scope), scope)
  const rows = aggregated(bound, first.items.map((item) => bindMeasure(item, scope, bindExpression)), scope)
  // A group has one row now: what goes row by row may as well be done to all groups together.
  if (more.length === 0) return rows
  if (!more.every(({ kind }) => rowByRow.has(kind))) return eachGroup(bound, bindApply(apply, scope), scope)
  const further = bindApply({ ...apply, transformations: more }, rows.scope)
  return { ...further, over: (input) => further.over(rows.over(input)), copies: (rows.copies ?? 1) * (further.copies ?? 1) }
}

const rowByRow: ReadonlySet<Transformation['kind']> = new Set<Transformation['kind']>(['identity', 'filter', 'compute'])

function aggregated(grouping: BoundGrouping, measures: readonly Aggregation[], scope: RowScope): Transformed {
  const rows = Object.freeze([...groupColumns(grouping), ...measures.map((measure) => measure.column)])
  const names = new Set(rows.map(({ name }) => name))
  if (names.size < rows.length) throw invalid('Two results of $apply have the same name.')
  const { groups } = grouping
  const over = isPlain(grouping, measures)
    ? (input: Plan) => aggregate(input, { groups, measures, columns: rows })
    : (input: Plan) => transformation([input], { kind: 'aggregates', ...grouping, measures })
  return { scope: withEntities(resultScope(scope, rows), groups), over }
}

/** A result with what could be asked of the entities that it shows. */
export function withEntities(scope: RowScope, groups: readonly GroupKey[]): RowScope {
  const shown = groups.flatMap(({ path: [name, ...more], shape }) => {
    const target = shape === undefined || more.length > 0 ? undefined : scope.exposure.sets.get(scope.set.navigations.get(name)?.target ?? '')
    return target === undefined ? [] : [[name, rowScope(scope.exposure, target, scope.aliases)] as const]
  })
  return shown.length === 0 ? scope : { ...scope, entities: new Map([...(scope.entities ?? []), ...shown]) }
}

/** What engines know, too: one grouping, by values, of values of the rows themselves. */
const isPlain = ({ groups, sets }: BoundGrouping, measures: readonly Aggregation[]): boolean =>
  sets.length === 1 && groups.every(({ identity, fields, only }) => identity === undefined && fields === undefined && only === undefined) && measures.every(({ reached, of }) => reached === undefined && of === undefined)

/** The scope of rows that are no entities any more. */
export function resultScope(scope: RowScope, rows: readonly Column[]): RowScope {
  const { joined: _joined, shown: _shown, unshown: _unshown, repeats: _repeats, rollupNodes: _nodes, ...rest } = scope
  return { ...rest, rows, computed: new Map() }
}

/** What transformations make of each group by itself; rows that are still entities only gain what they are grouped by, where that is another row's. */
function eachGroup(grouping: BoundGrouping, inner: Transformed, scope: RowScope): Transformed {
  const over = (input: Plan): Plan => transformation([input], { kind: 'groups', ...grouping, each: inner.over(given(outputColumns(input))) })
  const columns = groupColumns(grouping)
  if (inner.scope.rows !== undefined) return { scope: withEntities(resultScope(scope, mergeColumns(columns, inner.scope.rows)), grouping.groups), over }
  const foreign = columns.filter(({ expanded }) => expanded !== undefined)
  return { scope: { ...inner.scope, shown: [...(inner.scope.shown ?? []), ...foreign], ...(grouping.sets.length > 1 ? { repeats: true } : {}) }, over }
}

/** All values of a result's rows as columns of their own: what makes an order of them total. */
export const leavesOf = (columns: readonly Column[], path: readonly string[] = []): readonly Expression[] =>
  columns.flatMap(({ name, type, expanded }) => {
    const [first = name, ...rest] = [...path, name]
    if (expanded?.toMany === true) return []
    return expanded === undefined ? (comparable(type) && !type.collection ? [column(type, first, ...rest)] : []) : leavesOf(expanded.columns, [...path, name])
  })
