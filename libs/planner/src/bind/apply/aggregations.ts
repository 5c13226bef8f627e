import type { AggregateExpression, AggregateFrom, PathSegment } from '@tributary/odata-url'
import { type AggregateMethod, type Aggregation, type Column, decimalType, doubleType, isFloating, isNumeric, type ValueType } from '@tributary/plan'
import type { Bind } from '../bind-operand.js'
import { comparable } from '../comparable-types.js'
import { invalid, typeError, unsupported } from '../refusal.js'
import type { RowScope } from '../row-scope.js'
import { reachedBy } from './aggregation-path.js'
import { groupByEntity } from './entity-group.js'
import { customAggregateType, customMethodType } from './custom-aggregates.js'
import type { Unnamed } from './notes.js'

/** What is aggregated, and the type of the result. */
export interface BoundAggregation {
  readonly aggregation: Unnamed
  readonly type: ValueType
}

/** `Amount with sum as Total`. @throws HUB_QUERY_UNSUPPORTED, HUB_QUERY_TYPE, HUB_QUERY_INVALID */
export function bindMeasure(item: AggregateExpression, scope: RowScope, bind: Bind): Aggregation {
  const { aggregation, type } = bindAggregation(item, scope, bind)
  const name = item.alias ?? customName(item)
  if (name === undefined) throw invalid('An aggregate expression needs a name.', 'Name it: … as Total.')
  return Object.freeze({ ...aggregation, column: named(name, type) })
}

/** A custom aggregate has a name of its own. */
function customName({ expression, method }: AggregateExpression): string | undefined {
  const last = method === undefined && expression.kind === 'path' ? expression.segments.at(-1) : undefined
  return last !== undefined && 'name' in last ? last.name : undefined
}

/** What is aggregated, without a name for it. @throws as `bindMeasure` */
export function bindAggregation(item: AggregateExpression, scope: RowScope, bind: Bind): BoundAggregation {
  return item.from.reduce<BoundAggregation>((inner, step) => inParts(inner, step, { scope, bind }), bindWhole(item, scope, bind))
}

const named = (name: string, type: ValueType): Column => Object.freeze({ name, type, dynamic: true })

const methods: ReadonlySet<string> = new Set<AggregateMethod>(['sum', 'min', 'max', 'average', 'countdistinct'])
const isMethod = (name: string): name is AggregateMethod => methods.has(name)

/** What only the source computes: never made by us, so that it has a type and nothing else. @throws HUB_QUERY_UNSUPPORTED where the source does not make it */
function atSource(type: ValueType, what: string, { applied }: RowScope): BoundAggregation {
  if (applied !== 'source') throw unsupported(`${what} here`, 'Only the source of the rows computes it: as a transformation of $apply on an entity set of that source, with nothing before it that the source cannot do.')
  return { aggregation: { method: 'count' }, type }
}

function bindWhole({ expression: syntax, method, span }: AggregateExpression, scope: RowScope, bind: Bind): BoundAggregation {
  const segments = syntax.kind === 'path' && syntax.root.kind === 'implicit' ? syntax.segments : undefined
  if (method === undefined) return bindUnmeasured(segments, scope, bind)
  if (!isMethod(method)) return atSource(customMethodType(method, scope), `The aggregation method ${method}`, scope)
  const known = method
  const reached = segments === undefined ? undefined : reachedBy(segments, { scope, bind })
  if (reached !== undefined) return { aggregation: { method: known, reached }, type: resultType(known, requireValues(known, reached.type, span)) }
  const expression = bind(syntax, scope)
  return { aggregation: { method: known, expression }, type: resultType(known, requireValues(known, expression.type, span)) }
}

/** `$count`, of the rows or of what a path leads to, or a custom aggregate. */
function bindUnmeasured(segments: readonly PathSegment[] | undefined, scope: RowScope, bind: Bind): BoundAggregation {
  const last = segments?.at(-1)
  if (segments === undefined || last === undefined) throw invalid('An aggregate expression needs a method.', 'Say how: … with sum as Total.')
  if (last.kind !== 'count') return bindCustom(last, segments, scope)
  const counts = last.filter !== undefined || last.search !== undefined
  const reached = reachedBy(counts ? segments : segments.slice(0, -1), { scope, bind })
  return { aggregation: { method: 'count', ...(reached === undefined ? {} : { reached }) }, type: decimalType }
}

function bindCustom(last: PathSegment, segments: readonly PathSegment[], scope: RowScope): BoundAggregation {
  const name = 'name' in last ? last.name : last.kind
  return atSource(customAggregateType(segments.slice(0, -1), name, scope), `The custom aggregate ${name}`, scope)
}

/** A further aggregation, of the results that the parts of the rows give. */
function inParts({ aggregation, type }: BoundAggregation, { paths, method, span }: AggregateFrom, { scope, bind }: { readonly scope: RowScope; readonly bind: Bind }): BoundAggregation {
  // Without a method the custom aggregate is computed again, of the parts.
  if (method === undefined) return { aggregation, type }
  if (!isMethod(method)) return atSource(customMethodType(method, scope), `The aggregation method ${method}`, scope)
  const known = method
  const groups = paths.flatMap((path) => {
    // An entity is told by its key.
    const [first, ...rest] = path.segments.flatMap((segment) => ('name' in segment ? [segment.name] : []))
    const entity = first === undefined ? undefined : groupByEntity(path, [first, ...rest], scope)
    if (entity?.identity !== undefined) return entity.identity
    const bound = bind(path, scope)
    if (bound.type.collection || (!comparable(bound.type) && bound.type.base !== 'structured')) throw typeError({ what: 'from', span: path.span, found: bound.type, expected: 'a value that can be compared' })
    return bound
  })
  const of = Object.freeze({ groups, aggregation: Object.freeze({ ...aggregation, column: named('~part', type) }) })
  return { aggregation: { method: known, of }, type: resultType(known, requireValues(known, type, span)) }
}

function requireValues(method: AggregateMethod, type: ValueType, span: AggregateExpression['span']): ValueType {
  const adds = method === 'sum' || method === 'average'
  const fits = adds ? isNumeric(type.base) : method === 'countdistinct' ? type.base !== 'Edm.Stream' : comparable(type)
  if (type.collection || !fits) throw typeError({ what: method, span, found: type, expected: adds ? 'a number' : 'a value that can be compared' })
  return type
}

/** Sums and averages of decimals and integers are decimals, so that they are exact and leave no range. */
function resultType(method: AggregateMethod, type: ValueType): ValueType {
  switch (method) {
    case 'min': case 'max': return type
    case 'sum': case 'average': return isFloating(type.base) ? doubleType : decimalType
    case 'countdistinct': case 'count': return decimalType
  }
}
