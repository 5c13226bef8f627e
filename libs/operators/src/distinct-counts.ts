import type { Measure } from '@tributary/plan'
import { rowsOfLines } from './carried-rows.js'
import type { RowSorter } from './engine.js'
import type { Finished } from './finished-group.js'

/** How many distinct values a measure of a group has beside those it could hold. */
export interface DistinctCount {
  readonly ordinal: number
  readonly measure: number
  readonly count: number
}

/** Counts rows of group, measure and value: equal ones stand together. */
export async function* distinctCounts(sorter: RowSorter): AsyncGenerator<DistinctCount> {
  let current: DistinctCount | undefined
  let last = ''
  for await (const lines of sorter.sorted()) {
    for (const [first, second, value] of rowsOfLines(lines)) {
      const [ordinal, measure, hash] = [Number(first), Number(second), String(value)]
      const same = current?.ordinal === ordinal && current.measure === measure
      if (current !== undefined && !same) yield current
      if (!same) current = { ordinal, measure, count: 1 }
      else if (current !== undefined && hash !== last) current = { ...current, count: current.count + 1 }
      last = hash
    }
  }
  if (current !== undefined) yield current
}

/** The groups with what was counted of them elsewhere; both come by the number of the group. */
export async function* withCounts(groups: AsyncIterable<Finished>, measures: readonly Measure[], counts: AsyncGenerator<DistinctCount>): AsyncGenerator<Finished> {
  let next = await counts.next()
  for await (const group of groups) {
    const more = measures.map(() => 0)
    for (; next.done !== true && next.value.ordinal === group.ordinal; next = await counts.next()) more[next.value.measure] = next.value.count
    yield { ...group, results: group.results.map((result, index) => (more[index] === 0 ? result : String(Number(result) + (more[index] ?? 0)))) }
  }
}
