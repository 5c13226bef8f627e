import { outputColumns, type Plan, type ReduceStep } from '@tributary/plan'
import { buildBudget } from '../budget.js'
import type { Execution } from '../execution.js'
import type { Row } from '../page-rows.js'
import { measured } from './measured.js'
import { pagesOfRows } from './rows-of.js'
import { strictRoom } from './state-room.js'

/** Adds to each row what is aggregated of that which it reaches. */
export async function* reducedRows(input: Plan, { aggregations }: ReduceStep, execution: Execution): AsyncGenerator<readonly Row[]> {
  const columns = outputColumns(input)
  const budget = buildBudget(execution.context.limits, 'in the aggregation of one row', execution.state.meter.memory)
  const fresh = aggregations.map((aggregation) => measured(aggregation, columns, strictRoom(budget)))
  for await (const rows of pagesOfRows(input, execution)) {
    yield rows.map((row): Row => {
      const accumulators = fresh.map((make) => make())
      for (const accumulator of accumulators) accumulator.add(row)
      const values = accumulators.map((accumulator) => accumulator.result())
      budget.release()
      return [...row, ...values]
    })
  }
}
