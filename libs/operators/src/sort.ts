import type { Page, Sort, Value } from '@tributary/plan'
import { buildBudget } from './budget.js'
import type { Execution } from './execution.js'
import type { RowStream } from './execution-context.js'
import { rowsPage, toRows, type Row } from './page-rows.js'
import { keyOrder, sortKeys } from './row-order.js'

/** Rows of a page that leaves a sort. */
const pageRows = 1000

/** Sorts its whole input in memory, within the limits of a build side. Rows that are equal by the keys keep their order. */
export function openSort(node: Sort, execution: Execution): RowStream {
  const input = execution.open(node.input, execution)
  return { columns: input.columns, pages: sorted(input, node, execution), count: () => input.count() }
}

async function* sorted(input: RowStream, { keys }: Sort, execution: Execution): AsyncGenerator<Page> {
  const keyOf = sortKeys(keys, input.columns)
  const compare = keyOrder(keys)
  const budget = buildBudget(execution.context.limits, 'in one sort', execution.state.meter.memory)
  const held: Keyed[] = []
  try {
    for await (const page of input.pages) {
      for (const row of toRows(page, input.columns).rows) {
        budget.hold(row)
        held.push({ row, key: keyOf(row) })
      }
    }
    held.sort((a, b) => compare(a.key, b.key))
    for (let start = 0; start < held.length; start += pageRows) {
      yield rowsPage(input.columns, held.slice(start, start + pageRows).map(({ row }) => row))
    }
  } finally {
    budget.release()
  }
}

interface Keyed {
  readonly row: Row
  readonly key: readonly Value[]
}

