import type { Plan } from '@tributary/plan'
import type { Execution } from '../execution.js'
import type { Row } from '../page-rows.js'
import { asColumnValue } from './column-rows.js'
import { pagesOfRows } from './rows-of.js'

/** A row for each row of the input, which holds that one. */
export async function* wrappedRows(input: Plan, execution: Execution): AsyncGenerator<readonly Row[]> {
  for await (const rows of pagesOfRows(input, execution)) yield rows.map((row) => [asColumnValue([row], false)])
}
