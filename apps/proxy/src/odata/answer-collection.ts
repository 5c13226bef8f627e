import { jsonContentType, writableAsTheyAre, writeCollection, type JsonStyle } from '@tributary/odata-wire'
import { parseRows, type Page } from '@tributary/plan'
import { narrowPage, type BoundQuery } from '@tributary/planner'
import { respondWithStream } from '../http/respond.js'
import { nextLink, pageLimits, tokenAfter } from './next-page.js'
import { contextOf, dataHeaders, type QueryRun } from './query-run.js'

/** Rows on their way to the client, and their number where it was asked for. */
export interface Rows {
  readonly pages: AsyncIterable<Page>
  count(): number | undefined
}

/** Complex values lose what was not selected; pages of bytes that cannot be written as they are become values. */
async function* writable(pages: AsyncIterable<Page>, bound: BoundQuery, style: JsonStyle): AsyncGenerator<Page> {
  const narrow = narrowPage(bound)
  for await (const given of pages) {
    const page = narrow === undefined ? given : narrow(given)
    yield page.kind === 'rows' || writableAsTheyAre(page, bound.visible, style) ? page : parseRows(page)
  }
}

/** The collection's JSON. Breaks off with an error if the rows were to be counted and were not. */
export function collectionChunks(run: QueryRun, rows: Rows): AsyncGenerator<Buffer> {
  const { bound, style, paging } = run
  const count = () => paging.token?.count ?? rows.count()
  return writeCollection(writable(rows.pages, bound, style), {
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
