import { addDecimals, comparatorOf, divideDecimals, hashKey, isFloating, type Measure, type Value } from '@tributary/plan'
import type { Budget } from './budget.js'

/** Takes the values of a group one by one; nulls are not counted but by `count`. */
export interface Accumulator {
  add(value: Value): void
  result(): Value
}

/** Whether a distinct value may be held; if not, it is counted elsewhere. */
export type TakesDistinct = (hash: string) => boolean

/** A fresh accumulator; distinct values are held within `budget`, and only as `takes` says. An average over sums takes pairs: a sum, and of how many values. */
export function accumulatorOf({ method, expression, per }: Measure, budget: Budget, takes?: TakesDistinct): Accumulator {
  if (method === 'count' || expression === undefined) return counting()
  if (per !== undefined) return averaging()
  const floating = isFloating(expression.type.base)
  switch (method) {
    case 'sum': return floating ? summingFloats((sum) => sum) : summing((sum) => sum)
    case 'average': return floating ? summingFloats((sum, count) => sum / count) : summing((sum, count) => divideDecimals(sum, count))
    case 'min': return extreme(expression, (order) => order < 0)
    case 'max': return extreme(expression, (order) => order > 0)
    case 'countdistinct': return distinct(expression, budget, takes)
  }
}

function counting(): Accumulator {
  let count = 0
  return {
    add() {
      count += 1
    },
    result: () => String(count),
  }
}

/** Exact, as decimal text. */
function summing(result: (sum: string, count: number) => string): Accumulator {
  let sum = '0'
  let count = 0
  return {
    add(value) {
      if (value === null) return
      sum = addDecimals(sum, value)
      count += 1
    },
    result: () => (count === 0 ? null : result(sum, count)),
  }
}

/** The sum of sums divided by the sum of what they are sums of. */
function averaging(): Accumulator {
  let sum = '0'
  let count = '0'
  return {
    add(pair) {
      const [value, of] = Array.isArray(pair) ? pair as readonly Value[] : []
      if (value === null || value === undefined || of === null || of === undefined) return
      sum = addDecimals(sum, value)
      count = addDecimals(count, of)
    },
    result: () => (count === '0' ? null : divideDecimals(sum, count)),
  }
}

/** With the part that rounding takes from each sum carried along, so that many small values do not get lost beside a large one. */
function summingFloats(result: (sum: number, count: number) => number): Accumulator {
  let sum = 0
  let lost = 0
  let count = 0
  return {
    add(value) {
      if (value === null) return
      const next = Number(value)
      const total = sum + next
      lost += Math.abs(sum) >= Math.abs(next) ? sum - total + next : next - total + sum
      sum = total
      count += 1
    },
    result: () => (count === 0 ? null : result(Number.isFinite(sum) ? sum + lost : sum, count)),
  }
}

function extreme({ type }: NonNullable<Measure['expression']>, better: (order: number) => boolean): Accumulator {
  const compare = comparatorOf(type)
  let best: Value = null
  return {
    add(value) {
      if (value !== null && (best === null || better(compare(value, best)))) best = value
    },
    result: () => best,
  }
}

function distinct({ type }: NonNullable<Measure['expression']>, budget: Budget, takes: TakesDistinct | undefined): Accumulator {
  const seen = new Set<string>()
  return {
    add(value) {
      if (value === null) return
      const hash = hashKey([type], [value])
      if (seen.has(hash) || takes?.(hash) === false) return
      budget.hold([hash])
      seen.add(hash)
    },
    result: () => String(seen.size),
  }
}
