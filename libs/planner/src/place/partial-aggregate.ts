import { type Aggregate, aggregate, column, type Column, columnsOf, decimalType, type Expand, type Expression, type Filter, type Group, isFloating, isNumeric, type Measure, outputColumns, type Plan, type ValueType, withInput } from '@tributary/plan'

/** An aggregation in two parts: one of the rows below, and what stands above it. */
export interface AggregateParts {
  /** Groups of rows that are the same to everything above; a group may come several times. */
  readonly below: Aggregate
  /** The aggregation over those groups. */
  over(groups: Plan): Plan
}

/** Whether a column of the rows is never null. */
export type NeverNull = (name: string) => boolean

/**
 * Groups rows before they are joined with at most one row each: by the columns that the joins, and the groups, read of them.
 * ```
 * Aggregate Amount with sum by ~Customer/Land      Aggregate ~0 with sum by ~Customer/Land
 * └ Expand ~Customer on CustomerID = ID            └ Expand ~Customer on CustomerID = ID
 *   ├ Scan Orders                             ⇒      ├ PartialAggregate Amount with sum as ~0 by CustomerID
 *   └ Scan Customers                                 │ └ Scan Orders
 *                                                    └ Scan Customers
 * ```
 * Undefined where nothing is joined, or a part of the results cannot be brought together from parts of the rows.
 */
export function belowJoins(plan: Aggregate, neverNull: NeverNull): AggregateParts | undefined {
  const joins = joinsOf(plan.input)
  if (joins.nodes.every(({ kind }) => kind === 'filter') || plan.groups.length === 0) return undefined
  const own = new Map(outputColumns(joins.base).map((known) => [known.name, known]))
  const keys = keysOf(plan, joins.nodes, own)
  if (keys === undefined || keys.length === 0) return undefined
  const parts = partsOf(plan, keys, { base: joins.base, own, neverNull })
  return parts === undefined ? undefined : { ...parts, over: (groups) => parts.over(joins.nodes.reduceRight<Plan>((input, node) => withInput(node, input), groups)) }
}

/** The same aggregation over groups of its own: for whoever makes those and cannot divide. Undefined where it has nothing that needs it. */
export function overSums(plan: Aggregate, neverNull: NeverNull): AggregateParts | undefined {
  if (!plan.measures.some(({ method }) => method === 'average') || plan.groups.length === 0) return undefined
  const own = new Map(outputColumns(plan.input).map((known) => [known.name, known]))
  const keys = keysOf(plan, [], own)
  return keys === undefined ? undefined : partsOf(plan, keys, { base: plan.input, own, neverNull })
}

interface Joins {
  /** Outermost first. */
  readonly nodes: readonly (Expand | Filter)[]
  readonly base: Plan
}

/** The to-one expands, and filters above them, that rows go through; what stands beneath the last expand is the base. */
function joinsOf(plan: Plan): Joins {
  const nodes: (Expand | Filter)[] = []
  let base = plan
  while (base.kind === 'filter' || (base.kind === 'expand' && base.navigation.expanded?.toMany === false)) {
    nodes.push(base)
    base = base.input
  }
  const last = nodes.findLastIndex(({ kind }) => kind === 'expand')
  return { nodes: nodes.slice(0, last + 1), base: nodes[last + 1] ?? base }
}

type Own = ReadonlyMap<string, Column>

/** The columns of the rows below that somebody reads, measures aside; undefined where rows with equal values in them may differ to whoever reads them. */
function keysOf({ groups }: Aggregate, nodes: readonly (Expand | Filter)[], own: Own): readonly Column[] | undefined {
  const expressions = [...groups.map(({ expression }) => expression), ...nodes.flatMap((node) => (node.kind === 'filter' ? [node.predicate] : []))]
  const names = new Set([...expressions.flatMap((expression) => [...columnsOf(expression)]), ...nodes.flatMap((node) => (node.kind === 'expand' ? node.on.map(({ from }) => from) : []))])
  if (names.has('*')) return undefined
  const keys = [...names].flatMap((name) => own.get(name) ?? [])
  return keys.every(({ type, expanded, fields }) => expanded === undefined && fields === undefined && isTold(type)) ? keys : undefined
}

/** Types whose equal values are written in one way. */
const told: ReadonlySet<ValueType['base']> = new Set<ValueType['base']>(['Edm.String', 'Edm.Boolean', 'Edm.Byte', 'Edm.SByte', 'Edm.Int16', 'Edm.Int32', 'Edm.Int64', 'Edm.Date'])
const isTold = ({ base, collection }: ValueType): boolean => !collection && told.has(base)

interface Splitting {
  readonly base: Plan
  readonly own: Own
  readonly neverNull: NeverNull
}

function partsOf(plan: Aggregate, keys: readonly Column[], { base, own, neverNull }: Splitting): AggregateParts | undefined {
  const split = plan.measures.map((measure, index) => splitMeasure(measure, index, { own, neverNull }))
  if (split.includes(undefined)) return undefined
  const halves = split.flatMap((one) => one ?? [])
  const measures = halves.flatMap(({ below }) => below)
  const groups: readonly Group[] = keys.map(({ name, type }) => ({ path: [name], expression: column(type, name) }))
  return {
    below: aggregate(base, { groups, measures, columns: [...keys, ...measures.map((measure) => measure.column)], partial: true }),
    over: (input) => aggregate(input, { ...plan, measures: halves.map(({ above }) => above) }),
  }
}

interface Halves {
  readonly below: readonly Measure[]
  readonly above: Measure
}

const part = (name: string, type: ValueType): Column => Object.freeze({ name, type })

/** What is computed of parts of the rows, and what of that; undefined: it cannot be had that way. */
function splitMeasure({ column: shown, method, expression, per }: Measure, index: number, { own, neverNull }: Omit<Splitting, 'base'>): Halves | undefined {
  if (per !== undefined) return undefined
  const value = part(`~${index}`, method === 'min' || method === 'max' ? shown.type : decimalType)
  const of: Expression = column(value.type, value.name)
  if (expression === undefined) return { below: [{ column: value, method: 'count' }], above: { column: shown, method: 'sum', expression: of } }
  const read = expression.kind === 'column' && expression.path.length === 1 ? own.get(expression.path[0]) : undefined
  if (read === undefined || read.expanded !== undefined || read.type.collection || isFloating(read.type.base)) return undefined
  switch (method) {
    case 'sum': return isNumeric(read.type.base) ? { below: [{ column: value, method, expression }], above: { column: shown, method, expression: of } } : undefined
    case 'min': case 'max': return { below: [{ column: value, method, expression }], above: { column: shown, method, expression: of } }
    case 'average': {
      // Values that are null are no part of a sum: only where there are none is the number of rows that of the values.
      if (!isNumeric(read.type.base) || !neverNull(read.name)) return undefined
      const count = part(`~${index}n`, decimalType)
      return { below: [{ column: value, method: 'sum', expression }, { column: count, method: 'count' }], above: { column: shown, method, expression: of, per: column(count.type, count.name) } }
    }
    case 'count': case 'countdistinct': return undefined
  }
}
