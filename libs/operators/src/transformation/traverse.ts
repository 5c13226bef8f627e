import { type Column, compile, type NodeShown, outputColumns, type Plan, type TraverseStep } from '@tributary/plan'
import type { Execution } from '../execution.js'
import { projection, type Row } from '../page-rows.js'
import { assembled } from './grouping.js'
import { nodesIn, nodesOf, placesIn, readTree, rootsOf, treeBudget, visitsOf, type Visit } from './hierarchy.js'
import { rowGroups } from './row-groups.js'
import { pagesOfRows } from './rows-of.js'

/** The rows in the order of their nodes, as often as these are met; those that belong to none are left out. Keeps the rows. */
export async function* traversedRows([input, nodes, starts]: readonly [Plan, Plan, Plan | undefined], step: TraverseStep, columns: readonly Column[], execution: Execution): AsyncGenerator<readonly Row[]> {
  const budget = treeBudget(execution)
  const byNode = rowGroups(execution, { operator: 'Traverse', what: 'in one traverse' })
  try {
    const tree = await readTree(nodes, step, execution, budget)
    const beginnings = starts === undefined ? rootsOf(tree) : (await nodesIn(starts, step, { tree, execution, budget })).map((node) => tree.get(node.id) ?? node)
    const inputColumns = outputColumns(input)
    const idsOf = nodesOf(step, inputColumns)
    const visits = visitsOf(tree, beginnings, step.order, budget)
    const placesOf = placesIn(visits.map(({ node }) => node))
    for await (const rows of pagesOfRows(input, execution)) {
      await byNode.add(rows.map((row) => ({ row, places: [...idsOf(row)].flatMap(placesOf).map((series) => ({ series, hash: '', values: [] })) })))
    }
    const shown = shownOf(step, step.upPath === undefined ? outputColumns(nodes) : [...outputColumns(nodes), step.upPath])
    const rowOf = assembled({ groups: step.shownOfNode, sets: [] }, columns, inputColumns)
    for await (const { series, rows } of byNode.inOrder()) {
      const values = shown(rowOfVisit(visits[series]))
      for await (const page of rows.pages()) yield page.map((row) => rowOf(values, row))
    }
  } finally {
    budget.release()
    await byNode.close()
  }
}

const rowOfVisit = (visit: Visit | undefined): Row => (visit === undefined ? [] : [...visit.node.row, visit.above.map(({ value }) => String(value))])

/** What of a node is put into rows: values, or the whole of it. */
export function shownOf({ shownOfNode }: NodeShown, columns: readonly Column[]): (row: Row) => Row {
  const parts = shownOfNode.map(({ expression, shape }) => {
    if (shape === undefined) return compile(expression, columns)
    const whole = projection(columns, shape.columns)
    return (row: Row) => whole(row)
  })
  return (row) => parts.map((part) => part(row))
}
