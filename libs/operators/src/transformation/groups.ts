import { type Column, type GroupsStep, outputColumns, type Plan } from '@tributary/plan'
import type { Execution } from '../execution.js'
import type { Row } from '../page-rows.js'
import { assembled, groupsOf } from './grouping.js'
import { rowGroups } from './row-groups.js'
import { pagesOfRows, transformed } from './rows-of.js'

/** What the inner plan makes of the rows of each group, groups in the order in which they first came. Keeps the rows it reads. */
export async function* groupedRows(input: Plan, step: GroupsStep, columns: readonly Column[], execution: Execution): AsyncGenerator<readonly Row[]> {
  const inputColumns = outputColumns(input)
  const groupOf = groupsOf(step, inputColumns)
  const groups = rowGroups(execution, { operator: 'Groups', what: 'in the groups of one groupby' })
  try {
    for await (const rows of pagesOfRows(input, execution)) {
      await groups.add(rows.map((row) => ({ row, places: groupOf(row).map((group, series) => ({ ...group, series })) })))
    }
    const rowOf = assembled(step, columns, outputColumns(step.each))
    for await (const { values, rows } of groups.inOrder()) {
      for await (const made of transformed(step.each, { columns: inputColumns, ...rows }, execution)) yield made.map((row) => rowOf(values, row))
    }
  } finally {
    await groups.close()
  }
}
