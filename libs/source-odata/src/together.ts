import { SourceContradicted, type ReadContext } from '@tributary/source'
import { readTogether, type BatchedPart, type BatchedRead } from './batched-reads.js'
import type { Piece, RemotePage } from './remote-page.js'
import type { ODataScan } from './scan.js'
import type { Transport } from './transport.js'

/** Reads of one source that are sent as one, and how each goes on by itself. */
export interface Together<Alone> {
  readonly reads: readonly BatchedRead[]
  /** Where a page of a read leads on; undefined: it was the last. */
  follow(at: number, piece: Piece): string | undefined
  /** Goes on with a read by itself; `before`: its first page came in the batch. */
  alone(at: number, url: string, before: boolean): AsyncGenerator<Alone>
}

/** What is left of a read when the batch has ended: the page its link leads to, or all of it. */
interface Left {
  readonly at: number
  readonly url: string
  /** What the batch said instead of giving rows. */
  readonly status?: number
}

/**
 * Sends reads as one batch. What the batch does not answer with rows is asked for by itself, which tells whether it was the read or the batch
 * that was refused; pages behind the first ones are read when the batch has ended, so that none waits for another's lane.
 * @throws SourceContradicted if reads are answered alone and not in a batch; as `readTogether` and reading alone
 */
export async function* piecesTogether<Alone>(transport: Transport, scan: ODataScan, { reads, follow, alone }: Together<Alone>, context: ReadContext): AsyncGenerator<Alone | Exclude<BatchedPart, { readonly status: number }>> {
  const left: Left[] = []
  for await (const part of readTogether(transport, scan, reads, context)) {
    if ('status' in part) {
      left.push({ ...part, url: reads[part.at]?.url ?? '' })
      continue
    }
    yield part
    const link = 'piece' in part && part.piece.last ? follow(part.at, part.piece) : undefined
    if (link !== undefined) left.push({ at: part.at, url: link })
  }
  for (const { at, url, status } of left) {
    yield* alone(at, url, status === undefined)
    if (status !== undefined && isRefusal(status)) throw new SourceContradicted(scan.target.slug, scan.entitySet, 'batch', `a read that it answers alone was ${status === 0 ? 'not answered' : `answered with ${status}`} in a batch`)
  }
}

/** A fault that may pass says nothing of batches; nor does an answer that is missing behind such a fault. */
const isRefusal = (status: number): boolean => status === 0 || status === 501 || (status >= 300 && status < 500 && status !== 429)

/** A read's own page, for links that are relative to it. */
export const pageAt = (url: string): Pick<RemotePage, 'url'> => ({ url: () => url })
