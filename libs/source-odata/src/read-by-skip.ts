import { SourceContradicted, SourceRefused } from '@tributary/source'
import { countOf } from './count-of.js'
import type { Piece, RemotePage } from './remote-page.js'
import { urlOf, type ODataScan } from './scan.js'

/** Pages of one scan that are asked for beside each other: as many as there are lanes, where they are small; they are held until their turn. */
const WINDOW = 8
const WINDOW_OF_LARGE = 6
const LARGE_PAGE_BYTES = 128 * 1024

/** How pages are opened and followed; shared with reading one page after the other. */
export interface PageWays {
  open(url: string): RemotePage
  /** The next link of a page's last piece. @throws HUB_SOURCE_INVALID if the links run in a circle, HUB_SOURCE_LINK_REFUSED */
  follow(piece: Piece, page: Pick<RemotePage, 'url'>): string | undefined
}

/** Where reading by `$skip` begins. */
export interface SkipStart {
  readonly from: number
  /** Rows of the remote's pages. */
  readonly pageRows: number
  /** Bytes of one of them. */
  readonly pageBytes: number
  /** Rows the remote counted: how many pages are asked for beside each other, not where the reading ends. */
  readonly total: number
}

/** The number of all rows, asked for beside the pages. Unknown until it arrives, and for ever if it does not. */
export interface Counting {
  readonly total: () => number | undefined
  readonly close: () => void
}

/** A count that does not arrive leaves the number unknown: pages are then read one after the other. */
const unknown = (): void => undefined

export function countRows(scan: ODataScan, { open }: PageWays): Counting {
  const filter = scan.options.filter(({ name }) => name === '$filter')
  const page = open(urlOf({ ...scan, options: [...filter, { name: '$top', text: '0' }, { name: '$count', text: 'true' }] }))
  let total: number | undefined
  page.take().then(({ envelope }) => (total = countOf(envelope)), unknown)
  return { total: () => total, close: page.close }
}

/**
 * The rest of a scan in a total order, several pages at a time by `$skip` and `$top`, in their order. Each page must be full; the last is
 * asked for without a limit and followed to its end, so that a count which is too low loses nothing.
 * @throws SourceContradicted if pages are refused or do not add up
 */
export async function* piecesBySkip(scan: ODataScan, ways: PageWays, { from, pageRows, pageBytes, total }: SkipStart): AsyncGenerator<Piece> {
  const full = Math.floor((total - from) / pageRows)
  const opened: RemotePage[] = []
  const window = pageBytes > LARGE_PAGE_BYTES ? WINDOW_OF_LARGE : WINDOW
  let begun = 0
  try {
    for (let index = 0; index <= full; index++) {
      // One less at first, because a reader may stop soon.
      for (; opened.length < (index === 0 ? window - 1 : window) && begun <= full; begun++) opened.push(ways.open(skippedUrl(scan, from + begun * pageRows, begun < full ? pageRows : undefined)))
      const page = opened.shift()
      if (page !== undefined) yield* piecesOf(scan, ways, page, index < full ? pageRows : Infinity)
    }
  } finally {
    for (const page of opened) page.close()
  }
}

function skippedUrl(scan: ODataScan, skip: number, top: number | undefined): string {
  const options = scan.options.filter(({ name }) => name !== '$count')
  const limit = top === undefined ? [] : [{ name: '$top' as const, text: String(top) }]
  return urlOf({ ...scan, options: [...options, { name: '$skip', text: String(skip) }, ...limit] })
}

/** Exactly so many rows, or, without an end, all there are. */
async function* piecesOf(scan: ODataScan, { open, follow }: PageWays, first: RemotePage, rows: number): AsyncGenerator<Piece> {
  let left = rows
  let page: RemotePage | undefined = first
  while (page !== undefined) {
    let link: string | undefined
    try {
      for (let last = false; !last;) {
        const piece = await takeSkipped(scan, page)
        left -= piece.cut.offsets.length >> 1
        if (left < 0) throw new SourceContradicted(scan.target.slug, scan.entitySet, 'top', `it sent more than the ${rows} rows of $top`)
        last = piece.last
        if (last) link = follow(piece, page)
        yield piece
      }
    } finally {
      page.close()
    }
    if (left > 0 && left < Infinity && link === undefined) throw new SourceContradicted(scan.target.slug, scan.entitySet, 'skip', 'its pages by $skip have fewer rows than it counted')
    page = left > 0 && link !== undefined ? open(link) : undefined
  }
}

/** A remote that refuses to skip is not asked to again. */
async function takeSkipped(scan: ODataScan, page: RemotePage): Promise<Piece> {
  try {
    return await page.take()
  } catch (error) {
    if (!(error instanceof SourceRefused)) throw error
    throw new SourceContradicted(scan.target.slug, scan.entitySet, 'skip', `it refused a page by $skip with ${error.status}: ${error.reason}`)
  }
}
