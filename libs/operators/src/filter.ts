import { columnsOf, compilePredicate, type Expression, type Filter, type Page } from '@tributary/plan'
import type { Execution } from './execution.js'
import type { RowStream } from './execution-context.js'
import { pageLength, pickRows, toRows } from './page-rows.js'

/** Keeps the rows for which the predicate is true; false and null drop them. Bytes are parsed for the predicate's columns only. */
export function openFilter(node: Filter, execution: Execution): RowStream {
  const input = execution.open(node.input, execution)
  return { columns: input.columns, pages: filtered(input, node.predicate), count: () => undefined }
}

async function* filtered(input: RowStream, predicate: Expression): AsyncGenerator<Page> {
  const names = columnsOf(predicate)
  // What `*` holds depends on which columns stand beside it.
  const read = names.has('*') ? input.columns : input.columns.filter((column) => names.has(column.name))
  const holds = compilePredicate(predicate, read)
  for await (const page of input.pages) {
    const positions: number[] = []
    toRows(page, read).rows.forEach((row, position) => {
      if (holds(row)) positions.push(position)
    })
    const kept = pickRows(page, positions)
    if (pageLength(kept) > 0) yield kept
  }
}
