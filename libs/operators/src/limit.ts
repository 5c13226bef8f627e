import type { Limit, Page } from '@tributary/plan'
import type { Execution } from './execution.js'
import type { RowStream } from './execution-context.js'
import { pageLength, slicePage } from './page-rows.js'

/**
 * Skips, then takes, and stops reading when it has enough. A counting limit takes the number its input knows (a source that counted);
 * otherwise it reads its input to the end and counts.
 */
export function openLimit(node: Limit, execution: Execution): RowStream {
  return limited(execution.open(node.input, execution), node)
}

/** The rows of `input` within the limit. */
export function limited(input: RowStream, node: Omit<Limit, 'input' | 'kind'>): RowStream {
  const seen: Seen = { rows: 0, ended: false }
  const count = (): number | undefined => (node.count ? (input.count() ?? (seen.ended ? seen.rows : undefined)) : undefined)
  return { columns: input.columns, pages: within(input, node, seen), count }
}

interface Seen {
  rows: number
  ended: boolean
}

async function* within(input: RowStream, { skip, take, count }: Omit<Limit, 'input' | 'kind'>, seen: Seen): AsyncGenerator<Page> {
  const end = take === undefined ? Infinity : skip + take
  if (end === skip && !count) return
  for await (const page of input.pages) {
    const start = seen.rows
    seen.rows += pageLength(page)
    const from = Math.max(0, skip - start)
    const to = Math.min(pageLength(page), end - start)
    if (from < to) yield slicePage(page, from, to)
    if (seen.rows >= end && (!count || input.count() !== undefined)) return
  }
  seen.ended = true
}
