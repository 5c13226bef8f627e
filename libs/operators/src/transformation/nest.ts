import type { Plan } from '@tributary/plan'
import { buildBudget } from '../budget.js'
import type { Execution } from '../execution.js'
import type { Row } from '../page-rows.js'
import { asColumnValue } from './column-rows.js'
import { pagesOfRows } from './rows-of.js'

/** One row that holds all rows of each input. @throws HUB_LIMIT_EXCEEDED if they are more than one operator may hold */
export async function* nestRows(inputs: readonly Plan[], execution: Execution): AsyncGenerator<readonly Row[]> {
  const budget = buildBudget(execution.context.limits, 'in one nest', execution.state.meter.memory)
  try {
    const held: Row[][] = []
    for (const input of inputs) {
      const all: Row[] = []
      held.push(all)
      for await (const rows of pagesOfRows(input, execution)) {
        for (const row of rows) budget.hold(row)
        all.push(...rows)
      }
    }
    yield [held.map((rows) => asColumnValue(rows, true))]
  } finally {
    budget.release()
  }
}
