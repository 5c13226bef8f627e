import { type Aggregate, type Column, type ExpandedShape, hashKey, type Page, type Value } from '@tributary/plan'
import type { Execution } from './execution.js'
import type { RowStream } from './execution-context.js'
import type { Finished } from './finished-group.js'
import { type Measured, measuredRows } from './measured-rows.js'
import { rowsPage, type Row } from './page-rows.js'
import { partialGroups } from './partial-aggregate.js'
import { rowBytes } from './row-bytes.js'
import { spillBudget, type SpillBudget } from './spill-budget.js'
import { measuresOf, spilledGroups, type Held, type SpilledGroups } from './spilled-groups.js'

/** Rows of a page that leaves an aggregation. */
const pageRows = 1000

/**
 * One row per group of the input's rows, groups in the order in which they first came; holds the groups, never the rows. Groups and distinct
 * values beyond what may be held go on on the embedded engine, where there is one.
 */
export function openAggregate(node: Aggregate, execution: Execution): RowStream {
  return { columns: node.columns, pages: node.partial === true ? partlyAggregated(node, execution) : aggregated(node, execution), count: () => undefined }
}

/** @throws HUB_LIMIT_EXCEEDED, HUB_LIMIT_BYTES_BUFFERED if there are more groups, or distinct values, than may be held; HUB_SPOOL_FULL */
async function* aggregated(node: Aggregate, execution: Execution): AsyncGenerator<Page> {
  const room = (): SpillBudget => spillBudget(execution, 'in the groups of one aggregation')
  const budget = room()
  const large: Large = { seen: 0, pending: [] }
  const collecting: Collecting = { node, budget, large, groups: new Map(), room }
  // Without groups there is one row in all, whatever is read.
  if (node.groups.length === 0) hold('', 0, [], collecting)
  try {
    for await (const rows of measuredRows(node, execution)) await collect(rows, collecting)
    const rowOf = resultRow(node)
    const finished = large.groups === undefined ? inMemory(collecting.groups.values()) : large.groups.finish(collecting.groups.values())
    const page: Row[] = []
    for await (const group of finished) {
      page.push(rowOf(group))
      if (page.length === pageRows) yield rowsPage(node.columns, page.splice(0))
    }
    if (page.length > 0) yield rowsPage(node.columns, page)
  } finally {
    budget.release()
    await large.groups?.close()
  }
}

async function* partlyAggregated(node: Aggregate, execution: Execution): AsyncGenerator<Page> {
  const rowOf = resultRow(node)
  for await (const groups of partialGroups(node, execution)) yield rowsPage(node.columns, groups.map(rowOf))
}

function* inMemory(groups: Iterable<Held>): Generator<Finished> {
  for (const { ordinal, values, measures } of groups) yield { ordinal, values, results: measures.map((accumulator) => accumulator.result()) }
}

interface Collecting {
  readonly node: Aggregate
  readonly groups: Map<string, Held>
  readonly budget: SpillBudget
  readonly large: Large
  readonly room: () => SpillBudget
}

/** What goes on beyond memory. */
interface Large {
  /** Undefined as long as nothing does. */
  groups?: SpilledGroups
  /** Rows so far. */
  seen: number
  /** What of the present page found no room. */
  pending: ((spilled: SpilledGroups) => void)[]
}

/** Begins a group in memory. */
function hold(hash: string, ordinal: number, values: Row, { node, groups, budget, large }: Collecting): Held {
  const overflow = (measure: number, value: string): void => void large.pending.push((spilled) => spilled.distinct(ordinal, measure, value))
  const group = { ordinal, values, measures: measuresOf(node.measures, budget, overflow) }
  groups.set(hash, group)
  return group
}

/** Adds a page's rows to their groups; those of groups that find no room are given away together. */
async function collect(rows: readonly Measured[], collecting: Collecting): Promise<void> {
  const { node, groups, budget, large, room } = collecting
  const types = node.groups.map(({ expression }) => expression.type)
  for (const { values, measured } of rows) {
    const ordinal = large.seen++
    const hash = types.length === 0 ? '' : hashKey(types, values)
    const full = large.pending.length > 0 || large.groups !== undefined
    const group = groups.get(hash) ?? (!full && budget.holds(1, rowBytes(values)) ? hold(hash, ordinal, values, collecting) : undefined)
    if (group === undefined) large.pending.push((spilled) => spilled.row(ordinal, hash, values, measured))
    else group.measures.forEach((accumulator, position) => accumulator.add(measured[position] ?? null))
  }
  if (large.pending.length === 0) return
  large.groups ??= await spilledGroups({ work: budget.spills('Aggregate'), node, room })
  for (const give of large.pending.splice(0)) give(large.groups)
  await large.groups.flush()
}

/** Places the values of a group where their paths say, and the measures behind them. */
function resultRow({ groups, measures, columns }: Aggregate): (group: Pick<Finished, 'values' | 'results'>) => Row {
  const places = groups.map(({ path }) => path.join('/'))
  const measureNames = new Map(measures.map(({ column }, index) => [column.name, index]))
  const nested = (within: readonly Column[], prefix: string, { values }: Pick<Finished, 'values'>): Row =>
    within.map(({ name, expanded }): Value => {
      const path = `${prefix}${name}`
      return expanded === undefined ? values[places.indexOf(path)] : nested(columnsIn(expanded), `${path}/`, { values })
    })
  return (held) =>
    columns.map(({ name, expanded }): Value => {
      const measure = measureNames.get(name)
      if (measure !== undefined) return held.results[measure]
      return expanded === undefined ? held.values[places.indexOf(name)] : nested(columnsIn(expanded), `${name}/`, held)
    })
}

const columnsIn = ({ columns }: ExpandedShape): readonly Column[] => columns
