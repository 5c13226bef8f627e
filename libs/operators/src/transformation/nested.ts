import { aroundColumn, aroundName, type Column, type NestedStep, outputColumns, type Plan, nestedRows as rowsShape, type Value } from '@tributary/plan'
import { buildBudget } from '../budget.js'
import type { Execution, GivenRows } from '../execution.js'
import { positionsOf, type Row } from '../page-rows.js'
import { heldRows } from '../replay.js'
import { asColumnValue, rowsInColumn } from './column-rows.js'
import { pagesOfRows, transformed } from './rows-of.js'

/** Adds to each row what the inner plan makes of the rows in one of its columns. @throws HUB_LIMIT_EXCEEDED if that is more than one row may hold */
export async function* nestedRows(input: Plan, step: NestedStep, execution: Execution): AsyncGenerator<readonly Row[]> {
  const { from, name, each, page } = step
  const inputColumns = outputColumns(input)
  const [position = -1] = positionsOf(inputColumns, [from])
  const column = inputColumns[position]
  if (column === undefined) return
  const rowsIn = rowsInColumn(column)
  const around = rowAround(step, inputColumns)
  const columns = [...rowsShape(column).columns, ...around.columns]
  const toMany = column.type.collection
  for await (const rows of pagesOfRows(input, execution)) {
    const found: Row[] = []
    for (const row of rows) {
      const given = around.seenBy(row, rowsIn(row[position]))
      const made = !toMany && given.length === 0 ? [] : await allMade(each, { columns, ...heldRows(given) }, execution)
      const value = page === undefined ? asColumnValue(made, toMany) : pageOf(made, page)
      found.push(name === from ? row.with(position, value) : [...row, value])
    }
    yield found
  }
}

interface Around {
  readonly columns: readonly Column[]
  readonly seenBy: (row: Row, given: readonly Row[]) => readonly Row[]
}

const unseen: Around = { columns: [], seenBy: (_row, given) => given }

/** How the rows that are made for a row see it, or the row that it sees. */
function rowAround(step: NestedStep, input: readonly Column[]): Around {
  const column = aroundColumn(step, input)
  if (column === undefined) return unseen
  const at = step.around?.kind === 'row' ? positionsOf(input, (column.expanded?.columns ?? []).map(({ name }) => name)) : undefined
  const [same = -1] = at === undefined ? positionsOf(input, [aroundName]) : []
  return {
    columns: [column],
    seenBy: (row, given) => {
      const seen: Value = at === undefined ? row[same] : at.map((position) => row[position])
      return given.map((one) => [...one, seen])
    },
  }
}

/** What is made of rows becomes the value of one row; the row around is no part of it. */
async function allMade(each: Plan, given: GivenRows, execution: Execution): Promise<readonly Row[]> {
  const budget = buildBudget(execution.context.limits, 'made of the related rows of one row', execution.state.meter.memory)
  try {
    const all: Row[] = []
    const around = outputColumns(each).findIndex(({ name }) => name === aroundName)
    for await (const rows of transformed(each, given, execution)) {
      for (const made of rows) {
        const row = around < 0 ? made : made.with(around, undefined)
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
