import { castValue, type Column, outputColumns, type Plan, type ProjectedColumn, type ProjectStep, type Value } from '@tributary/plan'
import type { Execution } from '../execution.js'
import type { Row } from '../page-rows.js'
import { asColumnValue, rowsInColumn } from './column-rows.js'
import { pagesOfRows } from './rows-of.js'

/** Rows with other columns: each taken from one of the row's, or absent. */
export async function* projectedRows(input: Plan, { columns }: ProjectStep, execution: Execution): AsyncGenerator<readonly Row[]> {
  const project = projector(columns, outputColumns(input))
  for await (const rows of pagesOfRows(input, execution)) yield rows.map(project)
}

function projector(columns: readonly ProjectedColumn[], given: readonly Column[]): (row: Row) => Row {
  const members = columns.map((wanted) => memberOf(wanted, given))
  return (row) => members.map((member) => member(row))
}

function memberOf({ from, column, cast, inner }: ProjectedColumn, given: readonly Column[]): (row: Row) => Value {
  const position = given.findIndex(({ name }) => name === from)
  const source = given[position]
  if (source === undefined) return () => undefined
  if (cast === true) return (row) => (row[position] === undefined ? undefined : castValue(row[position], source.type, column.type))
  if (inner === undefined || source.expanded === undefined) return (row) => row[position]
  const project = projector(inner, source.expanded.columns)
  const rowsIn = rowsInColumn(source)
  const { toMany } = source.expanded
  return (row) => (row[position] === undefined || row[position] === null ? row[position] : asColumnValue(rowsIn(row[position]).map(project), toMany))
}
