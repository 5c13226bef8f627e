import type { AggregateExpression, Path, PathSegment } from '@tributary/odata-url'
import { column, int64Type, type Expression, type Reached } from '@tributary/plan'
import type { Bind } from '../bind-operand.js'
import { invalid, unsupported } from '../refusal.js'
import type { RowScope } from '../row-scope.js'
import { reachedBy } from './aggregation-path.js'
import { bindAggregation } from './aggregations.js'

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

/** `Sales/aggregate(Amount with sum)`: a value of what a row reaches along the segments before. @throws HUB_QUERY_UNSUPPORTED */
export function ofReached({ root, segments }: Path, { aggregate }: Extract<PathSegment, { kind: 'aggregate' }>, { scope, bind }: { readonly scope: RowScope; readonly bind: Bind }): Expression {
  const { notes } = scope
  const before = segments.slice(0, segments.findIndex(({ kind }) => kind === 'aggregate'))
  if (root.kind !== 'implicit' && root.kind !== '$it') throw unsupported('The function aggregate behind a range variable', 'Name the path from the row itself.')
  if (notes === undefined || scope.item !== undefined) throw unsupported('The function aggregate here', 'It is answered in $filter, $orderby, $compute and $apply.')
  const { aggregation, type } = bindAggregation(behind(before, aggregate), inner(scope), bind)
  if (aggregation.of !== undefined) throw unsupported('from within the function aggregate behind a path')
  const value = notes.ofRow(aggregation.reached === undefined ? { ...aggregation, reached: whole(before, scope) } : aggregation, type)
  return column(value.type, value.name)
}

/** The same aggregation with its path below another one. */
function behind(before: readonly PathSegment[], { expression, ...rest }: AggregateExpression): AggregateExpression {
  if (expression.kind !== 'path' || expression.root.kind !== 'implicit') throw unsupported('The function aggregate over anything but a path', 'Compute it first: $compute, or compute in $apply.')
  return { ...rest, expression: { ...expression, segments: [...before, ...expression.segments] } }
}

function whole(before: readonly PathSegment[], scope: RowScope): Reached {
  const reached = reachedBy(before, scope)
  if (reached === undefined) throw invalid('The function aggregate stands behind a path to a collection.')
  return reached
}

/** Within the aggregation, no values of a collection are asked for once more. */
function inner(scope: RowScope): RowScope {
  const { notes: _notes, ...rest } = scope
  return rest
}
