import { rowsOfLines, rowText } from '../carried-rows.js'
import type { RowSorter } from '../engine.js'
import type { Row } from '../page-rows.js'
import { ordinalText } from '../spilled-groups.js'
import type { GroupValues } from './grouping.js'
import type { RowAccumulator } from './measured.js'

/** What is known of a group. */
export interface GroupState {
  readonly values: Row
  readonly measures: readonly RowAccumulator[]
}

/** The groups that are held, by grouping and hash, in the order of their first rows. */
export interface HeldGroups {
  readonly bySet: readonly ReadonlyMap<string, GroupState>[]
  readonly groupOf: (row: Row) => readonly GroupValues[]
}

/** Groups that are not held follow those that are: digits come before this. */
const behindHeld = '~'

/** Rows that were given away. */
export interface DivertedRows {
  readonly sorter: RowSorter
  add(rows: readonly Row[]): Promise<void>
}

/** Gives rows away: a sorter with three keys brings them back by grouping, held group or first row, and group. No further group is held. */
export function divertedRows(sorter: RowSorter, { bySet, groupOf }: HeldGroups): DivertedRows {
  const places = bySet.map((groups) => new Map([...groups.keys()].map((hash, place) => [hash, place])))
  return {
    sorter,
    add: (rows) => sorter.add(rows.flatMap((row) => groupOf(row).map(({ hash, values }, set) => {
      const place = places[set]?.get(hash) ?? null
      return { keys: [ordinalText(set), place === null ? behindHeld : ordinalText(place), hash], row: rowText([set, place, hash, values, ...row]) }
    }))),
  }
}

/** How groups that are not held begin, and what follows when one is finished. */
export interface Finishing {
  readonly begin: (values: Row) => GroupState
  /** Writes what a group has set aside. */
  readonly flush: () => Promise<void>
  readonly release: () => void
}

/** All groups with all their rows, by grouping and first row; a group can be looked at until the next one is asked for. */
export async function* finishedGroups(held: readonly (readonly GroupState[])[], diverted: RowSorter | undefined, finishing: Finishing): AsyncGenerator<GroupState> {
  const left = heldGroups(held)
  if (diverted !== undefined) {
    for await (const { set, place, group } of groupsOf(diverted, held, finishing)) {
      yield* left.before(set, place ?? Infinity)
      if (place !== undefined) left.skip()
      yield group
      finishing.release()
    }
  }
  yield* left.before(held.length, 0)
}

/** Goes through the groups that are held, one after the other. */
function heldGroups(held: readonly (readonly GroupState[])[]): { before(set: number, place: number): Generator<GroupState>; skip(): void } {
  let set = 0
  let place = 0
  return {
    *before(toSet, toPlace) {
      for (; set < toSet || (set === toSet && place < toPlace); place += 1) {
        const group = held[set]?.[place]
        if (group !== undefined) yield group
        else if (set === toSet) return
        else [set, place] = [set + 1, -1]
      }
    },
    skip() {
      place += 1
    },
  }
}

interface Finished {
  readonly set: number
  /** Of one that was held. */
  readonly place: number | undefined
  readonly group: GroupState
}

/** The groups of diverted rows, each complete. */
async function* groupsOf(sorter: RowSorter, held: readonly (readonly GroupState[])[], { begin, flush }: Finishing): AsyncGenerator<Finished> {
  let current: (Finished & { readonly key: string }) | undefined
  for await (const lines of sorter.sorted()) {
    for (const [set, place, hash, values, ...row] of rowsOfLines(lines)) {
      const key = `${Number(set)} ${String(hash)}`
      if (current !== undefined && current.key !== key) {
        yield current
        current = undefined
      }
      current ??= { key, ...groupAt(Number(set), typeof place === 'number' ? place : undefined, { held, fresh: () => begin(Array.isArray(values) ? values : []) }) }
      for (const measure of current.group.measures) measure.add(row)
    }
    await flush()
  }
  if (current !== undefined) yield current
}

const groupAt = (set: number, place: number | undefined, { held, fresh }: { readonly held: readonly (readonly GroupState[])[]; readonly fresh: () => GroupState }): Finished => ({
  set, place, group: (place === undefined ? undefined : held[set]?.[place]) ?? fresh(),
})
