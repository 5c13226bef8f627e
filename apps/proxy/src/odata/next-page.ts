import { hubError } from '@tributary/errors'
import type { JsonStyle, Written } from '@tributary/odata-wire'
import { parseRows, type Page, type Value } from '@tributary/plan'
import type { BoundQuery, Cursor } from '@tributary/planner'
import { withoutSkipToken, type PageToken } from './page-token.js'
import type { QueryRun } from './query-run.js'
import { valuesAt } from './written-form.js'

/** A page ends with the row that reaches so many bytes, if the number of rows has not ended it before. */
export const pageBytes = 8 * 1024 * 1024

/** Where to go on from, for a token that is ours; tokens with a source's own link are passed on to the source. */
export function cursorOf(token: PageToken | undefined): Cursor | undefined {
  switch (token?.kind) {
    case 'keyset': return { kind: 'keyset', values: token.values, given: token.given }
    case 'offset': return { kind: 'offset', offset: token.offset, given: token.given }
    default: return undefined
  }
}

/** The absolute URL of the page that a token leads to. */
export function nextLink({ exchange, paging }: Pick<QueryRun, 'exchange' | 'paging'>, token: PageToken): string {
  const options = withoutSkipToken(exchange.query)
  return `${exchange.origin}${exchange.path}?${options === '' ? '' : `${options}&`}$skiptoken=${paging.tokens.seal(token, paging.scope)}`
}

/** The token behind the last row written; undefined if there is no row more. */
export function tokenAfter(written: Written<Page>, run: Pick<QueryRun, 'bound' | 'paging' | 'style'>, count: number | undefined): PageToken | undefined {
  if (!written.more || written.last === undefined) return undefined
  const { bound, paging } = run
  const base = { given: (paging.token?.given ?? 0) + written.rows, ...(count === undefined ? {} : { count }) }
  switch (bound.paging.kind) {
    case 'keyset': return { ...base, kind: 'keyset', values: cursorValues(written.last, bound.paging.cursor, run.style) }
    case 'offset': return { ...base, kind: 'offset', offset: bound.skip + base.given }
    case 'none': throw hubError('HUB_LIMIT_EXCEEDED', { limit: bound.pageRows, what: 'rows of an answer that has no pages', hint: 'Ask for less with $filter or $top.' })
  }
}

function cursorValues({ page, row }: NonNullable<Written<Page>['last']>, cursor: readonly string[], style: Pick<JsonStyle, 'ieee754'>): readonly Value[] {
  const columns = cursor.map((name) => {
    const column = page.columns.find((one) => one.name === name)
    if (column === undefined) throw new Error(`The rows lack the column ${name}, by which they are paged`)
    return column
  })
  if (page.kind === 'rows') return valuesAt(page, row, columns, style)
  const [values = []] = parseRows({ ...page, offsets: page.offsets.subarray(2 * row, 2 * row + 2) }, columns).rows
  return values
}

/** What a page may hold at most. Answers without pages have no limits but the engine's. */
export const pageLimits = ({ paging, pageRows }: Pick<BoundQuery, 'paging' | 'pageRows'>): { readonly maxRows?: number; readonly maxBytes?: number } =>
  paging.kind === 'none' || pageRows === 0 ? {} : { maxRows: pageRows, maxBytes: pageBytes }
