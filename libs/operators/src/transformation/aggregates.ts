import { type AggregatesStep, type Column, outputColumns, type Plan } from '@tributary/plan'
import { buildBudget, type Budget } from '../budget.js'
import type { Execution } from '../execution.js'
import type { Row } from '../page-rows.js'
import { assembled, groupsOf } from './grouping.js'
import { measured, type RowAccumulator } from './measured.js'
import { pagesOfRows } from './rows-of.js'

interface Held {
  readonly values: Row
  readonly measures: readonly RowAccumulator[]
}

/** One row per group and grouping, in the order in which they first came; holds the groups, never the rows. */
export async function* aggregatedRows(input: Plan, step: AggregatesStep, columns: readonly Column[], execution: Execution): AsyncGenerator<readonly Row[]> {
  const budget = buildBudget(execution.context.limits, 'in the groups of one aggregation', execution.state.meter.memory)
  try {
    const groups = await collect(input, step, execution, budget)
    const rowOf = assembled(step, columns, step.measures.map(({ column }) => column))
    yield groups.map(({ values, measures }) => rowOf(values, measures.map((measure) => measure.result())))
  } finally {
    budget.release()
  }
}

/** @throws HUB_LIMIT_EXCEEDED if there are more groups, or distinct values, than may be held */
async function collect(input: Plan, step: AggregatesStep, execution: Execution, budget: Budget): Promise<readonly Held[]> {
  const columns = outputColumns(input)
  const groupOf = groupsOf(step, columns)
  const fresh = step.measures.map((aggregation) => measured(aggregation, columns, budget))
  const bySet = step.sets.map(() => new Map<string, Held>())
  const started = (values: Row): Held => {
    budget.hold(values)
    return { values, measures: fresh.map((make) => make()) }
  }
  // Without anything to group by there is one group, however many rows.
  step.sets.forEach((set, index) => {
    if (set.length === 0 && step.groups.length === 0) bySet[index]?.set(`${index}:`, started([]))
  })
  for await (const rows of pagesOfRows(input, execution)) {
    for (const row of rows) {
      groupOf(row).forEach(({ hash, values }, index) => {
        const groups = bySet[index]
        const group = groups?.get(hash) ?? started(values)
        groups?.set(hash, group)
        for (const measure of group.measures) measure.add(row)
      })
    }
  }
  return bySet.flatMap((groups) => [...groups.values()])
}
