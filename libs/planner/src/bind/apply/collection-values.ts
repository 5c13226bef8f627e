import type { AggregateExpression, Path, PathSegment } from '@tributary/odata-url'
import { column, int64Type, type Expression, outerName } from '@tributary/plan'
import { readOfRows } from '../../rules/read-by-aggregation.js'
import type { Bind } from '../bind-operand.js'
import { invalid, unsupported } from '../refusal.js'
import { rootRow } from '../root-rows.js'
import type { RowScope } from '../row-scope.js'
import { rowsReachedBy } from './aggregation-path.js'
import { type Walk, walkFrom } from './aggregation-walk.js'
import { bindAggregation, type BoundAggregation } from './aggregations.js'
import { notedRows, ofRows } from './noted-value.js'

/**
 * `$these/$count`, `$these/aggregate(Amount with sum)`: a value of the whole collection that the expression is evaluated on. In a condition on
 * the items of a collection that is these items, else the rows that the option or transformation is about.
 * @throws HUB_QUERY_UNSUPPORTED where the collection is another for each row and nothing tells how it is reached, HUB_QUERY_* as the aggregation
 * @see OData Extension for Data Aggregation 4.0 section 3.6
 */
export function ofCollection(syntax: Path, scope: RowScope, bind: Bind): Expression {
  const { segments } = syntax
  const [segment, ...more] = segments
  const { notes, item } = scope
  if (segment === undefined || more.length > 0 || (segment.kind !== 'count' && segment.kind !== 'aggregate')) throw invalid('$these needs /$count or /aggregate(…).')
  if (item !== undefined) {
    if (item.subject === undefined) throw unsupported('$these here', 'Name the collection by its path.')
    const { path, scope: around } = item.subject
    return bind({ ...syntax, root: path.root, segments: [...path.segments, segment] }, around)
  }
  if (notes === undefined) throw unsupported('$these here', 'It is answered in $filter, $orderby, $compute and $apply.')
  const counted = (): AggregateExpression => ({ expression: { ...syntax, root: { kind: 'implicit' }, segments: [segment] }, from: [], span: syntax.span })
  const { aggregation, type } = bindAggregation(segment.kind === 'aggregate' ? segment.aggregate : counted(), ofRows(scope), bind)
  const value = notes.ofAll(aggregation, segment.kind === 'aggregate' ? type : int64Type)
  return column(value.type, value.name)
}

/** What the function aggregate is bound with. */
interface Context {
  readonly scope: RowScope
  readonly bind: Bind
}

/** `Sales/aggregate(Amount with sum)`: a value of what a row, or the item of a lambda, reaches along the segments before. @throws HUB_QUERY_UNSUPPORTED */
export function ofReached({ root, segments, span }: Path, { aggregate }: Extract<PathSegment, { kind: 'aggregate' }>, context: Context): Expression {
  const { scope, bind } = context
  const before = segments.slice(0, segments.findIndex(({ kind }) => kind === 'aggregate'))
  if (root.kind === 'alias') {
    const value = scope.aliases.get(root.name)
    if (value?.kind !== 'path') throw invalid(`The parameter alias @${root.name} is no path to a collection.`)
    return bind({ kind: 'path', root: value.root, segments: [...value.segments, ...segments], span }, { ...scope, replacing: new Set([...scope.replacing, root.name]) })
  }
  if (root.kind === '$root') return ofRoot(root, before, aggregate, context)
  const rows = notedRows(root, scope, 'The function aggregate')
  const { aggregation, type } = bindReached(before, aggregate, rows.scope, bind)
  const value = rows.notes.ofRow(aggregation, type)
  return rows.value(value.name, value.type)
}

/** Of what stands below `$root`: the same for every row. */
function ofRoot(root: Extract<Path['root'], { kind: '$root' }>, before: readonly PathSegment[], aggregate: AggregateExpression, { scope, bind }: Context): Expression {
  const { notes } = scope
  if (notes === undefined) throw unsupported('The function aggregate here', 'It is answered in $filter, $orderby, $compute and $apply.')
  const { expression, related } = rootRow(root, scope, bind)
  if (expression?.kind !== 'column' || related === undefined) throw new Error('What stands below $root stands in a column')
  const { aggregation, type } = overRows(before, aggregate, { scope: ofRows(scope), bind, from: walkFrom(expression, related) })
  const value = notes.ofAny(aggregation, type)
  return column(value.type, value.name)
}

/** An aggregation of what is reached along a path: of values there, or of the rows there, to which `$it` is the row they are reached from. */
function bindReached(before: readonly PathSegment[], aggregate: AggregateExpression, scope: RowScope, bind: Bind): BoundAggregation {
  const { expression: syntax, from } = aggregate
  if (from.length > 0 || syntax.kind !== 'path' || (syntax.root.kind !== 'implicit' && syntax.root.kind !== '$this')) return overRows(before, aggregate, { scope, bind })
  const { aggregation, type } = bindAggregation({ ...aggregate, expression: { ...syntax, root: { kind: 'implicit' }, segments: [...before, ...syntax.segments] } }, scope, bind)
  if (aggregation.reached === undefined && scope.applied !== 'source') throw invalid('The function aggregate stands behind a path to a collection.')
  return { aggregation, type }
}

function overRows(before: readonly PathSegment[], aggregate: AggregateExpression, walking: Context & { readonly from?: Walk }): BoundAggregation {
  const found = rowsReachedBy(before, walking)
  if (found === undefined) throw invalid('The function aggregate stands behind a path to related rows or complex values.')
  const { aggregation, type } = bindAggregation(aggregate, { ...found.rows, outer: { name: outerName, scope: walking.scope } }, walking.bind)
  for (const name of readOfRows(aggregation)) found.related?.read.add(name)
  return { aggregation: { ...aggregation, over: found.over }, type }
}
