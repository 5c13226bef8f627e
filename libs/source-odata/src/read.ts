import { hubError } from '@tributary/errors'
import { comparatorOf, parseRows, compile, type BytesPage, type Column, type Value } from '@tributary/plan'
import { SourceContradicted, SourceRefused, type ReadContext, type SourcePage } from '@tributary/source'
import type { Envelope } from './envelope-scanner.js'
import { holdsExactAsText, holdsOnly, sampleRows } from './holds-text.js'
import { followLink } from './links.js'
import { readHeaders } from './request-headers.js'
import { openPage, type Piece, type RemotePage } from './remote-page.js'
import { joinable, urlOf, type ODataScan } from './scan.js'
import type { Transport } from './transport.js'

/** Streams the rows of a scan, next links followed to the end, one page read ahead once the reader has asked for a second one. */
export async function* readScan(transport: Transport, scan: ODataScan, context: ReadContext): AsyncGenerator<SourcePage> {
  const keys = scan.keyForm === undefined ? undefined : context.keys
  if (keys !== undefined && joinable(keys).length === 0) return
  const check = checkOf(scan)
  const links = new Set<string>()
  const chainedKeys = scan.keyForm === 'or' ? joinable(keys ?? []).length : 0
  const open = (url: string): RemotePage => openLinked(transport, scan, context, { url, links, chainedKeys })
  let page: RemotePage | undefined = open(urlOf(scan, keys))
  let ahead: RemotePage | undefined
  let pages = 0
  try {
    while (page !== undefined) {
      const piece: Piece = await takeFirst(page, scan, pages)
      const link: string | undefined = piece.last ? nextLinkOf(piece.envelope, page.url(), scan) : undefined
      if (link !== undefined && links.has(link)) throw hubError('HUB_SOURCE_INVALID', { slug: scan.target.slug, reason: 'its next links run in a circle' })
      if (link !== undefined && pages > 0) ahead = open(link)
      const found = pageOf(piece, scan, pages)
      check(found.page)
      if (pages++ === 0 || piece.cut.offsets.length > 0) yield found
      if (piece.last) {
        page = ahead ?? (link === undefined ? undefined : open(link))
        ahead = undefined
      }
    }
  } finally {
    page?.close()
    ahead?.close()
  }
}

function openLinked(transport: Transport, scan: ODataScan, context: ReadContext, at: { readonly url: string; readonly links: Set<string>; readonly chainedKeys: number }): RemotePage {
  at.links.add(at.url)
  const outgoing = { place: scan.target, url: at.url, headers: readHeaders(scan.target, scan.pageRows), signal: context.signal, observe: context.observe }
  return openPage(transport, outgoing, { place: scan.target, entitySet: scan.entitySet, features: scan.suspects, chainedKeys: at.chainedKeys }, (head) => scan.counted && at.links.size === 1 && countOf(head) === undefined)
}

/** A refusal after the first page is no longer about what we asked for. */
async function takeFirst(page: RemotePage, scan: ODataScan, pages: number): Promise<Piece> {
  try {
    return await page.take()
  } catch (error) {
    if (!(error instanceof SourceRefused) || pages === 0) throw error
    throw hubError('HUB_SOURCE_FAILED', { slug: scan.target.slug, status: error.status, reason: `in the middle of its pages: ${error.reason}` }, { cause: error })
  }
}

/** @throws HUB_SOURCE_LINK_REFUSED, HUB_SOURCE_INVALID */
export function nextLinkOf(envelope: Envelope, base: string, { target }: Pick<ODataScan, 'target'>): string | undefined {
  const link = envelope['@odata.nextLink'] ?? envelope['@nextLink']
  if (link === undefined || link === null) return undefined
  if (typeof link !== 'string') throw hubError('HUB_SOURCE_INVALID', { slug: target.slug, reason: 'its next link is not a string' })
  return followLink(target, base, link)
}

/** The number of rows the remote tells, as a number or as text. */
export function countOf(envelope: Envelope): number | undefined {
  const count = envelope['@odata.count'] ?? envelope['@count']
  const value = typeof count === 'string' && /^\d+$/.test(count) ? Number(count) : count
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}

function pageOf(piece: Piece, scan: ODataScan, pages: number): SourcePage & { readonly page: BytesPage } {
  const sample = sampledRows(piece, scan)
  const page: BytesPage = Object.freeze({
    kind: 'bytes', slug: scan.target.slug, columns: scan.columns, bytes: piece.cut.bytes, offsets: piece.cut.offsets,
    ieee754: holdsExactAsText(sample, scan.columns, piece.saysIeee754), only: scan.selects && holdsOnly(sample, scan.columns),
  })
  if (!scan.counted || pages > 0) return { page }
  const count = countOf(piece.envelope)
  if (count === undefined) throw new SourceContradicted(scan.target.slug, scan.entitySet, 'count', 'it did not tell the number of rows')
  return { page, count }
}

function sampledRows(piece: Piece, scan: ODataScan): ReturnType<typeof sampleRows> {
  try {
    return sampleRows(piece.cut)
  } catch (error) {
    throw hubError('HUB_SOURCE_INVALID', { slug: scan.target.slug, reason: 'a row is not well-formed JSON' }, { cause: error })
  }
}

/** Verifies page by page what the remote was trusted with, before the page is given on. @throws SourceContradicted */
function checkOf(scan: ODataScan): (page: BytesPage) => void {
  const inOrder = orderCheck(scan)
  let rows = 0
  return (page) => {
    rows += page.offsets.length >> 1
    if (scan.top !== undefined && rows > scan.top) throw new SourceContradicted(scan.target.slug, scan.entitySet, 'top', `it sent more than the ${scan.top} rows of $top`)
    inOrder?.(page)
  }
}

function orderCheck(scan: ODataScan): ((page: BytesPage) => void) | undefined {
  if (scan.order.length === 0) return undefined
  const names = new Set(scan.order.flatMap(({ expression }) => (expression.kind === 'column' ? [expression.path[0]] : [])))
  const columns: readonly Column[] = scan.order.flatMap(({ expression }) => (expression.kind === 'column' && names.delete(expression.path[0]) ? [{ name: expression.path[0], type: expression.type }] : []))
  const keys = scan.order.map(({ expression, descending }) => ({ value: compile(expression, columns), compare: comparatorOf(expression.type), sign: descending ? -1 : 1, feature: `orderby:${expression.type.base}` }))
  let before: readonly Value[] | undefined
  return (page) => {
    for (const row of parseRows(page, columns).rows) {
      if (before !== undefined) requireOrder(scan, keys, before, row)
      before = row
    }
  }
}

interface CheckedKey {
  readonly value: (row: readonly Value[]) => Value
  readonly compare: (a: Value, b: Value) => number
  readonly sign: number
  readonly feature: string
}

function requireOrder(scan: ODataScan, keys: readonly CheckedKey[], before: readonly Value[], row: readonly Value[]): void {
  for (const { value, compare, sign, feature } of keys) {
    const order = sign * compare(value(before), value(row))
    if (order < 0) return
    if (order > 0) throw new SourceContradicted(scan.target.slug, scan.entitySet, feature, 'its rows are not in the order they were asked for')
  }
}
