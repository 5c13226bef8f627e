import { outputColumns, type Plan, type UnnestStep } from '@tributary/plan'
import type { Execution } from '../execution.js'
import { positionsOf, type Row } from '../page-rows.js'
import { rowsInColumn } from './column-rows.js'
import { pagesOfRows } from './rows-of.js'

/** A row for each of the rows in one of its columns. */
export async function* unnestedRows(input: Plan, { from, outer }: UnnestStep, execution: Execution): AsyncGenerator<readonly Row[]> {
  const columns = outputColumns(input)
  const [position = -1] = positionsOf(columns, [from])
  const column = columns[position]
  if (column === undefined) return
  const rowsIn = rowsInColumn(column)
  for await (const rows of pagesOfRows(input, execution)) {
    yield rows.flatMap((row) => {
      const inner = rowsIn(row[position])
      return inner.length === 0 && outer ? [[...row, null]] : inner.map((value): Row => [...row, value])
    })
  }
}
