import { hashKey, parseRows, type BytesPage, type Column, type Value } from '@tributary/plan'
import type { ReadContext, SourcePage } from '@tributary/source'
import { checkOf } from './check-pages.js'
import { pageOf, piecesOf, waysOf } from './read-pages.js'
import { readsOf, urlOf, type ODataScan } from './scan.js'
import { pageAt, piecesTogether } from './together.js'
import type { Transport } from './transport.js'

/** Streams the rows of keys that go in several reads, sent as one. A row that two of the reads bring is given once. */
export async function* readKeysTogether(transport: Transport, scan: ODataScan, context: ReadContext & Required<Pick<ReadContext, 'keys'>>): AsyncGenerator<SourcePage> {
  const keys = readsOf(scan, context.keys)
  const reads = keys.map((own) => ({ url: urlOf(scan, own), single: false }))
  const lanes = keys.map((own) => ({ ways: waysOf(transport, scan, { ...context, keys: own }), check: checkOf(scan) }))
  const own = ownRows(scan.keys, keys)
  const parts = piecesTogether(transport, scan, {
    reads,
    follow: (at, piece) => lanes[at]?.ways.follow(piece, pageAt(reads[at]?.url ?? scan.target.url)),
    alone: async function* (at, url, before) {
      const ways = lanes[at]?.ways
      if (ways === undefined) return
      for await (const piece of piecesOf(ways, scan, url, before ? 1 : 0)) yield { at, piece }
    },
  }, context)
  for await (const part of parts) {
    if (!('piece' in part)) continue
    const found = pageOf(part.piece, scan, 1)
    lanes[part.at]?.check(found.page)
    yield { page: own(found.page, part.at) }
  }
}

/** Rows that a source gives beyond those asked for may be asked for by another read, which brings them, too. */
function ownRows(columns: readonly Column[], keys: readonly (readonly (readonly Value[])[])[]): (page: BytesPage, at: number) => BytesPage {
  const types = columns.map(({ type }) => type)
  const askedBy = new Map(keys.flatMap((own, at) => own.map((key) => [hashKey(types, key), at])))
  return (page, at) => {
    const rows = parseRows(page, columns).rows.map((row) => askedBy.get(hashKey(types, row)) ?? at)
    if (rows.every((of) => of === at)) return page
    const offsets = rows.flatMap((of, row) => (of === at ? [page.offsets[2 * row] ?? 0, page.offsets[2 * row + 1] ?? 0] : []))
    return Object.freeze({ ...page, offsets: Int32Array.from(offsets) })
  }
}
