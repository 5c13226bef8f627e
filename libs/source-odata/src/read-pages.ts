import { hubError } from '@tributary/errors'
import type { BytesPage } from '@tributary/plan'
import { SourceContradicted, SourceRefused, type ReadContext, type SourcePage } from '@tributary/source'
import { askedBy } from './asked-by.js'
import { countOf } from './count-of.js'
import type { Envelope } from './envelope-scanner.js'
import { holdsExactAsText, holdsOnly, sampleRows } from './holds-text.js'
import { nextPage } from './links.js'
import { countRows, piecesBySkip, type Counting, type PageWays } from './read-by-skip.js'
import { requireMembers } from './lost-members.js'
import { readHeaders } from './request-headers.js'
import { openPage, type Piece, type RemotePage } from './remote-page.js'
import { joinable, type ODataScan } from './scan.js'
import type { Outgoing, Transport } from './transport.js'

/** Pages are opened and their links followed alike, whichever way they are read. */
export function waysOf(transport: Transport, scan: ODataScan, context: ReadContext): PageWays {
  const links = new Set<string>()
  const chainedKeys = scan.keyForm === 'or' ? joinable(context.keys ?? []).length : 0
  return {
    open: (url) => openLinked(transport, scan, context, { url, links, chainedKeys, posts: scan.posts === true && links.size === 0 && context.keys !== undefined }),
    follow: ({ envelope }, page) => {
      const link = nextLinkOf(envelope, page.url(), scan)
      if (link !== undefined && links.has(link)) throw hubError('HUB_SOURCE_INVALID', { slug: scan.target.slug, reason: 'its next links run in a circle' })
      return link
    },
  }
}

/** The pieces of a page and of those its links lead to. @param before pieces that were given before: only the first may be refused */
export async function* piecesOf(ways: PageWays, scan: ODataScan, url: string, before = 0): AsyncGenerator<Piece> {
  let page: RemotePage | undefined = ways.open(url)
  let ahead: RemotePage | undefined
  let counting: Counting | undefined
  const seen = { pieces: before, rows: 0, bytes: 0, pageRows: 0 }
  try {
    for (let ofPage = 0; page !== undefined;) {
      const piece: Piece = await takeFirst(page, scan, seen.pieces)
      const link: string | undefined = piece.last ? ways.follow(piece, page) : undefined
      ofPage += piece.cut.offsets.length >> 1
      seen.rows += piece.cut.offsets.length >> 1
      seen.bytes += piece.cut.bytes.length
      const total = link === undefined ? undefined : counting?.total()
      const pageRows = Math.max(seen.pageRows, ofPage)
      const skips = total !== undefined && total - seen.rows > pageRows
      if (link !== undefined && !skips && seen.pieces > 0) ahead = ways.open(link)
      seen.pieces++
      yield piece
      if (!piece.last) continue
      if (skips) return yield* piecesBySkip(scan, ways, { from: seen.rows, pageRows, pageBytes: (seen.bytes / seen.rows) * pageRows, total })
      page = ahead ?? (link === undefined ? undefined : ways.open(link))
      if (scan.total.length > 0 && page !== undefined) counting ??= countRows(scan, ways)
      ahead = undefined
      seen.pageRows = pageRows
      ofPage = 0
    }
  } finally {
    page?.close()
    ahead?.close()
    counting?.close()
  }
}

function openLinked(transport: Transport, scan: ODataScan, context: ReadContext, at: { readonly url: string; readonly links: Set<string>; readonly chainedKeys: number; readonly posts?: boolean }): RemotePage {
  at.links.add(at.url)
  const posted = at.posts === true ? postedQuery(at.url) : { url: at.url }
  const outgoing: Outgoing = { place: scan.target, ...posted, headers: { ...readHeaders(scan.pageRows, scan.columns), ...('body' in posted ? { 'content-type': 'text/plain' } : {}) }, signal: context.signal, observe: context.observe, hedges: true, ...askedBy(context) }
  return openPage(transport, outgoing, { place: scan.target, entitySet: scan.entitySet, features: scan.suspects.filter((feature) => feature !== 'batch'), chainedKeys: at.chainedKeys, ...(scan.resource === undefined ? {} : { path: scan.path }), ...(scan.resource?.called === true ? { called: true as const } : {}) }, (head) => scan.counted && at.links.size === 1 && countOf(head) === undefined)
}

/** The request with its options in the body. @see OData URL Conventions 4.01, section 4.17 */
function postedQuery(url: string): Pick<Outgoing, 'method' | 'url' | 'body' | 'safe'> {
  const mark = url.indexOf('?')
  return { method: 'POST', url: `${url.slice(0, mark)}/$query`, body: Buffer.from(url.slice(mark + 1)), safe: true }
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
function nextLinkOf(envelope: Envelope, base: string, { target }: Pick<ODataScan, 'target'>): string | undefined {
  const link = envelope['@odata.nextLink'] ?? envelope['@nextLink']
  if (link === undefined || link === null) return undefined
  if (typeof link !== 'string') throw hubError('HUB_SOURCE_INVALID', { slug: target.slug, reason: 'its next link is not a string' })
  return nextPage(target, link, { request: base, context: envelope['@odata.context'] ?? envelope['@context'] })
}

/** A piece as a page, with the count if it is the first of a counted scan. */
export function pageOf(piece: Piece, scan: ODataScan, pages: number): SourcePage & { readonly page: BytesPage } {
  const sample = sampledRows(piece, scan)
  if (scan.results !== true) requireMembers(piece.cut, sample, scan)
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
