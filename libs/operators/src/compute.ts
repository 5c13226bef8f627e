import { compile, type Compute, outputColumns, type Page } from '@tributary/plan'
import type { Execution } from './execution.js'
import type { RowStream } from './execution-context.js'
import { rowsPage, toRows } from './page-rows.js'

/** Adds computed columns to rows as they stream by. */
export function openCompute(node: Compute, execution: Execution): RowStream {
  const input = execution.open(node.input, execution)
  return { columns: outputColumns(node), pages: computed(input, node), count: () => input.count() }
}

async function* computed(input: RowStream, node: Compute): AsyncGenerator<Page> {
  const columns = outputColumns(node)
  const values = node.computed.map(({ expression }) => compile(expression, input.columns))
  for await (const page of input.pages) {
    yield rowsPage(columns, toRows(page, input.columns).rows.map((row) => [...row, ...values.map((value) => value(row))]))
  }
}
