import { comparatorOf, compile, type Column, type Comparator, type OrderKey, type Value } from '@tributary/plan'
import type { Row } from './page-rows.js'

/** Compares rows with these columns by the keys, nulls lowest. */
export function rowOrder(keys: readonly OrderKey[], columns: readonly Column[]): (a: Row, b: Row) => number {
  const sortKey = sortKeys(keys, columns)
  const compare = keyOrder(keys)
  return (a, b) => compare(sortKey(a), sortKey(b))
}

/** Computes the sort keys of a row. */
export function sortKeys(keys: readonly OrderKey[], columns: readonly Column[]): (row: Row) => readonly Value[] {
  const computed = keys.map((key) => compile(key.expression, columns))
  return (row) => computed.map((compute) => compute(row))
}

/** Compares what `sortKeys` computed. */
export function keyOrder(keys: readonly OrderKey[]): (a: readonly Value[], b: readonly Value[]) => number {
  const parts: readonly (readonly [Comparator, number])[] = keys.map(({ expression, descending }) => [comparatorOf(expression.type), descending ? -1 : 1])
  return (a, b) => {
    for (const [index, [compare, sign]] of parts.entries()) {
      const order = compare(a[index], b[index])
      if (order !== 0) return sign * order
    }
    return 0
  }
}
