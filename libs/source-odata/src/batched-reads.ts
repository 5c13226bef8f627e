import { hubError, isHubError } from '@tributary/errors'
import { SourceContradicted, SourceRefused, type ReadContext } from '@tributary/source'
import { requireJson, requireNoError, requireSuccess } from './answer.js'
import { askedBy } from './asked-by.js'
import { answersOfMultipart, BatchCutOff, NoBatchAnswer, type AnswerEvent } from './batch-answers.js'
import { answersOfJson } from './batch-json-answers.js'
import { writeReads } from './batch-write.js'
import { EnvelopeScanner, InvalidAnswer } from './envelope-scanner.js'
import { readHeaders } from './request-headers.js'
import type { Piece } from './remote-page.js'
import type { ODataScan } from './scan.js'
import { bodyError, CUT_OFF, type Incoming, type Outgoing, type Transport } from './transport.js'
import { sendInSession } from './write-session.js'

/** One read of a batch: of a collection, or of a single entity. */
export interface BatchedRead {
  readonly url: string
  readonly single: boolean
}

/** What a batch says to the read with this number. A read that is not answered with rows has to be sent by itself: `status` says why, 0 that nothing was said. */
export type BatchedPart =
  | { readonly at: number; readonly piece: Piece }
  | { readonly at: number; readonly entity: Buffer | undefined; readonly saysIeee754: boolean }
  | { readonly at: number; readonly status: number }

/** Bytes held until all has arrived; a larger answer leaves its lane to others and is read at the reader's pace. */
const AHEAD_BYTES = 4 * 1024 * 1024
const PIECE_BYTES = 1024 * 1024

/**
 * Sends reads as one `$batch`, and once more if its answer breaks off before a part of it has left.
 * @throws SourceRefused, SourceContradicted naming `batch` first; HUB_SOURCE_*
 */
export async function* readTogether(transport: Transport, scan: ODataScan, reads: readonly BatchedRead[], context: ReadContext): AsyncGenerator<BatchedPart> {
  const sending: Sending = { transport, scan, reads, context }
  let given = false
  try {
    for await (const part of sentOnce(sending)) {
      given = true
      yield part
    }
  } catch (error) {
    if (given || context.signal.aborted || !isHubError(error) || error.params['reason'] !== CUT_OFF) throw error
    yield* sentOnce(sending)
  }
}

interface Sending {
  readonly transport: Transport
  readonly scan: ODataScan
  readonly reads: readonly BatchedRead[]
  readonly context: ReadContext
}

async function* sentOnce({ transport, scan, reads, context }: Sending): AsyncGenerator<BatchedPart> {
  const { target, batch: { form } = { form: 'multipart' as const } } = scan
  const written = writeReads(form, target, reads.map(({ url }) => url), { ...readHeaders(scan.pageRows, scan.columns), ...inLanguages(context) })
  const headers = { ...written.headers, prefer: form === 'json' ? 'continue-on-error' : 'odata.continue-on-error' }
  const outgoing: Outgoing = { place: target, method: 'POST', safe: true, url: `${target.url}$batch`, body: written.body, headers, signal: context.signal, observe: context.observe, hedges: true, ...askedBy(context) }
  const incoming = await sendInSession(transport, outgoing)
  await requireBatch(incoming, scan)
  const held: BatchedPart[] = []
  let bytes = 0
  for await (const part of partsOf(incoming, { outgoing, scan, reads })) {
    bytes += sizeOf(part)
    held.push(part)
    if (bytes <= AHEAD_BYTES) continue
    incoming.leaveLane()
    yield* held.splice(0)
  }
  yield* held
}

/** Some services do not know that requests of a batch speak its language. */
const inLanguages = ({ languages }: ReadContext): Readonly<Record<string, string>> => (languages?.accepted === undefined ? {} : { 'accept-language': languages.accepted })

const sizeOf = (part: BatchedPart): number => ('piece' in part ? part.piece.cut.bytes.length : 'entity' in part ? part.entity?.length ?? 0 : 0)

/** A remote that lets nobody send batches may still let everybody read. @throws SourceRefused, HUB_SOURCE_DENIED, HUB_SOURCE_FAILED */
async function requireBatch(incoming: Incoming, { target, entitySet, suspects }: ODataScan): Promise<void> {
  const features = ['batch', ...suspects.filter((feature) => feature !== 'batch')]
  if (incoming.status === 202 && incoming.headers['content-type'] !== undefined) return
  if (incoming.status === 403) {
    incoming.finish(0)
    throw new SourceRefused(target.slug, entitySet, 403, { features, reason: 'it is forbidden' })
  }
  await requireSuccess(incoming, { place: target, entitySet, features })
}

interface Answered {
  readonly outgoing: Outgoing
  readonly scan: ODataScan
  readonly reads: readonly BatchedRead[]
}

/** The parts as they arrive; what was not answered comes last. */
async function* partsOf(incoming: Incoming, { outgoing, scan, reads }: Answered): AsyncGenerator<BatchedPart> {
  const { target, entitySet } = scan
  const answered = new Set<number>()
  let rows = 0
  try {
    for await (const part of answersIn(eventsOf(incoming), reads, target)) {
      answered.add(part.at)
      if ('piece' in part) rows += part.piece.cut.offsets.length >> 1
      yield part
    }
  } catch (error) {
    if (error instanceof NoBatchAnswer) throw new SourceContradicted(target.slug, entitySet, 'batch', `its answer to a batch cannot be read: ${error.message}`)
    if (error instanceof BatchCutOff) throw hubError('HUB_SOURCE_INVALID', { slug: target.slug, reason: CUT_OFF }, { cause: error })
    if (error instanceof InvalidAnswer) throw hubError('HUB_SOURCE_INVALID', { slug: target.slug, reason: error.message }, { cause: error })
    throw bodyError(outgoing, error)
  } finally {
    incoming.finish(rows)
  }
  for (const at of reads.keys()) if (!answered.has(at)) yield { at, status: 0 }
}

/** @throws NoBatchAnswer */
function eventsOf({ headers, body }: Incoming): AsyncGenerator<AnswerEvent> {
  const type = headers['content-type'] ?? ''
  const chunks = body as AsyncIterable<Buffer>
  if (/^application\/json\b/i.test(type)) return answersOfJson(chunks)
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(type)
  if (!/^multipart\/mixed\b/i.test(type) || boundary === null) throw new NoBatchAnswer(`its content type is ${type === '' ? 'missing' : type.split(';')[0]}`)
  return answersOfMultipart(chunks, boundary[1] ?? boundary[2] ?? '')
}

type Place = Pick<ODataScan, 'target'>['target']

async function* answersIn(events: AsyncGenerator<AnswerEvent>, reads: readonly BatchedRead[], place: Place): AsyncGenerator<BatchedPart> {
  let reader: AnswerReader | undefined
  for await (const event of events) {
    if (event.kind === 'begin') {
      const read = reads[event.at]
      if (read === undefined) throw new NoBatchAnswer('it answers more than it was asked')
      reader = readerOf(event, read, place)
    } else if (event.kind === 'bytes') yield* reader?.bytes(event.bytes) ?? []
    else yield* reader?.end() ?? []
  }
}

/** Turns the answer to one read into parts. */
interface AnswerReader {
  bytes(chunk: Buffer): readonly BatchedPart[]
  end(): readonly BatchedPart[]
}

function readerOf({ at, status, headers }: Extract<AnswerEvent, { kind: 'begin' }>, { single }: BatchedRead, place: Place): AnswerReader {
  const saysIeee754 = /IEEE754Compatible=true/i.test(headers['content-type'] ?? '')
  if (single && (status === 204 || status === 404)) return { bytes: () => [], end: () => [{ at, entity: undefined, saysIeee754 }] }
  if (status !== 200) return { bytes: () => [], end: () => [{ at, status }] }
  requireJson({ headers, finish: () => undefined }, place)
  if (!single) return collectionReader(at, saysIeee754, place)
  const chunks: Buffer[] = []
  return {
    bytes: (chunk) => {
      chunks.push(chunk)
      return []
    },
    end: () => [{ at, entity: Buffer.concat(chunks), saysIeee754 }],
  }
}

function collectionReader(at: number, saysIeee754: boolean, place: Place): AnswerReader {
  const scanner = new EnvelopeScanner()
  return {
    bytes: (chunk) => {
      scanner.push(chunk)
      const head = scanner.size < PIECE_BYTES || scanner.rowCount === 0 ? undefined : scanner.headMembers
      return head === undefined ? [] : [{ at, piece: { cut: scanner.take(), envelope: head, last: false, saysIeee754 } }]
    },
    end: () => {
      const envelope = scanner.end()
      requireNoError(envelope, place)
      return [{ at, piece: { cut: scanner.take(), envelope, last: true, saysIeee754 } }]
    },
  }
}
