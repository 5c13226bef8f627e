import { hubError } from '@tributary/errors'
import { csvContentType, tableFields, writeCsv, writeXlsx, xlsxContentType, type TableFormat } from '@tributary/odata-wire'
import { parseRows, type Page, type RowsPage } from '@tributary/plan'
import { narrowPage, type BoundRows } from '@tributary/planner'
import { respondWithStream } from '../http/respond.js'
import type { Rows } from './answer-collection.js'
import { hasStreams } from './inline-streams.js'
import { dataHeaders, type QueryRun } from './query-run.js'

async function* valuesOf(pages: AsyncIterable<Page>, run: QueryRun): AsyncGenerator<RowsPage> {
  const narrow = narrowPage(run.bound)
  for await (const given of pages) {
    const page = narrow === undefined ? given : narrow(given)
    yield page.kind === 'rows' ? page : parseRows(page)
  }
}

const asksOfValues = ({ items, related }: BoundRows): boolean => items !== undefined || [...related.values()].some(asksOfValues)

/**
 * Answers a collection as a table, all of it: a table has no place for a next link.
 * @throws HUB_QUERY_UNSUPPORTED for `$count=true`, collections within rows, and undeclared properties
 */
export function answerTable(run: QueryRun, format: TableFormat, rows: Rows): Promise<void> {
  const { bound, exchange } = run
  if (bound.count) throw hubError('HUB_QUERY_UNSUPPORTED', { what: '$count=true in a table', hint: 'Ask for /$count, or for JSON.' }, { target: '$count' })
  if (hasStreams(bound.rows)) throw hubError('HUB_QUERY_UNSUPPORTED', { what: 'A stream in a table', hint: 'Ask for JSON, or read the stream by itself.' }, { target: '$expand' })
  if (asksOfValues(bound.rows)) throw hubError('HUB_QUERY_UNSUPPORTED', { what: 'Options of a property in a table', hint: 'Ask for JSON, or compute what is wanted by $compute.' }, { target: '$select' })
  const fields = tableFields(bound.columns, bound.visible)
  const pages = valuesOf(rows.pages, run)
  const chunks = format === 'csv' ? writeCsv(pages, fields) : writeXlsx(pages, fields, bound.set.name)
  return respondWithStream(exchange, chunks, () => ({
    ...dataHeaders(run, format === 'csv' ? csvContentType : xlsxContentType),
    'content-disposition': `attachment; filename="${bound.set.name.replaceAll(/[^\w.-]/g, '_')}.${format}"`,
  }))
}
