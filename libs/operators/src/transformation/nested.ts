import { type NestedStep, outputColumns, type Plan, nestedRows as rowsShape } from '@tributary/plan'
import type { Execution } from '../execution.js'
import { positionsOf, type Row } from '../page-rows.js'
import { asColumnValue, rowsInColumn } from './column-rows.js'
import { pagesOfRows, transformed } from './rows-of.js'

/** Adds to each row what the inner plan makes of the rows in one of its columns. */
export async function* nestedRows(input: Plan, { from, each }: NestedStep, execution: Execution): AsyncGenerator<readonly Row[]> {
  const inputColumns = outputColumns(input)
  const [position = -1] = positionsOf(inputColumns, [from])
  const column = inputColumns[position]
  if (column === undefined) return
  const rowsIn = rowsInColumn(column)
  const { columns } = rowsShape(column)
  const toMany = column.type.collection
  for await (const rows of pagesOfRows(input, execution)) {
    const found: Row[] = []
    for (const row of rows) {
      const given = rowsIn(row[position])
      const value = !toMany && given.length === 0 ? null : asColumnValue(await transformed(each, { columns, rows: given }, execution), toMany)
      found.push([...row, value])
    }
    yield found
  }
}
