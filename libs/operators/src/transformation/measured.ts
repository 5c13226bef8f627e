import { type Aggregation, type Column, compile, expandedColumn, type Expression, hashKey, type PartialAggregation, type Reached, type Value } from '@tributary/plan'
import { accumulatorOf, type Accumulator } from '../accumulators.js'
import type { Budget } from '../budget.js'
import type { Row } from '../page-rows.js'
import { type Reach, reachOf } from './reach.js'

/** Takes the rows of a group one by one. */
export interface RowAccumulator {
  add(row: Row): void
  result(): Value
}

/** Makes a fresh accumulator for each group; distinct values, rows that count once and parts of a group are held within `budget`. */
export function measured(aggregation: Aggregation, columns: readonly Column[], budget: Budget): () => RowAccumulator {
  const { of, reached, expression } = aggregation
  if (of !== undefined) return inParts(aggregation, of, columns, budget)
  const fresh = (): Accumulator => accumulatorOf(withValues(aggregation), budget)
  if (reached !== undefined) return overReached(reachOf(reached, columns), fresh, { budget, valueOf: expression === undefined ? (value) => value : ofReachedRow(expression, reached, columns) })
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

/** A value of a row that is reached from another. */
type ReachedValue = (value: Value, from: Row) => Value

function ofReachedRow(expression: Expression, { path }: Reached, columns: readonly Column[]): ReachedValue {
  const inner = path.reduce<readonly Column[]>((within, name) => within.find((column) => column.name === name)?.expanded?.columns ?? [], columns)
  const outer = expandedColumn('$it', 'outer', { toMany: false, columns, visible: [] })
  const compiled = compile(expression, [...inner, outer])
  return (value, from) => (Array.isArray(value) ? compiled([...(value as Row), from as Value]) : null)
}

/** What is reached is taken each time, or, where it has an identity, once. */
function overReached(reach: Reach, fresh: () => Accumulator, { budget, valueOf }: { readonly budget: Budget; readonly valueOf: ReachedValue }): () => RowAccumulator {
  return () => {
    const values = fresh()
    let from: Row = []
    const seen = new Set<string>()
    const hears = {
      enter(identity: string): boolean {
        if (seen.has(identity)) return false
        budget.hold([identity])
        seen.add(identity)
        return true
      },
      visit: (value: Value) => values.add(valueOf(value, from)),
    }
    return {
      add(row) {
        from = row
        reach(row, hears)
      },
      result: () => values.result(),
    }
  }
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
