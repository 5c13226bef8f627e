import type { ReadContext, SourcePage } from '@tributary/source'
import { checkOf, totalCheck } from './check-pages.js'
import { readKeysTogether } from './read-keys-together.js'
import { pageOf, piecesOf, waysOf } from './read-pages.js'
import { joinable, readsOf, urlOf, type ODataScan } from './scan.js'
import type { Transport } from './transport.js'

/**
 * Streams the rows of a scan, next links followed to the end, one page read ahead once the reader has asked for a second one; a scan in a
 * total order goes on with several pages at a time once it is known that many rows are left.
 */
export async function* readScan(transport: Transport, scan: ODataScan, context: ReadContext): AsyncGenerator<SourcePage> {
  const keys = scan.keyForm === undefined ? undefined : context.keys
  if (keys !== undefined && joinable(keys).length === 0) return
  if (scan.batch !== undefined && keys !== undefined && readsOf(scan, joinable(keys)).length > 1) return yield* readKeysTogether(transport, scan, { ...context, keys: joinable(keys) })
  const check = checkOf(scan)
  const total = totalCheck(scan)
  let pages = 0
  for await (const piece of piecesOf(waysOf(transport, scan, context), scan, urlOf(scan, keys))) {
    const found = pageOf(piece, scan, pages)
    check(found.page)
    total.page(piece)
    if (pages++ === 0 || piece.cut.offsets.length > 0) yield found
  }
  total.end()
}
