import { type Plan, storedRows, type Transformation, type Value } from '@tributary/plan'
import { buildBudget } from '../budget.js'
import type { Execution } from '../execution.js'
import { keptRows } from '../kept-rows.js'
import type { Row } from '../page-rows.js'
import { asColumnValue } from './column-rows.js'
import { pagesOfRows } from './rows-of.js'

const what = 'in one nest'

/**
 * One row that holds all rows of each input, beyond memory where they are only handed on.
 * @throws HUB_LIMIT_EXCEEDED if they have to be held and are more than one operator may hold
 */
export async function* nestRows(node: Transformation, execution: Execution): AsyncGenerator<readonly Row[]> {
  yield* execution.state.handedOn.has(node) ? storedNest(node.inputs, execution) : heldNest(node.inputs, execution)
}

async function* heldNest(inputs: readonly Plan[], execution: Execution): AsyncGenerator<readonly Row[]> {
  const budget = buildBudget(execution.context.limits, what, execution.state.meter.memory)
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

async function* storedNest(inputs: readonly Plan[], execution: Execution): AsyncGenerator<readonly Row[]> {
  const all = inputs.map(() => keptRows(execution, { operator: 'Nest', what }))
  try {
    for (const [index, input] of inputs.entries()) for await (const rows of pagesOfRows(input, execution)) await all[index]?.add(rows)
    yield [all.map((kept): Value => {
      const held = kept.held()
      return held === undefined ? storedRows(() => kept.pages()) : asColumnValue(held, true)
    })]
  } finally {
    for (const kept of all) await kept.close()
  }
}
