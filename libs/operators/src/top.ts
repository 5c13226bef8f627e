import type { Limit, Page, Sort } from '@tributary/plan'
import type { Execution } from './execution.js'
import type { RowStream } from './execution-context.js'
import { limited } from './limit.js'
import { rowsPage, toRows, type Row } from './page-rows.js'
import { rowBytes } from './row-bytes.js'
import { mostHeld, spillBudget } from './spill-budget.js'
import { keyOrder, sortKeys } from './row-order.js'
import { smallest, type Smallest } from './smallest.js'
import { spilledSort, type SpilledSort } from './spilled-sort.js'

/** A limit over a sort. */
export type Top = Limit & { readonly input: Sort; readonly take: number }

/** Whether the rows of the limit can be collected while the sort's input is read, instead of sorting all of it. */
export const isTop = (node: Limit, execution: Pick<Execution, 'context' | 'state'>): node is Top =>
  node.input.kind === 'sort' && node.take !== undefined && node.skip + node.take <= mostHeld(execution)

/** Holds the first `skip + take` rows by the order, whatever the length of the input; on the embedded engine where these are too large. */
export function openTop(node: Top, execution: Execution): RowStream {
  const input = execution.open(node.input.input, execution)
  const seen: Seen = { rows: 0, ended: false }
  const count = (): number | undefined => input.count() ?? (seen.ended ? seen.rows : undefined)
  return limited({ columns: input.columns, pages: top(input, node, { execution, seen }), count }, node)
}

interface Seen {
  rows: number
  ended: boolean
}

interface TopRows {
  readonly execution: Execution
  readonly seen: Seen
}

async function* top(input: RowStream, node: Top, { execution, seen }: TopRows): AsyncGenerator<Page> {
  const { keys } = node.input
  const keyOf = sortKeys(keys, input.columns)
  const compare = keyOrder(keys)
  const kept = smallest<{ readonly row: Row; readonly key: Row }>(node.skip + node.take, (a, b) => compare(a.key, b.key))
  const budget = spillBudget(execution, 'in one sort')
  const keptPage = (): Page => rowsPage(input.columns, kept.inOrder().map(({ row }) => row))
  let spilled: SpilledSort | undefined
  try {
    for await (const page of input.pages) {
      const { rows } = toRows(page, input.columns)
      seen.rows += rows.length
      if (spilled !== undefined) await spilled.add(rowsPage(input.columns, rows))
      else if (!budget.holds(0, addedBytes(kept, rows.map((row) => ({ row, key: keyOf(row) }))))) {
        spilled = await spilledSort(keys, input.columns, budget.spills('Sort'))
        await spilled.add(keptPage())
        budget.release()
      }
    }
    seen.ended = true
    if (spilled !== undefined) yield* spilled.pages()
    else if (kept.inOrder().length > 0) yield keptPage()
  } finally {
    budget.release()
    await spilled?.close()
  }
}

/** How many bytes more are kept when these rows were offered. */
function addedBytes(kept: Smallest<{ readonly row: Row; readonly key: Row }>, offered: readonly { readonly row: Row; readonly key: Row }[]): number {
  let bytes = 0
  for (const item of offered) {
    const left = kept.add(item)
    if (left !== item) bytes += rowBytes(item.row) - (left === undefined ? 0 : rowBytes(left.row))
  }
  return bytes
}
