import { outputColumns, type Plan } from '@tributary/plan'
import type { Execution, GivenRows } from '../execution.js'
import { rowsPage, toRows, type Row } from '../page-rows.js'

/** The rows of a plan, page by page, with all its columns. */
export async function* pagesOfRows(plan: Plan, execution: Execution): AsyncGenerator<readonly Row[]> {
  const stream = execution.open(plan, execution)
  for await (const page of stream.pages) yield toRows(page, stream.columns).rows
}

/** The rows that a plan makes of given ones, page by page, by the plan's columns. */
export async function* transformed(each: Plan, given: GivenRows, execution: Execution): AsyncGenerator<readonly Row[]> {
  const columns = outputColumns(each)
  const stream = execution.open(each, { ...execution, given })
  for await (const page of stream.pages) yield toRows(page.kind === 'rows' ? rowsPage(stream.columns, toRows(page, stream.columns).rows) : page, columns).rows
}
