import { type NestedStep, outputColumns, type Plan, nestedRows as rowsShape, type Value } from '@tributary/plan'
import { buildBudget } from '../budget.js'
import type { Execution, GivenRows } from '../execution.js'
import { positionsOf, type Row } from '../page-rows.js'
import { heldRows } from '../replay.js'
import { asColumnValue, rowsInColumn } from './column-rows.js'
import { pagesOfRows, transformed } from './rows-of.js'

/** Adds to each row what the inner plan makes of the rows in one of its columns. @throws HUB_LIMIT_EXCEEDED if that is more than one row may hold */
export async function* nestedRows(input: Plan, { from, each, page }: NestedStep, execution: Execution): AsyncGenerator<readonly Row[]> {
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
      const made = !toMany && given.length === 0 ? [] : await allMade(each, { columns, ...heldRows(given) }, execution)
      found.push([...row, page === undefined ? asColumnValue(made, toMany) : pageOf(made, page)])
    }
    yield found
  }
}

/** What is made of rows becomes the value of one row. */
async function allMade(each: Plan, given: GivenRows, execution: Execution): Promise<readonly Row[]> {
  const budget = buildBudget(execution.context.limits, 'made of the related rows of one row', execution.state.meter.memory)
  try {
    const all: Row[] = []
    for await (const rows of transformed(each, given, execution)) {
      for (const row of rows) {
        budget.hold(row)
        all.push(row)
      }
    }
    return all
  } finally {
    budget.release()
  }
}

const pageOf = (rows: readonly Row[], { skip, take, count }: NonNullable<NestedStep['page']>): Value => ({
  rows: rows.slice(skip, take === undefined ? undefined : skip + take), ...(count ? { count: rows.length } : {}),
})
