import type { AggregateExpression, Path, PathSegment } from '@tributary/odata-url'
import { column, int64Type, type Expression, outerName, variable } from '@tributary/plan'
import { readOfRows } from '../../rules/read-by-aggregation.js'
import type { Bind } from '../bind-operand.js'
import { invalid, unsupported } from '../refusal.js'
import type { RowScope } from '../row-scope.js'
import { rowsReachedBy } from './aggregation-path.js'
import { bindAggregation, type BoundAggregation } from './aggregations.js'

/**
 * `$these/$count`, `$these/aggregate(Amount with sum)`: a value of the whole collection that the expression is evaluated on.
 * @throws HUB_QUERY_UNSUPPORTED where an expression is about the rows of several collections
 * @see OData Extension for Data Aggregation 4.0 section 3.6
 */
export function ofCollection({ segments }: Path, scope: RowScope, bind: Bind): Expression {
  const [segment, ...more] = segments
  const { notes } = scope
  if (segment === undefined || more.length > 0) throw invalid('$these needs /$count or /aggregate(…).')
  if (notes === undefined || scope.item !== undefined || scope.variables.size > 0) throw unsupported('$these here', 'It is answered in $filter, $orderby, $compute and $apply, of the rows themselves.')
  if (segment.kind === 'count') {
    if (segment.filter !== undefined || segment.search !== undefined) throw unsupported('$count of $these with its own options')
    const count = notes.ofAll({ method: 'count' }, int64Type)
    return column(count.type, count.name)
  }
  if (segment.kind !== 'aggregate') throw unsupported(`$these/${segment.kind}`)
  const { aggregation, type } = bindAggregation(segment.aggregate, inner(scope), bind)
  const value = notes.ofAll(aggregation, type)
  return column(value.type, value.name)
}

/** `Sales/aggregate(Amount with sum)`: a value of what a row, or the item of a lambda, reaches along the segments before. @throws HUB_QUERY_UNSUPPORTED */
export function ofReached({ root, segments }: Path, { aggregate }: Extract<PathSegment, { kind: 'aggregate' }>, { scope, bind }: { readonly scope: RowScope; readonly bind: Bind }): Expression {
  const before = segments.slice(0, segments.findIndex(({ kind }) => kind === 'aggregate'))
  if (root.kind === 'variable') return ofItem(root.name, before, aggregate, { scope, bind })
  const { notes } = scope
  if (root.kind !== 'implicit' && root.kind !== '$it') throw unsupported('The function aggregate behind such a path', 'Name the path from the row itself.')
  if (notes === undefined || scope.item !== undefined) throw unsupported('The function aggregate here', 'It is answered in $filter, $orderby, $compute and $apply.')
  const { aggregation, type } = bindReached(before, aggregate, inner(scope), bind)
  const value = notes.ofRow(aggregation, type)
  return column(value.type, value.name)
}

function ofItem(name: string, before: readonly PathSegment[], aggregate: AggregateExpression, { scope, bind }: { readonly scope: RowScope; readonly bind: Bind }): Expression {
  const related = scope.variables.get(name)?.related
  if (related === undefined) throw unsupported(`The function aggregate behind ${name}`, 'Only related rows reach others.')
  const { aggregation, type } = bindReached(before, aggregate, inner({ ...related.scope, variables: new Map() }), bind)
  const value = related.notes.ofRow(aggregation, type)
  related.read.add(value.name)
  return variable(value.type, name, value.name)
}

/** An aggregation of what is reached along a path: of values there, or of the rows there, to which `$it` is the row they are reached from. */
function bindReached(before: readonly PathSegment[], aggregate: AggregateExpression, scope: RowScope, bind: Bind): BoundAggregation {
  const { expression: syntax, from } = aggregate
  if (from.length === 0 && syntax.kind === 'path' && syntax.root.kind === 'implicit') {
    const { aggregation, type } = bindAggregation({ ...aggregate, expression: { ...syntax, segments: [...before, ...syntax.segments] } }, scope, bind)
    if (aggregation.reached === undefined && scope.applied !== 'source') throw invalid('The function aggregate stands behind a path to a collection.')
    return { aggregation, type }
  }
  const found = rowsReachedBy(before, { scope, bind })
  if (found === undefined) throw invalid('The function aggregate stands behind a path to related rows or complex values.')
  const { aggregation, type } = bindAggregation(aggregate, { ...found.rows, outer: { name: outerName, scope } }, bind)
  for (const name of readOfRows(aggregation)) found.related?.read.add(name)
  return { aggregation: { ...aggregation, over: found.over }, type }
}

/** Within the aggregation, no values of a collection are asked for once more. */
function inner(scope: RowScope): RowScope {
  const { notes: _notes, ...rest } = scope
  return rest
}
