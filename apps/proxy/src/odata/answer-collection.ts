import { jsonContentType, writableAsTheyAre, writeCollection } from '@tributary/odata-wire'
import { parseRows, rowEditor, textRows, type BytesPage, type Page, type TextForm } from '@tributary/plan'
import { narrowPage } from '@tributary/planner'
import { respondWithStream } from '../http/respond.js'
import { inlineStreams } from './inline-streams.js'
import { presenter } from './present-rows.js'
import { nextLink, pageLimits, tokenAfter } from './next-page.js'
import { contextOf, dataHeaders, isPartial, type QueryRun } from './query-run.js'
import { retryLinks } from './retry-links.js'
import { untilFailure } from './partial-answer.js'
import { toldRows } from './told-rows.js'
import { writtenForm } from './written-form.js'

/** Rows on their way to the client, and their number where it was asked for. */
export interface Rows {
  readonly pages: AsyncIterable<Page>
  count(): number | undefined
}

/** Complex values lose what was not selected, full metadata is added; pages of bytes that cannot be written as they are become text that can, or values. */
async function* writable(pages: AsyncIterable<Page>, run: QueryRun): AsyncGenerator<Page> {
  const { bound, style } = run
  const narrow = narrowPage(bound)
  const present = presenter(run)
  const annotate = toldRows(run)
  const inline = inlineStreams({ ...run, signal: run.exchange.signal, partial: isPartial(run) }, bound.rows)
  const retry = retryLinks(run)
  const form = writtenForm(run)
  const written = form === undefined ? (page: BytesPage) => parseRows(page) : inForm(form)
  for await (const given of pages) {
    const page = narrow === undefined ? given : narrow(given)
    if (annotate !== undefined || present !== undefined || inline !== undefined || retry !== undefined) {
      const values = page.kind === 'rows' ? page : parseRows(page)
      const linked = retry === undefined ? values : retry(values)
      const rows = inline === undefined ? linked : await inline(linked)
      const told = annotate === undefined ? rows : annotate(rows)
      yield present === undefined ? told : present.page(told)
    } else yield page.kind === 'rows' || writableAsTheyAre(page, bound.visible, style) ? page : written(page)
  }
}

/** Pages of bytes in the form they are written in: as bytes, unless values are needed of what is not written. */
function inForm(form: TextForm): (page: BytesPage) => Page {
  const edit = form.parsed.length === 0 ? rowEditor(form) : undefined
  const textOf = textRows(form)
  return (page) => edit?.(page) ?? textOf(page, page.columns)
}

/** The collection's JSON. Breaks off with an error if the rows were to be counted and were not. */
export function collectionChunks(run: QueryRun, rows: Rows): AsyncGenerator<Buffer> {
  const { bound, style, paging } = run
  const count = () => paging.token?.count ?? rows.count()
  const given = untilFailure(rows, run)
  return writeCollection(writable(given.pages, run), {
    style,
    context: contextOf(run),
    visible: presenter(run)?.visible ?? bound.visible,
    ...pageLimits(bound),
    ...(bound.count ? { count } : {}),
    exception: given.failure,
    nextLink: (written) => {
      const all = bound.count ? count() : undefined
      if (bound.count && all === undefined) throw new Error('The rows were to be counted, and were not')
      const token = tokenAfter(given.failure() === undefined ? written : { ...written, more: true }, run, all)
      return token === undefined ? undefined : nextLink(run, token)
    },
  })
}

/** Answers a collection, page by page. */
export const answerCollection = (run: QueryRun, rows: Rows): Promise<void> =>
  respondWithStream(run.exchange, collectionChunks(run, rows), () => dataHeaders(run, jsonContentType(run.style, run.style)))
