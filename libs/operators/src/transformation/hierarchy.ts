import { type Column, compile, type Hierarchy, hashKey, outputColumns, type Plan, type Value } from '@tributary/plan'
import { buildBudget, type Budget } from '../budget.js'
import type { Execution } from '../execution.js'
import type { Row } from '../page-rows.js'
import { reachOf } from './reach.js'
import { pagesOfRows } from './rows-of.js'

/** A node, and its neighbours by what tells nodes apart. */
export interface TreeNode {
  readonly id: string
  readonly row: Row
  readonly parents: readonly string[]
  readonly children: string[]
}

/** The nodes in the order in which they were read. */
export type Tree = ReadonlyMap<string, TreeNode>

/** Reads the nodes of a hierarchy; a parent that is none of them is no parent. @throws HUB_LIMIT_EXCEEDED if they are more than may be held */
export async function readTree(nodes: Plan, { id, parents }: Hierarchy, execution: Execution, budget: Budget): Promise<Tree> {
  const columns = outputColumns(nodes)
  const idOf = compile(id, columns)
  const parentsOf = identifiers({ parents, id }, columns)
  const read: TreeNode[] = []
  for await (const rows of pagesOfRows(nodes, execution)) {
    for (const row of rows) {
      budget.hold(row)
      const value = idOf(row)
      if (value !== null) read.push({ id: hashKey([id.type], [value]), row, parents: [...parentsOf(row)], children: [] })
    }
  }
  const known = new Set(read.map((node) => node.id))
  const tree = new Map(read.map((node) => [node.id, { ...node, parents: node.parents.filter((parent) => known.has(parent)) }]))
  for (const node of tree.values()) for (const parent of node.parents) tree.get(parent)?.children.push(node.id)
  return tree
}

/** The identifiers of the nodes a row belongs to, each once. */
export const nodesOf = ({ nodes, id }: Hierarchy, columns: readonly Column[]): ((row: Row) => ReadonlySet<string>) => identifiers({ parents: nodes, id }, columns)

function identifiers({ parents, id }: Pick<Hierarchy, 'parents' | 'id'>, columns: readonly Column[]): (row: Row) => ReadonlySet<string> {
  const reach = reachOf(parents, columns)
  return (row) => {
    const found = new Set<string>()
    reach(row, { enter: () => true, visit: (value: Value) => found.add(hashKey([id.type], [value])) })
    return found
  }
}

/** A budget for the nodes of one hierarchy. */
export const treeBudget = ({ context, state }: Execution): Budget => buildBudget(context.limits, 'in one hierarchy', state.meter.memory)

/** Nodes from which no way leads up. */
export const rootsOf = (tree: Tree): readonly TreeNode[] => [...tree.values()].filter(({ parents }) => parents.length === 0)

/** What stands above or below the start, step by step, up to a distance; the start itself only where it is reached. */
export function relativesOf(tree: Tree, start: Iterable<string>, direction: 'ancestors' | 'descendants', maxDistance = Infinity): ReadonlySet<string> {
  const found = new Set<string>()
  let frontier = new Set([...start].filter((id) => tree.has(id)))
  for (let distance = 1; distance <= maxDistance && frontier.size > 0; distance++) {
    const next = new Set<string>()
    for (const id of frontier) {
      const node = tree.get(id)
      for (const other of (direction === 'ancestors' ? node?.parents : node?.children) ?? []) {
        // One that was found before was nearer then.
        if (!found.has(other)) next.add(other)
      }
    }
    for (const id of next) found.add(id)
    frontier = next
  }
  return found
}

/** All nodes that hang below a root, parents before or behind their children. */
export function* inOrder(tree: Tree, order: 'preorder' | 'postorder'): Generator<TreeNode> {
  for (const root of rootsOf(tree)) yield* below(tree, root, order)
}

function* below(tree: Tree, root: TreeNode, order: 'preorder' | 'postorder'): Generator<TreeNode> {
  const open: { readonly node: TreeNode; next: number }[] = [{ node: root, next: 0 }]
  if (order === 'preorder') yield root
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const child = tree.get(top.node.children[top.next] ?? '')
    top.next += 1
    if (top.next > top.node.children.length) {
      open.pop()
      if (order === 'postorder') yield top.node
    } else if (child !== undefined) {
      if (order === 'preorder') yield child
      open.push({ node: child, next: 0 })
    }
  }
}

/**
 * The nodes in an order, one that hangs below several others as often as it is met.
 * @throws HUB_LIMIT_EXCEEDED if that is more often than may be held
 */
export function visitsOf(tree: Tree, order: 'preorder' | 'postorder', budget: Budget): readonly TreeNode[] {
  const visits: TreeNode[] = []
  for (const node of inOrder(tree, order)) {
    budget.hold([])
    visits.push(node)
  }
  return visits
}

/** Where a node stands among visits. */
export function visitPlaces(visits: readonly TreeNode[]): (id: string) => readonly number[] {
  const places = new Map<string, number[]>()
  visits.forEach(({ id }, place) => {
    const known = places.get(id)
    if (known === undefined) places.set(id, [place])
    else known.push(place)
  })
  return (id) => places.get(id) ?? []
}
