import { type Column, compile, type NodeShown, outputColumns, type Plan, type TraverseStep } from '@tributary/plan'
import { buildBudget } from '../budget.js'
import type { Execution } from '../execution.js'
import { projection, type Row } from '../page-rows.js'
import { assembled } from './grouping.js'
import { inOrder, nodesOf, readTree, treeBudget } from './hierarchy.js'
import { pagesOfRows } from './rows-of.js'

/** The rows in the order of their nodes; those that belong to none are left out. Holds the rows. */
export async function* traversedRows([input, nodes]: readonly [Plan, Plan], step: TraverseStep, columns: readonly Column[], execution: Execution): AsyncGenerator<readonly Row[]> {
  const budget = treeBudget(execution)
  const held = buildBudget(execution.context.limits, 'in one traverse', execution.state.meter.memory)
  try {
    const tree = await readTree(nodes, step, execution, budget)
    const inputColumns = outputColumns(input)
    const idsOf = nodesOf(step, inputColumns)
    const byNode = new Map<string, Row[]>()
    for await (const rows of pagesOfRows(input, execution)) {
      for (const row of rows) {
        held.hold(row)
        for (const id of idsOf(row)) byNode.set(id, [...(byNode.get(id) ?? []), row])
      }
    }
    const shown = shownOf(step, outputColumns(nodes))
    const rowOf = assembled({ groups: step.shownOfNode, sets: [] }, columns, inputColumns)
    for (const node of inOrder(tree, step.order)) {
      const values = shown(node.row)
      yield (byNode.get(node.id) ?? []).map((row) => rowOf(values, row))
    }
  } finally {
    budget.release()
    held.release()
  }
}

/** What of a node is put into rows: values, or the whole of it. */
export function shownOf({ shownOfNode }: NodeShown, columns: readonly Column[]): (row: Row) => Row {
  const parts = shownOfNode.map(({ expression, shape }) => {
    if (shape === undefined) return compile(expression, columns)
    const whole = projection(columns, shape.columns)
    return (row: Row) => whole(row)
  })
  return (row) => parts.map((part) => part(row))
}
