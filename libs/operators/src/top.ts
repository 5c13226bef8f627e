import type { Limit, Page, Sort } from '@tributary/plan'
import { exceeded } from './budget.js'
import type { Execution } from './execution.js'
import type { RowStream } from './execution-context.js'
import type { ExecutionLimits } from './execution-limits.js'
import { limited } from './limit.js'
import { pageLength, rowsPage, toRows, type Row } from './page-rows.js'
import { rowBytes } from './row-bytes.js'
import { keyOrder, sortKeys } from './row-order.js'
import { smallest } from './smallest.js'

/** A limit over a sort. */
export type Top = Limit & { readonly input: Sort; readonly take: number }

/** Whether the rows of the limit can be collected while the sort's input is read, instead of sorting all of it. */
export const isTop = (node: Limit, { buildRows }: ExecutionLimits): node is Top =>
  node.input.kind === 'sort' && node.take !== undefined && node.skip + node.take <= buildRows

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
  const { buildBytes } = execution.context.limits
  const keyOf = sortKeys(node.input.keys, input.columns)
  const compare = keyOrder(node.input.keys)
  const kept = smallest<{ readonly row: Row; readonly key: Row }>(node.skip + node.take, (a, b) => compare(a.key, b.key))
  let bytes = 0
  const { memory } = execution.state.meter
  try {
    for await (const page of input.pages) {
      const before = bytes
      for (const row of toRows(page, input.columns).rows) {
        const left = kept.add({ row, key: keyOf(row) })
        if (left?.row !== row) bytes += rowBytes(row) - (left === undefined ? 0 : rowBytes(left.row))
      }
      if (bytes > buildBytes) throw exceeded(buildBytes, 'bytes in one sort')
      memory.hold(bytes - before, 'in one sort')
      seen.rows += pageLength(page)
    }
    seen.ended = true
    const rows = kept.inOrder().map(({ row }) => row)
    if (rows.length > 0) yield rowsPage(input.columns, rows)
  } finally {
    memory.release(bytes)
  }
}
