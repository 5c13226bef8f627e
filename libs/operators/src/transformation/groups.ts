import { type Column, type GroupsStep, outputColumns, type Plan } from '@tributary/plan'
import { buildBudget } from '../budget.js'
import type { Execution } from '../execution.js'
import type { Row } from '../page-rows.js'
import { assembled, groupsOf } from './grouping.js'
import { pagesOfRows, transformed } from './rows-of.js'

interface Held {
  readonly values: Row
  readonly rows: Row[]
}

/** What the inner plan makes of the rows of each group, groups in the order in which they first came. Holds the rows it reads. */
export async function* groupedRows(input: Plan, step: GroupsStep, columns: readonly Column[], execution: Execution): AsyncGenerator<readonly Row[]> {
  const budget = buildBudget(execution.context.limits, 'in the groups of one groupby', execution.state.meter.memory)
  const inputColumns = outputColumns(input)
  const groupOf = groupsOf(step, inputColumns)
  const bySet = step.sets.map(() => new Map<string, Held>())
  try {
    for await (const rows of pagesOfRows(input, execution)) {
      for (const row of rows) {
        budget.hold(row)
        groupOf(row).forEach(({ hash, values }, index) => {
          const held = bySet[index]?.get(hash)
          if (held === undefined) bySet[index]?.set(hash, { values, rows: [row] })
          else held.rows.push(row)
        })
      }
    }
    const rowOf = assembled(step, columns, outputColumns(step.each))
    for (const { values, rows } of bySet.flatMap((groups) => [...groups.values()])) {
      yield (await transformed(step.each, { columns: inputColumns, rows }, execution)).map((row) => rowOf(values, row))
    }
  } finally {
    budget.release()
  }
}
