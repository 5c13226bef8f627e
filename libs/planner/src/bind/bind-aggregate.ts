import type { AggregateExpression, GroupingElement, Path, Transformation } from '@tributary/odata-url'
import {
  aggregate, type AggregateMethod, type Column, column, decimalType, doubleType, expandedColumn, type Expression, type Group, isFloating, isNumeric, type Measure, type ValueType,
} from '@tributary/plan'
import { bindExpression, comparable } from './bind-expression.js'
import { invalid, typeError, unsupported } from './refusal.js'
import type { RowScope, Transformed } from './row-scope.js'

type GroupBy = Extract<Transformation, { readonly kind: 'groupby' }>

/** `aggregate(…)`: one row of measures. @throws HUB_QUERY_UNSUPPORTED, HUB_QUERY_TYPE, HUB_QUERY_INVALID */
export const bindAggregate = (items: readonly AggregateExpression[], scope: RowScope): Transformed => aggregated([], items.map((item) => bindMeasure(item, scope)), scope)

/** `groupby((…),aggregate(…))`: one row per group. @throws as `bindAggregate` */
export function bindGroupBy({ grouping, apply }: GroupBy, scope: RowScope): Transformed {
  const groups = grouping.map((element) => bindGroup(element, scope))
  const [first, ...more] = apply?.transformations ?? []
  if (first !== undefined && (first.kind !== 'aggregate' || more.length > 0)) throw unsupported('Anything but aggregate within groupby in $apply', 'Filter and compute before groupby, or after it.')
  const measures = first?.kind === 'aggregate' ? first.items.map((item) => bindMeasure(item, scope)) : []
  return aggregated(groups, measures, scope)
}

function aggregated(groups: readonly Group[], measures: readonly Measure[], scope: RowScope): Transformed {
  const columns = [...nestedColumns(groups.map(({ path, expression }) => ({ path, type: expression.type }))), ...measures.map((measure) => measure.column)]
  const names = new Set(columns.map(({ name }) => name))
  if (names.size < columns.length) throw invalid('Two results of $apply have the same name.')
  const rows = Object.freeze(columns)
  return { scope: { ...scope, rows, computed: new Map() }, over: (input) => aggregate(input, { groups, measures, columns: rows }) }
}

function bindGroup(element: GroupingElement, scope: RowScope): Group {
  if (element.kind !== 'path') throw unsupported(`The grouping by ${element.kind} in $apply`)
  const expression = bindExpression(element, scope)
  if (expression.type.collection || !comparable(expression.type)) throw typeError({ what: 'groupby', span: element.span, found: expression.type, expected: 'a value that can be compared' })
  const [first, ...rest] = namesOf(element)
  if (first === undefined) throw invalid('groupby needs the name of a property.')
  return Object.freeze({ path: [first, ...rest] as const, expression })
}

const namesOf = ({ segments }: Path): readonly string[] => segments.flatMap((segment) => ('name' in segment ? [segment.name] : []))

interface Leaf {
  readonly path: readonly string[]
  readonly type: ValueType
}

/** The columns of a result: what has a path of several names stands within the first. */
function nestedColumns(leaves: readonly Leaf[]): readonly Column[] {
  const byName = new Map<string, Leaf[]>()
  for (const leaf of leaves) {
    const name = leaf.path[0] ?? ''
    byName.set(name, [...(byName.get(name) ?? []), { ...leaf, path: leaf.path.slice(1) }])
  }
  return [...byName].map(([name, inner]) => {
    const [only] = inner
    if (only !== undefined && inner.length === 1 && only.path.length === 0) return Object.freeze({ name, type: only.type })
    if (inner.some(({ path }) => path.length === 0)) throw invalid(`groupby names ${name} twice.`)
    const columns = nestedColumns(inner)
    return expandedColumn(name, 'Edm.Untyped', { toMany: false, columns, visible: columns.map((shown) => shown.name) })
  })
}

const methods: ReadonlySet<string> = new Set<AggregateMethod>(['sum', 'min', 'max', 'average', 'countdistinct'])
const isMethod = (name: string | undefined): name is AggregateMethod => name !== undefined && methods.has(name)

function bindMeasure({ expression: syntax, method, from, alias }: AggregateExpression, scope: RowScope): Measure {
  if (from.length > 0) throw unsupported('from within aggregate in $apply')
  if (alias === undefined) throw unsupported('An aggregate without a name in $apply', 'Name it: … as Total.')
  if (method === undefined && syntax.kind === 'path' && syntax.segments.length === 1 && syntax.segments[0]?.kind === 'count') {
    return Object.freeze({ column: named(alias, decimalType), method: 'count' })
  }
  if (!isMethod(method)) throw unsupported(`The aggregation ${method === undefined ? 'of a custom aggregate' : `method ${method}`} in $apply`)
  const expression = bindExpression(syntax, scope)
  if (expression.type.collection || !comparable(expression.type) || ((method === 'sum' || method === 'average') && !isNumeric(expression.type.base))) {
    throw typeError({ what: method, span: syntax.span, found: expression.type, expected: method === 'sum' || method === 'average' ? 'a number' : 'a value that can be compared' })
  }
  return Object.freeze({ column: named(alias, resultType(method, expression)), method, expression })
}

const named = (name: string, type: ValueType): Column => Object.freeze({ name, type })

/** Sums and averages of decimals and integers are decimals, so that they are exact and leave no range. */
function resultType(method: AggregateMethod, { type }: Expression): ValueType {
  switch (method) {
    case 'min': case 'max': return type
    case 'sum': case 'average': return isFloating(type.base) ? doubleType : decimalType
    case 'countdistinct': case 'count': return decimalType
  }
}

/** All values of a result's rows as columns of their own: what makes an order of them total. */
export const leavesOf = (columns: readonly Column[], path: readonly string[] = []): readonly Expression[] =>
  columns.flatMap(({ name, type, expanded }) => {
    const [first = name, ...rest] = [...path, name]
    return expanded === undefined ? (comparable(type) && !type.collection ? [column(type, first, ...rest)] : []) : leavesOf(expanded.columns, [...path, name])
  })
