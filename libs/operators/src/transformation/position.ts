import { compile, givesNodes, hashKey, outputColumns, type Plan, type PositionStep, type Value } from '@tributary/plan'
import type { Execution } from '../execution.js'
import type { Row } from '../page-rows.js'
import { nodesOf, readTree, relativesOf, treeBudget, type Tree } from './hierarchy.js'
import { pagesOfRows } from './rows-of.js'

/** Adds to each row whether its node stands where it is asked to; what is no node stands nowhere. */
export async function* positionedRows([input, nodes]: readonly [Plan, Plan], step: PositionStep, execution: Execution): AsyncGenerator<readonly Row[]> {
  const budget = treeBudget(execution)
  try {
    const tree = await readTree(nodes, step, execution, budget)
    const columns = outputColumns(input)
    const idsOf = nodesOf(step, columns)
    const { other } = step
    const all = givesNodes(step)
    const otherOf = other === undefined ? undefined : compile(other, columns)
    for await (const rows of pagesOfRows(input, execution)) {
      yield rows.map((row): Row => {
        if (all) return [...row, nodesFor(idsOf(row), { tree, step })]
        const given = otherOf?.(row)
        const against = given === null || given === undefined ? undefined : hashKey([step.id.type], [given])
        return [...row, [...idsOf(row)].some((id) => stands(id, against, { tree, step }))]
      })
    }
  } finally {
    budget.release()
  }
}

interface Testing {
  readonly tree: Tree
  readonly step: PositionStep
}

/** The identifiers of all nodes that a row's nodes stand as asked to. */
function nodesFor(ids: Iterable<string>, { tree, step }: Testing): Value {
  const found = new Set([...ids].flatMap((id) => [...towards(id, { tree, step })]))
  return [...found].flatMap((id) => tree.get(id)?.value ?? [])
}

function towards(id: string, { tree, step }: Testing): Iterable<string> {
  const node = tree.get(id)
  if (node === undefined) return []
  if (step.test === 'issibling') return [...tree.keys()].filter((other) => stands(id, other, { tree, step }))
  const found = [...relativesOf(tree, [id], step.test === 'isdescendant' ? 'ancestors' : 'descendants', step.maxDistance)].filter((other) => other !== id)
  return step.includeSelf ? [id, ...found] : found
}

function stands(id: string, other: string | undefined, { tree, step }: Testing): boolean {
  const node = tree.get(id)
  if (node === undefined) return false
  if (step.test === 'isroot') return node.parents.length === 0
  if (step.test === 'isleaf') return node.children.length === 0
  const against = other === undefined ? undefined : tree.get(other)
  if (against === undefined || other === undefined) return false
  if (step.test === 'issibling') return id !== other && (node.parents.length === 0 ? against.parents.length === 0 : node.parents.some((parent) => against.parents.includes(parent)))
  if (id === other) return step.includeSelf
  // The way up is short, whereas very much may hang below a node.
  const [lower, upper] = step.test === 'isdescendant' ? [id, other] : [other, id]
  return relativesOf(tree, [lower], 'ancestors', step.maxDistance).has(upper)
}
