import { type Expand, outputColumns, type Plan, storedRows } from '@tributary/plan'
import { buildBudget, exceeded } from './budget.js'
import type { Execution } from './execution.js'
import { keptRows } from './kept-rows.js'
import { projection, rowsPage, toRows, type Row } from './page-rows.js'
import { relatedOf } from './per-parent.js'
import type { Related } from './related-cache.js'
import { shapeOf } from './related-shape.js'
import { rowBytes } from './row-bytes.js'
import { rowOrder } from './row-order.js'
import { smallest } from './smallest.js'
import { sorted } from './sort.js'
import { mostHeld } from './spill-budget.js'
import { windowOf } from './window.js'

/** Rows related to one key, or what they make of the expanded column already. */
export type LoneRows = readonly Row[] | { readonly made: Related }

/**
 * What one key alone is related to, however many rows that are: the first of them where no more are asked for, and all of them in memory or, where they
 * are only handed on, beyond it. Reading ends as soon as no further row can count.
 * @param pages the rows of that key, as they come
 * @throws HUB_LIMIT_EXCEEDED if they have to be held and are more than may be
 */
export async function rowsOfLoneKey(node: Expand, core: Plan, pages: AsyncIterable<readonly Row[]>, execution: Execution): Promise<LoneRows> {
  const { skip, take } = node.perParent
  // A second row is one too many already.
  if (!shapeOf(node).toMany) return firstRows(pages, 2)
  if (take !== undefined && skip + take <= mostHeld(execution)) return { made: await firstByOrder({ node, core, execution }, pages, skip + take) }
  return execution.state.handedOn.has(node) ? { made: await allStored({ node, core, execution }, pages) } : allHeld(node, pages, execution)
}

interface Lone {
  readonly node: Expand
  readonly core: Plan
  readonly execution: Execution
}

const what = ({ navigation }: Expand): string => `of ${navigation.name} related to one key`

async function firstRows(pages: AsyncIterable<readonly Row[]>, most: number): Promise<readonly Row[]> {
  const found: Row[] = []
  for await (const rows of pages) {
    found.push(...rows.slice(0, most - found.length))
    if (found.length >= most) break
  }
  return found
}

/** The first rows by the nested order, those that are skipped included, and the number of all. */
async function firstByOrder({ node, core, execution: { context: { limits }, state } }: Lone, pages: AsyncIterable<readonly Row[]>, most: number): Promise<Related> {
  const { order, count } = node.perParent
  const kept = smallest<Row>(most, order.length === 0 ? () => 0 : rowOrder(order, outputColumns(core)))
  const { memory } = state.meter
  let [total, bytes] = [0, 0]
  const holds = (more: number): void => {
    bytes += more
    if (more < 0) memory.release(-more)
    else memory.hold(more, what(node))
    if (bytes > limits.buildBytes) throw exceeded(limits.buildBytes, `bytes ${what(node)}`)
  }
  try {
    for await (const rows of pages) {
      for (const row of rows) {
        const left = kept.add(row)
        if (left !== row) holds(rowBytes(row) - (left === undefined ? 0 : rowBytes(left)))
      }
      total += rows.length
      if (order.length === 0 && !count && total >= most) break
    }
  } finally {
    memory.release(bytes)
  }
  const made = relatedOf(node, core, shapeOf(node))(kept.inOrder(), [])
  return count ? { ...(made as { readonly rows: readonly Row[] }), count: total } : made
}

/** What was found is bounded by the memory of the bind join from then on. */
async function allHeld(node: Expand, pages: AsyncIterable<readonly Row[]>, { context, state }: Execution): Promise<readonly Row[]> {
  const budget = buildBudget(context.limits, what(node), state.meter.memory)
  const found: Row[] = []
  try {
    for await (const rows of pages) {
      for (const row of rows) {
        budget.hold(row)
        found.push(row)
      }
    }
    return found
  } finally {
    budget.release()
  }
}

async function allStored({ node, core, execution }: Lone, pages: AsyncIterable<readonly Row[]>): Promise<Related> {
  const { order, skip, take, count } = node.perParent
  const columns = outputColumns(core)
  const shown = projection(columns, shapeOf(node).columns)
  const kept = keptRows(execution, { operator: 'Expand', what: what(node) })
  let total = 0
  try {
    const given = order.length === 0 ? pages : inOrder(pages, { node, core, execution })
    for await (const rows of given) {
      total += rows.length
      await kept.add(rows)
    }
  } catch (error) {
    await kept.close()
    throw error
  }
  const held = kept.held()
  const counted = count ? { count: total } : {}
  if (held === undefined) return storedRows(() => windowOf(kept.pages(), { skip, take, change: shown }), counted.count)
  await kept.close()
  return { rows: held.slice(skip, take === undefined ? undefined : skip + take).map(shown), ...counted }
}

async function* inOrder(pages: AsyncIterable<readonly Row[]>, { node, core, execution }: Lone): AsyncGenerator<readonly Row[]> {
  const columns = outputColumns(core)
  const asPages = async function* () {
    for await (const rows of pages) yield rowsPage(columns, rows)
  }
  for await (const page of sorted({ columns, pages: asPages() }, node.perParent.order, execution)) yield toRows(page, columns).rows
}
