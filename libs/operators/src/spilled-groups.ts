import { hashKey, type Aggregate, type Value } from '@tributary/plan'
import { accumulatorOf, type Accumulator } from './accumulators.js'
import type { Budget } from './budget.js'
import { rowsOfLines, rowText } from './carried-rows.js'
import { distinctCounts, withCounts } from './distinct-counts.js'
import type { EngineWork, KeyedRow, RowSorter } from './engine.js'
import type { Finished } from './finished-group.js'
import type { Row } from './page-rows.js'
import { rowBytes } from './row-bytes.js'
import type { SpillBudget } from './spill-budget.js'

/** A group: the number of its first row, what its rows share, and what is computed of them. */
export interface Held {
  readonly ordinal: number
  readonly values: Row
  readonly measures: readonly Accumulator[]
}

/** What of an aggregation goes on beyond memory. */
export interface SpilledGroups {
  /** A row of a group that is not held. */
  row(ordinal: number, hash: string, values: Row, measured: Row): void
  /** A value that may be new to a `countdistinct`, for which there is no room. */
  distinct(ordinal: number, measure: number, hash: string): void
  /** Writes what was given since the last time. */
  flush(): Promise<void>
  /** All groups, those that were held first, by the number of their first row. */
  finish(held: Iterable<Held>): AsyncGenerator<Finished>
  close(): Promise<void>
}

/** What it takes to go on. */
export interface SpillPlan {
  readonly work: EngineWork
  readonly node: Pick<Aggregate, 'groups' | 'measures'>
  /** A fresh budget for the distinct values of one group. */
  readonly room: () => SpillBudget
}

/** Numbers sort as texts of one length. */
export const ordinalText = (number: number): string => String(number).padStart(16, '0')

/** What is held counts elsewhere. */
const uncounted: Budget = Object.freeze({ fits: () => true, hold: () => undefined, release: () => undefined })

/** Fresh accumulators of one group: a distinct value for which there is no room goes to `spilled`, where there is one. */
export function measuresOf(measures: Aggregate['measures'], room: SpillBudget, overflow: (measure: number, hash: string) => void): readonly Accumulator[] {
  return measures.map((measure, index) => accumulatorOf(measure, uncounted, (hash) => {
    const fits = room.holds(1, rowBytes([hash]))
    if (!fits) overflow(index, hash)
    return fits
  }))
}

/**
 * Groups beyond memory: rows of further groups are sorted by their group and computed one group after the other; distinct values for which
 * there is no room are sorted and counted; and the groups leave in the order of their first rows.
 */
export async function spilledGroups({ work, node, room }: SpillPlan): Promise<SpilledGroups> {
  const rows = await work.sorter([false])
  const distinct = await work.sorter([false, false, false])
  const results = await work.sorter([false])
  const newRows: KeyedRow[] = []
  const newValues: KeyedRow[] = []
  const overflow = (ordinal: number, measure: number, hash: string): void => {
    const id = [ordinal, measure]
    newValues.push({ keys: [...id.map(ordinalText), hash], row: rowText([...id, hash]) })
  }
  const flush = async (): Promise<void> => {
    await rows.add(newRows.splice(0))
    await distinct.add(newValues.splice(0))
  }
  return {
    row: (ordinal, hash, group, measured) => void newRows.push({ keys: [hash], row: rowText([ordinal, ...group, ...measured]) }),
    distinct: overflow,
    flush,
    async *finish(held) {
      await flush()
      for await (const groups of groupsOf(rows, node, { room, overflow })) {
        await distinct.add(newValues.splice(0))
        await results.add(groups.map(({ ordinal, values, results: computed }) => ({ keys: [ordinalText(ordinal)], row: rowText([ordinal, ...values, ...computed]) })))
      }
      yield* withCounts(inOrder(held, results, node), node.measures, distinctCounts(distinct))
    },
    close: () => Promise.all([rows, distinct, results].map((sorter) => sorter.close())).then(() => undefined),
  }
}

interface Computing {
  readonly room: () => SpillBudget
  readonly overflow: (ordinal: number, measure: number, hash: string) => void
}

/** The groups of sorted rows, as they come complete: the rows of one stand together, its first row first. */
async function* groupsOf(sorter: RowSorter, { groups, measures }: SpillPlan['node'], { room, overflow }: Computing): AsyncGenerator<readonly Finished[]> {
  const types = groups.map(({ expression }) => expression.type)
  const own = room()
  let current: (Held & { readonly hash: string }) | undefined
  const begun = (hash: string, ordinal: number, values: Row): Held & { readonly hash: string } => {
    own.release()
    return { hash, ordinal, values, measures: measuresOf(measures, own, (measure, value) => overflow(ordinal, measure, value)) }
  }
  try {
    for await (const lines of sorter.sorted()) {
      const done: Finished[] = []
      for (const row of rowsOfLines(lines)) {
        const values = row.slice(1, 1 + groups.length)
        const hash = hashKey(types, values)
        if (current !== undefined && current.hash !== hash) done.push(finished(current))
        if (current?.hash !== hash) current = begun(hash, Number(row[0]), values)
        current.measures.forEach((accumulator, index) => accumulator.add(row[1 + groups.length + index] ?? null))
      }
      yield done
    }
    if (current !== undefined) yield [finished(current)]
  } finally {
    own.release()
  }
}

const finished = ({ ordinal, values, measures }: Held): Finished => ({ ordinal, values, results: measures.map((accumulator): Value => accumulator.result()) })

async function* inOrder(held: Iterable<Held>, results: RowSorter, { groups }: SpillPlan['node']): AsyncGenerator<Finished> {
  for (const group of held) yield finished(group)
  for await (const lines of results.sorted()) {
    for (const [ordinal, ...row] of rowsOfLines(lines)) yield { ordinal: Number(ordinal), values: row.slice(0, groups.length), results: row.slice(groups.length) }
  }
}
