import { type Aggregation, type Column, compile, expandedColumn, hashKey, outerName, type PartialAggregation, type ReachedRows, type Value } from '@tributary/plan'
import { accumulatorOf, type Accumulator } from '../accumulators.js'
import type { Budget } from '../budget.js'
import type { Row } from '../page-rows.js'
import { onceEach } from './once-each.js'
import { type Reach, reachOf } from './reach.js'
import type { Aside } from './set-aside.js'
import type { MeasureRoom } from './state-room.js'

/** Takes the rows of a group one by one. */
export interface RowAccumulator {
  add(row: Row): void
  /** Takes what was set aside, where anything may have been: once, when all rows were added. */
  settle?(): Promise<void>
  result(): Value
}

/** Takes values one by one, as `RowAccumulator` does rows. */
type ValueAccumulator = Accumulator & Pick<RowAccumulator, 'settle'>

/** What is held is counted by the room. */
const uncounted: Budget = Object.freeze({ fits: () => true, hold: () => undefined, release: () => undefined })

/** Makes a fresh accumulator for each group; distinct values, rows that count once and parts of a group are held as far as there is room. */
export function measured(aggregation: Aggregation, columns: readonly Column[], room: MeasureRoom): () => RowAccumulator {
  const { of, reached, expression, over } = aggregation
  if (over !== undefined) return overRows(aggregation, over, columns, room)
  if (of !== undefined) return inParts(aggregation, of, columns, room)
  const fresh = (): ValueAccumulator => ofValues(aggregation, room)
  if (reached !== undefined) return overReached(reachOf(reached, columns), fresh, room)
  const valueOf = expression === undefined ? () => null : compile(expression, columns)
  return () => {
    const values = fresh()
    return { ...values, add: (row) => values.add(valueOf(row)) }
  }
}

/** Distinct values are all that accumulated values may need room for. */
function ofValues(aggregation: Aggregation, room: MeasureRoom): ValueAccumulator {
  if (aggregation.method !== 'countdistinct') return accumulatorOf(withValues(aggregation), uncounted)
  let aside: Aside | undefined
  let more = 0
  const values = accumulatorOf(withValues(aggregation), uncounted, (hash) => {
    const held = room.holds([hash])
    if (!held) (aside ??= room.aside()).put(hash, [])
    return held
  })
  return {
    add: (value) => values.add(value),
    async settle() {
      if (aside !== undefined) for await (const rows of aside.drain()) more += rows.filter(({ first }) => first).length
    },
    result: () => (more === 0 ? values.result() : String(Number(values.result()) + more)),
  }
}

/** What decides how values are accumulated: their type. */
function withValues({ column, method, expression, reached, of }: Aggregation): Parameters<typeof accumulatorOf>[0] {
  const type = of?.aggregation.column.type ?? expression?.type ?? reached?.type
  return { column, method, ...(type === undefined ? {} : { expression: { kind: 'literal', type, value: null } }) }
}

function overReached(reach: Reach, fresh: () => ValueAccumulator, room: MeasureRoom): () => RowAccumulator {
  return () => {
    const values = fresh()
    const hears = onceEach(room, (value) => [value], ([value]) => values.add(value ?? null))
    return {
      add: (row) => reach(row, hears),
      async settle() {
        await hears.settle()
        await values.settle?.()
      },
      result: () => values.result(),
    }
  }
}

/** The aggregation of the rows at the end of a path. */
function overRows({ over: _over, ...aggregation }: Aggregation, over: ReachedRows, columns: readonly Column[], room: MeasureRoom): () => RowAccumulator {
  const reach = reachOf(over, columns)
  const inner = over.fields ?? over.path.reduce<readonly Column[]>((within, name) => within.find((column) => column.name === name)?.expanded?.columns ?? [], columns)
  const fresh = measured(aggregation, [...inner, expandedColumn(outerName, 'outer', { toMany: false, columns, visible: [] })], room)
  return () => {
    const rows = fresh()
    let from: Row = []
    const hears = onceEach(room, (value) => [...rowOf(value, inner), from as Value], (row) => rows.add(row))
    return {
      add(row) {
        from = row
        reach(row, hears)
      },
      async settle() {
        await hears.settle()
        await rows.settle?.()
      },
      result: () => rows.result(),
    }
  }
}

/** A related row as it is; a complex value by its properties. */
function rowOf(value: Value, columns: readonly Column[]): Row {
  if (Array.isArray(value)) return value as Row
  return columns.map(({ name }) => (typeof value === 'object' && value !== null ? (value as Readonly<Record<string, Value>>)[name] : undefined))
}

function inParts(outer: Aggregation, { groups, aggregation }: PartialAggregation, columns: readonly Column[], room: MeasureRoom): () => RowAccumulator {
  const types = groups.map(({ type }) => type)
  const partsOf = groups.map((group) => compile(group, columns))
  const fresh = measured(aggregation, columns, room)
  return () => {
    const parts = new Map<string, RowAccumulator>()
    const results = ofValues(outer, room)
    let aside: Aside | undefined
    let settled = false
    return {
      add(row) {
        const hash = hashKey(types, partsOf.map((value) => value(row)))
        const known = parts.get(hash)
        if (known === undefined && !room.holds([hash])) return (aside ??= room.aside()).put(hash, row)
        const part = known ?? fresh()
        parts.set(hash, part)
        part.add(row)
      },
      async settle() {
        settled = true
        for (const part of parts.values()) await finish(part, results)
        if (aside !== undefined) for await (const part of partsAside(aside, fresh, room)) await finish(part, results)
        await results.settle?.()
      },
      result() {
        if (!settled) for (const part of parts.values()) results.add(part.result())
        return results.result()
      },
    }
  }
}

async function finish(part: RowAccumulator, results: Accumulator): Promise<void> {
  await part.settle?.()
  results.add(part.result())
}

/** The parts whose rows were set aside, one after the other. */
async function* partsAside(aside: Aside, fresh: () => RowAccumulator, room: MeasureRoom): AsyncGenerator<RowAccumulator> {
  let current: RowAccumulator | undefined
  for await (const rows of aside.drain()) {
    for (const { first, row } of rows) {
      if (first && current !== undefined) yield current
      if (first) current = fresh()
      current?.add(row)
    }
    await room.flush()
  }
  if (current !== undefined) yield current
}
