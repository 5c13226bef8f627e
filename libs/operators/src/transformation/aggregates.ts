import { type AggregatesStep, type Column, outputColumns, type Plan } from '@tributary/plan'
import type { Execution } from '../execution.js'
import type { Row } from '../page-rows.js'
import { rowBytes } from '../row-bytes.js'
import { spillBudget, type SpillBudget } from '../spill-budget.js'
import { type DivertedRows, divertedRows, finishedGroups, type GroupState } from './diverted-groups.js'
import { assembled, groupsOf, type GroupValues } from './grouping.js'
import { measured } from './measured.js'
import { pagesOfRows } from './rows-of.js'
import { stateRoom, type StateRoom } from './state-room.js'

/** Rows of a page that leaves an aggregation. */
const pageRows = 1000
const what = 'in the groups of one aggregation'

/**
 * One row per group and grouping, in the order in which they first came. Holds what is computed of groups as far as one operator may; once
 * there is no more room, rows go to the embedded engine and come back group by group; what one group alone finds no room for is set aside there, too.
 * @throws HUB_LIMIT_EXCEEDED if there is no engine
 */
export async function* aggregatedRows(input: Plan, step: AggregatesStep, columns: readonly Column[], execution: Execution): AsyncGenerator<readonly Row[]> {
  const budget = spillBudget(execution, what)
  const single = spillBudget(execution, what)
  const room = stateRoom(budget)
  const collecting = collectingOf(input, step, room)
  try {
    for await (const rows of pagesOfRows(input, execution)) await collect(rows, collecting, budget)
    room.keepTo(single)
    const rowOf = assembled(step, columns, step.measures.map(({ column }) => column))
    const page: Row[] = []
    for await (const { values, measures } of finishedGroups(collecting.bySet.map((groups) => [...groups.values()]), collecting.diverted?.sorter, { begin: collecting.begin, flush: room.flush, release: () => single.release() })) {
      for (const measure of measures) await measure.settle?.()
      page.push(rowOf(values, measures.map((measure) => measure.result())))
      if (page.length === pageRows) yield page.splice(0)
    }
    yield page
  } finally {
    budget.release()
    single.release()
    await room.forget()
    await collecting.diverted?.sorter.close()
  }
}

interface Collecting {
  readonly groupOf: (row: Row) => readonly GroupValues[]
  readonly bySet: readonly Map<string, GroupState>[]
  readonly begin: (values: Row) => GroupState
  readonly room: StateRoom
  /** Rows for which there was no room. */
  diverted: DivertedRows | undefined
}

function collectingOf(input: Plan, step: AggregatesStep, room: StateRoom): Collecting {
  const columns = outputColumns(input)
  const fresh = step.measures.map((aggregation) => measured(aggregation, columns, room))
  const begin = (values: Row): GroupState => ({ values, measures: fresh.map((make) => make()) })
  // Without anything to group by there is one group, however many rows.
  const alone = step.groups.length === 0
  const bySet = step.sets.map((set, index) => new Map(alone && set.length === 0 ? [[`${index}:`, begin([])]] : []))
  return { groupOf: groupsOf(step, columns), bySet, begin, room, diverted: undefined }
}

/** Adds rows to their groups; from the row on for which there is no room, they go to the engine. */
async function collect(rows: readonly Row[], collecting: Collecting, budget: SpillBudget): Promise<void> {
  const { bySet, groupOf, room } = collecting
  const held = collecting.diverted === undefined ? rows.findIndex((row) => !add(row, collecting, budget)) : 0
  if (held < 0) return
  collecting.diverted ??= divertedRows(await budget.spills('Aggregates').sorter([false, false, false], 'together'), { bySet, groupOf })
  room.close()
  await collecting.diverted.add(rows.slice(held))
}

/** False: there is no room, and nothing was added. */
function add(row: Row, { bySet, groupOf, begin, room }: Collecting, budget: SpillBudget): boolean {
  if (room.full) return false
  const found = groupOf(row).map((group, set) => ({ ...group, known: bySet[set]?.get(group.hash) }))
  const fresh = found.filter(({ known }) => known === undefined)
  if (fresh.length > 0 && !budget.holds(fresh.length, fresh.reduce((sum, { values }) => sum + rowBytes(values), 0))) return false
  found.forEach(({ hash, values, known }, set) => {
    const group = known ?? begin(values)
    if (known === undefined) bySet[set]?.set(hash, group)
    for (const measure of group.measures) measure.add(row)
  })
  return true
}
