import { type Column, groupColumns, mergeColumns, outputColumns, type Plan, type SubtreesStep } from '@tributary/plan'
import { buildBudget } from '../budget.js'
import type { Execution } from '../execution.js'
import type { Row } from '../page-rows.js'
import { assembled, groupsOf } from './grouping.js'
import { inOrder, nodesOf, readTree, relativesOf, treeBudget } from './hierarchy.js'
import { pagesOfRows, transformed } from './rows-of.js'
import { shownOf } from './traverse.js'

interface Held {
  readonly values: Row
  readonly rows: Row[]
}

/**
 * What the inner plan makes of the rows of each node and of all nodes below it, by groups where there are any. Without groups a node has a
 * result even where no row belongs to it. Holds the rows.
 */
export async function* subtreeRows([input, nodes]: readonly [Plan, Plan], step: SubtreesStep, columns: readonly Column[], execution: Execution): AsyncGenerator<readonly Row[]> {
  const budget = treeBudget(execution)
  const held = buildBudget(execution.context.limits, 'in the groups of one rolluprecursive', execution.state.meter.memory)
  try {
    const tree = await readTree(nodes, step, execution, budget)
    const inputColumns = outputColumns(input)
    const idsOf = nodesOf(step, inputColumns)
    const groupOf = groupsOf(step, inputColumns)
    const byNode = new Map<string, Map<string, Held>>([...tree.keys()].map((id) => [id, new Map(step.groups.length === 0 ? [['0:', { values: [], rows: [] }]] : [])]))
    for await (const rows of pagesOfRows(input, execution)) {
      for (const row of rows) {
        const own = [...idsOf(row)].filter((id) => tree.has(id))
        if (own.length > 0) held.hold(row)
        const groups = groupOf(row)
        for (const id of new Set([...own, ...relativesOf(tree, own, 'ancestors')])) for (const { hash, values } of groups) place(byNode.get(id), hash, { values, row })
      }
    }
    const shown = shownOf(step, outputColumns(nodes))
    const grouped = assembled(step, columnsWithGroups(step), outputColumns(step.each))
    const rowOf = assembled({ groups: step.shownOfNode, sets: [] }, columns, columnsWithGroups(step))
    for (const node of inOrder(tree, 'preorder')) {
      for (const { values, rows } of byNode.get(node.id)?.values() ?? []) {
        const made = await transformed(step.each, { columns: inputColumns, rows }, execution)
        yield made.map((row) => rowOf(shown(node.row), grouped(values, row)))
      }
    }
  } finally {
    budget.release()
    held.release()
  }
}

function place(groups: Map<string, Held> | undefined, hash: string, { values, row }: { readonly values: Row; readonly row: Row }): void {
  const held = groups?.get(hash)
  if (held === undefined) groups?.set(hash, { values, rows: [row] })
  else held.rows.push(row)
}

/** The columns of a result before its node is put into it. */
const columnsWithGroups = (step: SubtreesStep): readonly Column[] => mergeColumns(groupColumns(step), outputColumns(step.each))
