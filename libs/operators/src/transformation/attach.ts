import type { Plan } from '@tributary/plan'
import type { Execution } from '../execution.js'
import type { Row } from '../page-rows.js'
import { pagesOfRows } from './rows-of.js'

/** The rows of the input, each with the values of the one row that `once` yields: it is read first. */
export async function* attachedRows(input: Plan, once: Plan, execution: Execution): AsyncGenerator<readonly Row[]> {
  let values: Row = []
  for await (const rows of pagesOfRows(once, execution)) values = rows[0] ?? values
  for await (const rows of pagesOfRows(input, execution)) yield rows.map((row) => [...row, ...values])
}
