import { outputColumns, type Plan, type UnnestStep } from '@tributary/plan'
import { exceeded } from '../budget.js'
import type { Execution } from '../execution.js'
import { positionsOf, type Row } from '../page-rows.js'
import { rowsInColumn } from './column-rows.js'
import { pagesOfRows } from './rows-of.js'

/** Rows that leave together: a row may hold very many. */
const pageRows = 1_000

/** A row for each of the rows in one of its columns. */
export async function* unnestedRows(input: Plan, { from, outer, product }: UnnestStep, execution: Execution): AsyncGenerator<readonly Row[]> {
  const columns = outputColumns(input)
  const [position = -1] = positionsOf(columns, [from])
  const column = columns[position]
  if (column === undefined) return
  const rowsIn = rowsInColumn(column)
  const { buildRows } = execution.context.limits
  let total = 0
  for await (const rows of pagesOfRows(input, execution)) {
    let made: Row[] = []
    for (const row of rows) {
      const inner = rowsIn(row[position])
      for (const value of inner.length === 0 && outer ? [null] : inner) {
        made.push([...row, value])
        if (product !== undefined && ++total > buildRows) throw exceeded(buildRows, `rows of ${product}, which nothing joins`)
        if (made.length < pageRows) continue
        yield made
        made = []
      }
    }
    yield made
  }
}
