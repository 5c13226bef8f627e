import { addDecimals, type Aggregate, hashKey, type Measure, type Value } from '@tributary/plan'
import { accumulatorOf, type Accumulator } from './accumulators.js'
import type { Budget } from './budget.js'
import type { Execution } from './execution.js'
import type { Finished } from './finished-group.js'
import { type Measured, measuredRows } from './measured-rows.js'
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
 * however many there are; where hardly two rows in a row share one, each row is a group, for looking for more would only cost.
 */
export async function* partialGroups(node: Aggregate, execution: Execution): AsyncGenerator<readonly Finished[]> {
  const most = Math.min(mostGroups, execution.context.limits.buildRows)
  let held = heldGroups(node)
  let worthwhile = true
  for await (const rows of measuredRows(node, execution)) {
    if (!worthwhile) {
      yield rows.map(({ values, measured }) => ({ ordinal: 0, values, results: measured.map((value, index) => ofOne(node.measures[index], value)) }))
      continue
    }
    for (const row of rows) held.add(row)
    if (held.groups() <= most && held.bytes() <= mostBytes) continue
    worthwhile = held.groups() * 2 <= held.rows()
    yield held.finished()
    held = heldGroups(node)
  }
  yield held.finished()
}

/** What a measure is of one value alone. */
function ofOne(measure: Measure | undefined, value: Value): Value {
  if (measure?.expression === undefined) return '1'
  return measure.method !== 'sum' || value === null || value === undefined ? (value ?? null) : addDecimals('0', value)
}

/** Groups that are collected at present. */
interface HeldGroups {
  add(row: Measured): void
  groups(): number
  rows(): number
  bytes(): number
  finished(): readonly Finished[]
}

function heldGroups({ groups, measures }: Aggregate): HeldGroups {
  const types = groups.map(({ expression }) => expression.type)
  const held = new Map<string, Held>()
  let rows = 0
  let bytes = 0
  return {
    add({ values, measured }) {
      const hash = hashKey(types, values)
      let group = held.get(hash)
      if (group === undefined) {
        group = { ordinal: held.size, values, measures: measures.map((measure) => accumulatorOf(measure, unbounded)) }
        held.set(hash, group)
        bytes += rowBytes(values)
      }
      group.measures.forEach((accumulator, index) => accumulator.add(measured[index] ?? null))
      rows += 1
    },
    groups: () => held.size,
    rows: () => rows,
    bytes: () => bytes,
    finished: () => [...held.values()].map(({ measures: accumulators, ...group }) => ({ ...group, results: accumulators.map((accumulator) => accumulator.result()) })),
  }
}
