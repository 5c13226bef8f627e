import { rowsOfLines, rowText } from '../carried-rows.js'
import type { RowSorter } from '../engine.js'
import type { Execution } from '../execution.js'
import { keptRows, type Keeping } from '../kept-rows.js'
import type { Row } from '../page-rows.js'
import { heldRows, type Replay } from '../replay.js'
import { rowBytes } from '../row-bytes.js'
import { spillBudget, type SpillBudget } from '../spill-budget.js'
import { ordinalText } from '../spilled-groups.js'
import type { GroupValues } from './grouping.js'

/** One group of rows that belong together, within a series of groups. */
export interface GroupPlace extends GroupValues {
  /** Which series: groups of a lower one come first. */
  readonly series: number
}

/** A row, and the groups it belongs to. */
export interface PlacedInGroups {
  readonly row: Row
  readonly places: readonly GroupPlace[]
}

/** A group and its rows in the order they came. */
export interface RowGroup {
  readonly series: number
  readonly values: Row
  readonly rows: Replay
}

/** Rows by their groups: in memory as far as one operator may hold them, beyond that on the embedded engine. */
export interface RowGroups {
  /** @throws HUB_LIMIT_EXCEEDED, HUB_LIMIT_BYTES_BUFFERED where there is no engine, HUB_SPOOL_FULL */
  add(rows: readonly PlacedInGroups[]): Promise<void>
  /** By series, and within it by their first rows; a group's rows can be read until the next one is asked for. */
  inOrder(): AsyncGenerator<RowGroup>
  close(): Promise<void>
}

/** A further place of a row that is held already. */
const placeBytes = 8

interface Held {
  readonly values: Row
  readonly rows: Row[]
}

/** No row has a group yet. */
export function rowGroups(execution: Execution, keeping: Keeping): RowGroups {
  const budget = spillBudget(execution, keeping.what)
  const series = new Map<number, Map<string, Held>>()
  let sorter: RowSorter | undefined
  const bytesOf = ({ row, places }: PlacedInGroups): number => places.reduce((sum, place) => sum + placeBytes + (series.get(place.series)?.has(place.hash) === true ? 0 : rowBytes(place.values)), rowBytes(row))
  const fits = (placed: PlacedInGroups): boolean => {
    if (placed.places.length === 0) return true
    if (!budget.holds(placed.places.length, bytesOf(placed))) return false
    for (const place of placed.places) hold(series, place, placed.row)
    return true
  }
  return {
    async add(rows) {
      let next = 0
      if (sorter === undefined) {
        for (let placed = rows[0]; placed !== undefined && fits(placed); placed = rows[next]) next += 1
        if (next === rows.length) return
        sorter = await spilled(series, budget, keeping)
      }
      await give(sorter, rows.slice(next))
    },
    async *inOrder() {
      if (sorter !== undefined) yield* sortedGroups(sorter, execution, keeping)
      else for (const [number, groups] of [...series].toSorted(([a], [b]) => a - b)) for (const { values, rows } of groups.values()) yield { series: number, values, rows: heldRows(rows) }
    },
    async close() {
      budget.release()
      series.clear()
      await sorter?.close()
    },
  }
}

function hold(series: Map<number, Map<string, Held>>, { series: number, hash, values }: GroupPlace, row: Row): void {
  const groups = series.get(number) ?? new Map<string, Held>()
  series.set(number, groups)
  const held = groups.get(hash)
  if (held === undefined) groups.set(hash, { values, rows: [row] })
  else held.rows.push(row)
}

/** What is held goes to the engine: the first rows of groups in their order, and those of a group in theirs. */
async function spilled(series: Map<number, Map<string, Held>>, budget: SpillBudget, { operator }: Keeping): Promise<RowSorter> {
  const sorter = await budget.spills(operator).sorter([false, false], 'together')
  for (const [number, groups] of series) {
    for (const [hash, { values, rows }] of groups) await give(sorter, rows.map((row) => ({ row, places: [{ series: number, hash, values }] })))
  }
  series.clear()
  budget.release()
  return sorter
}

const give = (sorter: RowSorter, rows: readonly PlacedInGroups[]): Promise<void> =>
  sorter.add(rows.flatMap(({ row, places }) => places.map(({ series, hash, values }) => ({ keys: [ordinalText(series), hash], row: rowText([series, hash, values, ...row]) }))))

/** The groups of rows that stand together. */
async function* sortedGroups(sorter: RowSorter, execution: Execution, keeping: Keeping): AsyncGenerator<RowGroup> {
  let current: (Omit<RowGroup, 'rows'> & { readonly hash: string; readonly rows: ReturnType<typeof keptRows> }) | undefined
  try {
    for await (const lines of sorter.sorted()) {
      let run: Row[] = []
      for (const [series, hash, values, ...row] of rowsOfLines(lines)) {
        if (current !== undefined && (current.series !== series || current.hash !== hash)) {
          await current.rows.add(run)
          run = []
          yield current
          await current.rows.close()
          current = undefined
        }
        current ??= { series: Number(series), hash: String(hash), values: Array.isArray(values) ? values : [], rows: keptRows(execution, keeping) }
        run.push(row)
      }
      await current?.rows.add(run)
    }
    if (current !== undefined) yield current
  } finally {
    await current?.rows.close()
  }
}
