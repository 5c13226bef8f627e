import { outputColumns, type Plan, type SpreadStep } from '@tributary/plan'
import type { Execution } from '../execution.js'
import { positionsOf, type Row } from '../page-rows.js'
import { rowsInColumn } from './column-rows.js'
import { pagesOfRows } from './rows-of.js'

/** The rows that stand in one of the columns, in the place of those that hold them. */
export async function* spreadRows(input: Plan, { from }: SpreadStep, execution: Execution): AsyncGenerator<readonly Row[]> {
  const columns = outputColumns(input)
  const [position = -1] = positionsOf(columns, [from])
  const column = columns[position]
  if (column === undefined) return
  const rowsIn = rowsInColumn(column)
  for await (const rows of pagesOfRows(input, execution)) yield rows.flatMap((row) => rowsIn(row[position]))
}
