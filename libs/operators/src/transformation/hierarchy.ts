import { type Column, compile, type Hierarchy, hashKey, outputColumns, type Plan, type Value } from '@tributary/plan'
import { buildBudget, type Budget } from '../budget.js'
import type { Execution } from '../execution.js'
import type { Row } from '../page-rows.js'
import { reachOf } from './reach.js'
import { pagesOfRows } from './rows-of.js'

/** A node, and its neighbours by what tells nodes apart. */
export interface TreeNode {
  readonly id: string
  /** The identifier itself. */
  readonly value: Value
  readonly row: Row
  readonly parents: readonly string[]
  readonly children: string[]
}

/** The nodes in the order in which they were read. */
export type Tree = ReadonlyMap<string, TreeNode>

/** What was read of plans during one request. */
const kept = new WeakMap<object, WeakMap<Plan, Promise<unknown>>>()

/** What belongs to an inner plan, which is executed for many groups of rows, is read once: its budget ends with the request. */
function readOnce<T>(plan: Plan, execution: Execution, budget: Budget, read: (budget: Budget) => Promise<T>): Promise<T> {
  if (execution.given === undefined) return read(budget)
  const known = kept.get(execution.state) ?? new WeakMap<Plan, Promise<unknown>>()
  kept.set(execution.state, known)
  const found = (known.get(plan) as Promise<T> | undefined) ?? read(treeBudget(execution))
  known.set(plan, found)
  return found
}

/** Reads the nodes of a hierarchy; a parent that is none of them is no parent. @throws HUB_LIMIT_EXCEEDED if they are more than may be held */
export const readTree = (nodes: Plan, hierarchy: Hierarchy, execution: Execution, budget: Budget): Promise<Tree> =>
  readOnce(nodes, execution, budget, (own) => treeOf(nodes, hierarchy, execution, own))

async function treeOf(nodes: Plan, { id, parents }: Hierarchy, execution: Execution, budget: Budget): Promise<Tree> {
  const columns = outputColumns(nodes)
  const idOf = compile(id, columns)
  const parentsOf = identifiers({ parents, id }, columns)
  const read: TreeNode[] = []
  for await (const rows of pagesOfRows(nodes, execution)) {
    for (const row of rows) {
      budget.hold(row)
      const value = idOf(row)
      if (value !== null) read.push({ id: hashKey([id.type], [value]), value, row, parents: [...parentsOf(row)], children: [] })
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

/** A node where it is met: below others, or as a beginning. */
export interface Visit {
  readonly node: TreeNode
  /** Those above, nearest first. */
  readonly above: readonly TreeNode[]
}

/**
 * All nodes that hang below the given ones, parents before or behind their children; one that hangs below several is met several times. A
 * node that is met below itself is not gone into.
 */
function* below(tree: Tree, beginnings: Iterable<TreeNode>, order: 'preorder' | 'postorder'): Generator<Visit> {
  for (const beginning of beginnings) {
    const open: { readonly visit: Visit; next: number }[] = [{ visit: { node: beginning, above: [] }, next: 0 }]
    if (order === 'preorder') yield { node: beginning, above: [] }
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const { node, above } = top.visit
      const child = tree.get(node.children[top.next] ?? '')
      top.next += 1
      if (top.next > node.children.length) {
        open.pop()
        if (order === 'postorder') yield top.visit
      } else if (child !== undefined && child !== node && !above.includes(child)) {
        const visit = { node: child, above: [node, ...above] }
        if (order === 'preorder') yield visit
        open.push({ visit, next: 0 })
      }
    }
  }
}

/** The nodes of a tree as they are met from the beginnings on. @throws HUB_LIMIT_EXCEEDED if that is more often than may be held */
export function visitsOf(tree: Tree, beginnings: Iterable<TreeNode>, order: 'preorder' | 'postorder', budget: Budget): readonly Visit[] {
  const visits: Visit[] = []
  for (const visit of below(tree, beginnings, order)) {
    budget.hold([])
    visits.push(visit)
  }
  return visits
}

/** The nodes that a plan gives rows of, with these rows, in their order and as often as they come. */
export const nodesIn = (plan: Plan, { id }: Hierarchy, { tree, execution, budget }: ReadingNodes): Promise<readonly TreeNode[]> =>
  readOnce(plan, execution, budget, (own) => rowsOfNodes(plan, id, { tree, execution, budget: own }))

interface ReadingNodes {
  readonly tree: Tree
  readonly execution: Execution
  readonly budget: Budget
}

async function rowsOfNodes(plan: Plan, id: Hierarchy['id'], { tree, execution, budget }: ReadingNodes): Promise<readonly TreeNode[]> {
  const idOf = compile(id, outputColumns(plan))
  const found: TreeNode[] = []
  for await (const rows of pagesOfRows(plan, execution)) {
    for (const row of rows) {
      const node = tree.get(hashKey([id.type], [idOf(row)]))
      if (node === undefined) continue
      budget.hold(row)
      found.push({ ...node, row })
    }
  }
  return found
}

/** Where nodes stand in a list. */
export function placesIn(nodes: readonly TreeNode[]): (id: string) => readonly number[] {
  const places = new Map<string, number[]>()
  nodes.forEach(({ id }, place) => {
    const known = places.get(id)
    if (known === undefined) places.set(id, [place])
    else known.push(place)
  })
  return (id) => places.get(id) ?? []
}
