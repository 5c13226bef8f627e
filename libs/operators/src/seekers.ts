import { type ExpandedRow, type ExpandedRows, isStored, type MissingPart, type Value } from '@tributary/plan'
import { isMissing, rowsOf, type Related } from './related-cache.js'
import type { Row } from './page-rows.js'

/** One step from a row into an expanded column of it. */
export interface Step {
  readonly position: number
}

/** The rows that a row holds at the end of a path through expanded columns: itself for the empty path. */
export function rowsAt(row: Row, path: readonly Step[]): readonly Row[] {
  let rows: readonly Row[] = [row]
  for (const { position } of path) rows = rows.flatMap((inner) => rowsOf(relatedAt(inner, position)))
  return rows
}

/** The row with a value more in each of the rows at the end of the path: `values` come in the order of `rowsAt`, and stand at `position`. */
export function withValuesAt(row: Row, path: readonly Step[], position: number, values: Iterator<Value>): Row {
  const [step, ...rest] = path
  if (step === undefined) return replaced(row, position, values.next().value)
  const related = relatedAt(row, step.position)
  const inner = (nested: Row): ExpandedRow => withValuesAt(nested, rest, position, values)
  if (related === null || isMissing(related) || isStored(related)) return row
  return replaced(row, step.position, 'rows' in related ? { ...related, rows: related.rows.map(inner) } : inner(related))
}

function replaced(row: Row, position: number, value: Value): Row {
  const copy = [...row]
  copy[position] = value
  return copy
}

/** An expanded column's value. Only expands put values there. */
function relatedAt(row: Row, position: number): Related {
  const value = row[position]
  if (value === null || value === undefined) return null
  return value as ExpandedRow | ExpandedRows | MissingPart
}
