import { outputColumns, type Plan, type RelativesStep } from '@tributary/plan'
import type { Execution } from '../execution.js'
import type { Row } from '../page-rows.js'
import { nodesOf, readTree, relativesOf, treeBudget } from './hierarchy.js'
import { pagesOfRows } from './rows-of.js'

/** The rows of `input` whose nodes are above or below those of `start`. */
export async function* relativeRows([input, start, nodes]: readonly [Plan, Plan, Plan], step: RelativesStep, execution: Execution): AsyncGenerator<readonly Row[]> {
  const budget = treeBudget(execution)
  try {
    const tree = await readTree(nodes, step, execution, budget)
    const startOf = nodesOf(step, outputColumns(start))
    const begin = new Set<string>()
    for await (const rows of pagesOfRows(start, execution)) for (const row of rows) for (const id of startOf(row)) if (tree.has(id)) begin.add(id)
    const found = relativesOf(tree, begin, step.direction, step.maxDistance)
    const wanted = new Set([...found, ...(step.keepStart ? begin : [])])
    const idsOf = nodesOf(step, outputColumns(input))
    for await (const rows of pagesOfRows(input, execution)) yield rows.filter((row) => [...idsOf(row)].some((id) => wanted.has(id)))
  } finally {
    budget.release()
  }
}
