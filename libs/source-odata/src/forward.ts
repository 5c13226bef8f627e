import { hubError } from '@tributary/errors'
import type { Accepted, Capabilities, Forwarded, ForwardOptions } from '@tributary/source'
import { askedBy } from './asked-by.js'
import { requireJson, requireSuccess } from './answer.js'
import { nextPage } from './links.js'
import { readHeaders } from './request-headers.js'
import { scanOf, urlOf, type ODataScan } from './scan.js'
import { bodyError, type Incoming, type Outgoing, type Transport } from './transport.js'

/** Whether the remote alone answers the scan exactly as it was wanted, byte for byte: every feature it needs is proven. */
export function isForwardable(accepted: Accepted, able: Capabilities): boolean {
  const scan = scanOf(accepted)
  if (!scan.whole || accepted.residual !== undefined || accepted.trust !== 'exact') return false
  const exact = accepted.relies.every((feature) => able.fact(feature).trust === 'exact')
  const hasExactNumbers = scan.columns.some(({ type }) => type.base === 'Edm.Int64' || type.base === 'Edm.Decimal')
  return exact && (!hasExactNumbers || able.fact('ieee754').trust === 'exact')
}

/** Bytes after which a body leaves its lane to others: its reader sets the pace. */
const LANE_BYTES = 4 * 1024 * 1024

/**
 * Forwards a scan: the remote's bytes as they arrive, those of a small body together. The iterator throws if the body ends before its JSON does, and so
 * does this where it gives all of it.
 * @throws SourceRefused, HUB_SOURCE_*
 */
export async function forwardScan(transport: Transport, accepted: Accepted, options: ForwardOptions): Promise<Forwarded> {
  const scan = scanOf(accepted)
  const place = scan.target
  const url = options.nextLink === undefined ? urlOf(scan) : nextPage(place, options.nextLink, { request: urlOf(scan) })
  const accept = `application/json;odata.metadata=${options.metadata}${options.ieee754 ? ';IEEE754Compatible=true' : ''}`
  const outgoing: Outgoing = { place, url, headers: { ...readHeaders(scan.pageRows), accept }, signal: options.signal, observe: options.observe, ...askedBy(options) }
  const incoming = await transport.send(outgoing)
  await requireSuccess(incoming, { place, entitySet: scan.entitySet, features: scan.suspects })
  requireJson(incoming, place)
  const whole = incoming.body.whole?.()
  if (whole === undefined) return { body: isSmall(incoming) ? await gathered(bytesOf(incoming, outgoing, scan)) : bytesOf(incoming, outgoing, scan) }
  incoming.finish(0)
  requireComplete([whole], scan)
  return { body: whole }
}

/** A body that is told to be no longer than this is waited for: what is sent on at once takes a fifth less than piece by piece. */
const SMALL_BYTES = 256 * 1024

const isSmall = ({ headers: { 'content-length': length, 'content-encoding': coding } }: Incoming): boolean => length !== undefined && Number(length) <= SMALL_BYTES && (coding === undefined || coding === 'identity')

async function gathered(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all)
}

/** What is kept of the end of a body to see whether it is complete. */
const TAIL_BYTES = 16 * 1024
/** What is looked at first. */
const USUAL_TAIL_BYTES = 256
/** The end of the rows, and behind it only members with plain values: control information such as the next link. */
const COMPLETE = /\]\s*(?:,\s*"(?:[^"\\]|\\.)*"\s*:\s*(?:"(?:[^"\\]|\\.)*"|-?[\d.eE+-]+|true|false|null)\s*)*\}\s*$/

async function* bytesOf(incoming: Incoming, outgoing: Outgoing, scan: ODataScan): AsyncGenerator<Buffer> {
  const last: Buffer[] = []
  let [passed, held] = [0, 0]
  try {
    for await (const chunk of incoming.body as AsyncIterable<Buffer>) {
      passed += chunk.length
      if (passed > LANE_BYTES) incoming.leaveLane()
      last.push(chunk)
      held += chunk.length
      for (let [first] = last; first !== undefined && held - first.length >= TAIL_BYTES; [first] = last) {
        held -= first.length
        last.shift()
      }
      yield chunk
    }
  } catch (error) {
    throw bodyError(outgoing, error)
  } finally {
    incoming.finish(0)
  }
  requireComplete(last, scan)
}

function requireComplete(last: readonly Buffer[], { target }: ODataScan): void {
  if (!COMPLETE.test(tailOf(last, USUAL_TAIL_BYTES)) && !COMPLETE.test(tailOf(last, TAIL_BYTES))) throw hubError('HUB_SOURCE_INVALID', { slug: target.slug, reason: 'the body ends in the middle' })
}

function tailOf(chunks: readonly Buffer[], size: number): string {
  const end = chunks.at(-1)
  const bytes = end !== undefined && (end.length >= size || chunks.length === 1) ? end : Buffer.concat(chunks)
  // A character cut in two at the beginning does not matter: what is looked for begins at a bracket.
  return bytes.toString('utf8', Math.max(0, bytes.length - size))
}
