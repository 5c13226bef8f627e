import { type Column, nestedRows, type Value } from '@tributary/plan'
import type { Row } from '../page-rows.js'

/** Takes the rows out of a column's value: related rows, or complex values by their fields; null and absent have none. */
export function rowsInColumn(column: Column): (value: Value) => readonly Row[] {
  const { columns } = nestedRows(column)
  if (column.expanded !== undefined) return column.expanded.toMany ? relatedRows : (value) => (Array.isArray(value) ? [value] : [])
  const asRow = (value: Value): readonly Row[] => (isRecord(value) ? [columns.map(({ name }) => value[name])] : [])
  return (value) => (Array.isArray(value) ? value.flatMap(asRow) : asRow(value))
}

/** The rows of a to-many expand's value. */
export const relatedRows = (value: Value): readonly Row[] => (isRecord(value) && Array.isArray(value['rows']) ? value['rows'].filter((row): row is readonly Value[] => Array.isArray(row)) : [])

const isRecord = (value: Value): value is Readonly<Record<string, Value>> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Rows as the value of a column that holds many; the first, or null, of one that holds a single row. */
export const asColumnValue = (rows: readonly Row[], toMany: boolean): Value => (toMany ? { rows } : (rows[0] ?? null))
