import type { Row } from './page-rows.js'

/** Which of rows are given, and as what. */
export interface Window {
  readonly skip: number
  readonly take: number | undefined
  readonly change: (row: Row) => Row
}

/** The rows within a window, page by page; reading ends with the last of them. */
export async function* windowOf(pages: AsyncIterable<readonly Row[]>, { skip, take, change }: Window): AsyncGenerator<readonly Row[]> {
  const end = take === undefined ? Infinity : skip + take
  let seen = 0
  for await (const rows of pages) {
    const given = rows.slice(Math.max(0, skip - seen), end - seen)
    seen += rows.length
    if (given.length > 0) yield given.map(change)
    if (seen >= end) return
  }
}
