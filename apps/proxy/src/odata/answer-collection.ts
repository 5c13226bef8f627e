import { jsonContentType, writableAsTheyAre, writeCollection, type JsonStyle } from '@tributary/odata-wire'
import { parseRows, type Page } from '@tributary/plan'
import { respondWithStream } from '../http/respond.js'
import { nextLink, pageLimits, tokenAfter } from './next-page.js'
import { contextOf, dataHeaders, type QueryRun } from './query-run.js'

/** Rows on their way to the client, and their number where it was asked for. */
export interface Rows {
  readonly pages: AsyncIterable<Page>
  count(): number | undefined
}

/** Pages of bytes that cannot be written as they are become values. */
async function* writable(pages: AsyncIterable<Page>, visible: readonly string[], style: JsonStyle): AsyncGenerator<Page> {
  for await (const page of pages) yield page.kind === 'rows' || writableAsTheyAre(page, visible, style) ? page : parseRows(page)
}

/** The collection's JSON. Breaks off with an error if the rows were to be counted and were not. */
export function collectionChunks(run: QueryRun, rows: Rows): AsyncGenerator<Buffer> {
  const { bound, style, paging } = run
  const count = () => paging.token?.count ?? rows.count()
  return writeCollection(writable(rows.pages, bound.visible, style), {
    style,
    context: contextOf(run),
    visible: bound.visible,
    ...pageLimits(bound),
    ...(bound.count ? { count } : {}),
    nextLink: (written) => {
      const all = bound.count ? count() : undefined
      if (bound.count && all === undefined) throw new Error('The rows were to be counted, and were not')
      const token = tokenAfter(written, run, all)
      return token === undefined ? undefined : nextLink(run, token)
    },
  })
}

/** Answers a collection, page by page. */
export const answerCollection = (run: QueryRun, rows: Rows): Promise<void> =>
  respondWithStream(run.exchange, collectionChunks(run, rows), () => dataHeaders(run, jsonContentType(run.style)))
