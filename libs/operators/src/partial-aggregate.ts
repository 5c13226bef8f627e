import { type Aggregate, hashKey } from '@tributary/plan'
import { accumulatorOf, type Accumulator } from './accumulators.js'
import type { Budget } from './budget.js'
import type { Execution } from './execution.js'
import type { Finished } from './finished-group.js'
import { measuredRows } from './measured-rows.js'
import type { Row } from './page-rows.js'
import { rowBytes } from './row-bytes.js'

/** What is held at a time: whatever stands above brings groups together that left several times. */
const mostGroups = 10_000
const mostBytes = 4 * 1024 * 1024

interface Held {
  readonly ordinal: number
  readonly values: Row
  readonly measures: readonly Accumulator[]
}

const unbounded: Budget = Object.freeze({ fits: () => true, hold: () => undefined, release: () => undefined })

/**
 * Groups of some of the rows after the other, each time in the order of their first rows, so that first rows stay first. Holds few groups,
 * however many there are.
 */
export async function* partialGroups(node: Aggregate, execution: Execution): AsyncGenerator<readonly Finished[]> {
  const types = node.groups.map(({ expression }) => expression.type)
  const groups = new Map<string, Held>()
  let bytes = 0
  let ordinal = 0
  const taken = (): readonly Finished[] => {
    const finished = [...groups.values()].map(({ measures, ...group }) => ({ ...group, results: measures.map((accumulator) => accumulator.result()) }))
    groups.clear()
    bytes = 0
    return finished
  }
  for await (const rows of measuredRows(node, execution)) {
    for (const { values, measured } of rows) {
      const hash = hashKey(types, values)
      let group = groups.get(hash)
      if (group === undefined) {
        group = { ordinal: ordinal++, values, measures: node.measures.map((measure) => accumulatorOf(measure, unbounded)) }
        groups.set(hash, group)
        bytes += rowBytes(values)
      }
      group.measures.forEach((accumulator, index) => accumulator.add(measured[index] ?? null))
    }
    if (groups.size > mostGroups || bytes > mostBytes) yield taken()
  }
  yield taken()
}
