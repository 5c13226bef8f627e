import { type Aggregate, type Column, columnsOf, compile, type ExpandedShape, hashKey, type Page, type Value } from '@tributary/plan'
import { accumulatorOf, type Accumulator } from './accumulators.js'
import { buildBudget, type Budget } from './budget.js'
import type { Execution } from './execution.js'
import type { RowStream } from './execution-context.js'
import { rowsPage, toRows, type Row } from './page-rows.js'

/** Rows of a page that leaves an aggregation. */
const pageRows = 1000

/** One row per group of the input's rows, groups in the order in which they first came; holds the groups, never the rows. */
export function openAggregate(node: Aggregate, execution: Execution): RowStream {
  return { columns: node.columns, pages: aggregated(node, execution), count: () => undefined }
}

interface Held {
  readonly values: Row
  readonly measures: readonly Accumulator[]
}

async function* aggregated(node: Aggregate, execution: Execution): AsyncGenerator<Page> {
  const budget = buildBudget(execution.context.limits, 'in the groups of one aggregation', execution.state.meter.memory)
  try {
    const groups = await collect(node, execution, budget)
    const rowOf = resultRow(node)
    for (let start = 0; start < groups.length; start += pageRows) yield rowsPage(node.columns, groups.slice(start, start + pageRows).map(rowOf))
  } finally {
    budget.release()
  }
}

/** @throws HUB_LIMIT_EXCEEDED if there are more groups, or distinct values, than may be held */
async function collect({ input, groups, measures }: Aggregate, execution: Execution, budget: Budget): Promise<readonly Held[]> {
  const stream = execution.open(input, execution)
  const names = new Set([...groups, ...measures].flatMap(({ expression }) => (expression === undefined ? [] : [...columnsOf(expression)])))
  const read = names.has('*') ? stream.columns : stream.columns.filter(({ name }) => names.has(name))
  const types = groups.map(({ expression }) => expression.type)
  const groupOf = groups.map(({ expression }) => compile(expression, read))
  const measured = measures.map(({ expression }) => (expression === undefined ? undefined : compile(expression, read)))
  const held = new Map<string, Held>()
  const started = (values: Row): Held => {
    budget.hold(values)
    return { values, measures: measures.map((measure) => accumulatorOf(measure, budget)) }
  }
  if (groups.length === 0) held.set('', started([]))
  for await (const page of stream.pages) {
    for (const row of toRows(page, read).rows) {
      const values = groupOf.map((value) => value(row))
      const hash = groups.length === 0 ? '' : hashKey(types, values)
      const group = held.get(hash) ?? started(values)
      held.set(hash, group)
      group.measures.forEach((accumulator, index) => accumulator.add(measured[index]?.(row) ?? null))
    }
  }
  return [...held.values()]
}

/** Places the values of a group where their paths say, and the measures behind them. */
function resultRow({ groups, measures, columns }: Aggregate): (held: Held) => Row {
  const places = groups.map(({ path }) => path.join('/'))
  const measureNames = new Map(measures.map(({ column }, index) => [column.name, index]))
  const nested = (within: readonly Column[], prefix: string, { values }: Held): Row =>
    within.map(({ name, expanded }): Value => {
      const path = `${prefix}${name}`
      return expanded === undefined ? values[places.indexOf(path)] : nested(columnsIn(expanded), `${path}/`, { values, measures: [] })
    })
  return (held) =>
    columns.map(({ name, expanded }): Value => {
      const measure = measureNames.get(name)
      if (measure !== undefined) return held.measures[measure]?.result()
      return expanded === undefined ? held.values[places.indexOf(name)] : nested(columnsIn(expanded), `${name}/`, held)
    })
}

const columnsIn = ({ columns }: ExpandedShape): readonly Column[] => columns
