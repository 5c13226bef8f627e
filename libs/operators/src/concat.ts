import type { Concat, Page } from '@tributary/plan'
import type { Execution } from './execution.js'
import type { RowStream } from './execution-context.js'
import { rowsPage, toRows } from './page-rows.js'

/** Gives the rows of one input after the other; the next is not read before the one before has ended. */
export function openConcat(node: Concat, execution: Execution): RowStream {
  return { columns: node.columns, pages: concatenated(node, execution), count: () => undefined }
}

async function* concatenated({ inputs, columns }: Concat, execution: Execution): AsyncGenerator<Page> {
  for (const input of inputs) {
    const stream = execution.open(input, execution)
    for await (const page of stream.pages) yield toRows(rowsPage(stream.columns, toRows(page, stream.columns).rows), columns)
  }
}
