import { type Aggregation, type Column, compile, expandedColumn, hashKey, outerName, type PartialAggregation, type ReachedRows, type Value } from '@tributary/plan'
import { accumulatorOf, type Accumulator } from '../accumulators.js'
import type { Budget } from '../budget.js'
import type { Row } from '../page-rows.js'
import { type Reach, reachOf, type ReachVisitor } from './reach.js'

/** Takes the rows of a group one by one. */
export interface RowAccumulator {
  add(row: Row): void
  result(): Value
}

/** Makes a fresh accumulator for each group; distinct values, rows that count once and parts of a group are held within `budget`. */
export function measured(aggregation: Aggregation, columns: readonly Column[], budget: Budget): () => RowAccumulator {
  const { of, reached, expression, over } = aggregation
  if (over !== undefined) return overRows(aggregation, over, columns, budget)
  if (of !== undefined) return inParts(aggregation, of, columns, budget)
  const fresh = (): Accumulator => accumulatorOf(withValues(aggregation), budget)
  if (reached !== undefined) return overReached(reachOf(reached, columns), fresh, budget)
  const valueOf = expression === undefined ? () => null : compile(expression, columns)
  return () => {
    const values = fresh()
    return { add: (row) => values.add(valueOf(row)), result: () => values.result() }
  }
}

/** What decides how values are accumulated: their type. */
function withValues({ column, method, expression, reached, of }: Aggregation): Parameters<typeof accumulatorOf>[0] {
  const type = of?.aggregation.column.type ?? expression?.type ?? reached?.type
  return { column, method, ...(type === undefined ? {} : { expression: { kind: 'literal', type, value: null } }) }
}

/** Whether what is reached is looked at: each time, or, where it has an identity, once. */
function onceEach(budget: Budget): ReachVisitor['enter'] {
  const seen = new Set<string>()
  return (identity) => {
    if (seen.has(identity)) return false
    budget.hold([identity])
    seen.add(identity)
    return true
  }
}

function overReached(reach: Reach, fresh: () => Accumulator, budget: Budget): () => RowAccumulator {
  return () => {
    const values = fresh()
    const hears: ReachVisitor = { enter: onceEach(budget), visit: (value) => values.add(value) }
    return { add: (row) => reach(row, hears), result: () => values.result() }
  }
}

/** The aggregation of the rows at the end of a path. */
function overRows({ over: _over, ...aggregation }: Aggregation, over: ReachedRows, columns: readonly Column[], budget: Budget): () => RowAccumulator {
  const reach = reachOf(over, columns)
  const inner = over.fields ?? over.path.reduce<readonly Column[]>((within, name) => within.find((column) => column.name === name)?.expanded?.columns ?? [], columns)
  const fresh = measured(aggregation, [...inner, expandedColumn(outerName, 'outer', { toMany: false, columns, visible: [] })], budget)
  return () => {
    const rows = fresh()
    let from: Row = []
    const hears: ReachVisitor = { enter: onceEach(budget), visit: (value) => rows.add([...rowOf(value, inner), from as Value]) }
    return {
      add(row) {
        from = row
        reach(row, hears)
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

function inParts(outer: Aggregation, { groups, aggregation }: PartialAggregation, columns: readonly Column[], budget: Budget): () => RowAccumulator {
  const types = groups.map(({ type }) => type)
  const valuesOf = groups.map((group) => compile(group, columns))
  const fresh = measured(aggregation, columns, budget)
  return () => {
    const parts = new Map<string, RowAccumulator>()
    return {
      add(row) {
        const values = valuesOf.map((value) => value(row))
        const hash = hashKey(types, values)
        let part = parts.get(hash)
        if (part === undefined) {
          budget.hold([hash])
          part = fresh()
          parts.set(hash, part)
        }
        part.add(row)
      },
      result() {
        const results = accumulatorOf(withValues(outer), budget)
        for (const part of parts.values()) results.add(part.result())
        return results.result()
      },
    }
  }
}
