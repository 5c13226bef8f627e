import { type Column, groupColumns, mergeColumns, outputColumns, type Plan, type SubtreesStep } from '@tributary/plan'
import type { Execution, GivenRows } from '../execution.js'
import { projection, type Row } from '../page-rows.js'
import { heldRows } from '../replay.js'
import { assembled, groupsOf } from './grouping.js'
import { nodesIn, nodesOf, placesIn, readTree, relativesOf, treeBudget, type TreeNode } from './hierarchy.js'
import { rowGroups, type RowGroup } from './row-groups.js'
import { pagesOfRows, transformed } from './rows-of.js'
import { shownOf } from './traverse.js'

/**
 * What the inner plan makes of the rows of each node and of all nodes below it, by groups where there are any. Without groups a node has a
 * result even where no row belongs to it. Keeps the rows.
 */
export async function* subtreeRows([input, nodes, selected]: readonly [Plan, Plan, Plan | undefined], step: SubtreesStep, columns: readonly Column[], execution: Execution): AsyncGenerator<readonly Row[]> {
  const budget = treeBudget(execution)
  const groups = rowGroups(execution, { operator: 'Subtrees', what: 'in the groups of one rolluprecursive' })
  try {
    const tree = await readTree(nodes, step, execution, budget)
    const shownNodes = selected === undefined ? [...tree.values()] : await nodesIn(selected, step, { tree, execution, budget })
    const nodeColumns = outputColumns(selected ?? nodes)
    const inputColumns = outputColumns(input)
    const idsOf = nodesOf(step, inputColumns)
    const groupOf = groupsOf(step, inputColumns)
    const placesOf = placesIn(shownNodes)
    for await (const rows of pagesOfRows(input, execution)) {
      await groups.add(rows.map((row) => {
        const own = [...idsOf(row)].filter((id) => tree.has(id))
        const above = [...new Set([...own, ...relativesOf(tree, own, 'ancestors')])]
        const found = groupOf(row)
        return { row, places: above.flatMap((id) => placesOf(id).flatMap((series) => found.map((group) => ({ ...group, series })))) }
      }))
    }
    const shown = shownOf(step, nodeColumns)
    const grouped = assembled(step, columnsWithGroups(step), outputColumns(step.each))
    const rowOf = assembled({ groups: step.shownOfNode, sets: [] }, columns, columnsWithGroups(step))
    const givenOf = givenRows(inputColumns, step, nodeColumns)
    for await (const { series, values, rows } of step.groups.length === 0 ? everyNode(groups.inOrder(), shownNodes) : groups.inOrder()) {
      const node = shownNodes[series]
      if (node === undefined) continue
      for await (const made of transformed(step.each, givenOf(rows, node), execution)) yield made.map((row) => rowOf(shown(node.row), grouped(values, row)))
    }
  } finally {
    budget.release()
    await groups.close()
  }
}

/** The rows of a group for the inner plan, with their node where it is read. */
function givenRows(columns: readonly Column[], { node: column }: SubtreesStep, nodeColumns: readonly Column[]): (rows: RowGroup['rows'], node: TreeNode) => GivenRows {
  if (column === undefined) return (rows) => ({ columns, ...rows })
  const whole = projection(nodeColumns, column.expanded?.columns ?? [])
  return (rows, { row: nodeRow }) => {
    const value = whole(nodeRow)
    return {
      columns: [...columns, column],
      async *pages() {
        for await (const page of rows.pages()) yield page.map((row) => [...row, value])
      },
    }
  }
}

/** The groups, one for each node, with empty ones for the nodes that have no rows. */
async function* everyNode(groups: AsyncIterable<RowGroup>, nodes: readonly TreeNode[]): AsyncGenerator<RowGroup> {
  let next = 0
  for await (const group of groups) {
    while (next < group.series) yield emptyGroup(next++)
    yield group
    next = group.series + 1
  }
  while (next < nodes.length) yield emptyGroup(next++)
}

const emptyGroup = (series: number): RowGroup => ({ series, values: [], rows: heldRows([]) })

/** The columns of a result before its node is put into it. */
const columnsWithGroups = (step: SubtreesStep): readonly Column[] => mergeColumns(groupColumns(step), outputColumns(step.each))
