import type { Limit, Page, Sort } from '@tributary/plan'
import { buildBudget, exceeded } from './budget.js'
import type { Execution, RowStream } from './execution.js'
import { limited } from './limit.js'
import { pageLength, rowsPage, toRows, type Row } from './page-rows.js'
import { keyOrder, sortKeys } from './row-order.js'
import { smallest } from './smallest.js'

/** A limit over a sort. */
export type Top = Limit & { readonly input: Sort; readonly take: number }

/** Whether the rows of the limit can be collected while the sort's input is read, instead of sorting all of it. */
export const isTop = (node: Limit): node is Top => node.input.kind === 'sort' && node.take !== undefined

/** Holds the first `skip + take` rows by the order, whatever the length of the input. */
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

async function* top(input: RowStream, node: Top, { execution, seen }: { readonly execution: Execution; readonly seen: Seen }): AsyncGenerator<Page> {
  const { limits } = execution.context
  const keyOf = sortKeys(node.input.keys, input.columns)
  const compare = keyOrder(node.input.keys)
  const size = node.skip + node.take
  const kept = smallest<{ readonly row: Row; readonly key: Row }>(Math.min(size, limits.buildRows), (a, b) => compare(a.key, b.key))
  for await (const page of input.pages) {
    for (const row of toRows(page, input.columns).rows) kept.add({ row, key: keyOf(row) })
    seen.rows += pageLength(page)
  }
  seen.ended = true
  const budget = buildBudget(limits, 'in one sort')
  const rows = kept.inOrder().map(({ row }) => row)
  for (const row of rows) budget.hold(row)
  // More rows than may be held were asked for and are there.
  if (size > limits.buildRows && seen.rows > limits.buildRows) throw exceeded(limits.buildRows, 'rows in one sort')
  if (rows.length > 0) yield rowsPage(input.columns, rows)
}
