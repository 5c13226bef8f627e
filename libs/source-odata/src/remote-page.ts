import { hubError, isHubError } from '@tributary/errors'
import { lostOverLength, requireJson, requireNoError, requireSuccess, type Asked } from './answer.js'
import { EnvelopeScanner, InvalidAnswer, type Cut, type Envelope } from './envelope-scanner.js'
import { bodyError, CUT_OFF, type Incoming, type Outgoing, type Transport } from './transport.js'

/** A part of a remote's page: about a thousand rows, or a megabyte. */
export interface Piece {
  readonly cut: Cut
  /** Members of the envelope known so far; all of them on the last piece. */
  readonly envelope: Envelope
  readonly last: boolean
  /** The content type said that Int64 and Decimal are strings. */
  readonly saysIeee754: boolean
}

/** One page of a remote while it is read: it is drained ahead of its reader, up to a bound. */
export interface RemotePage {
  /** The next part; the last one may hold no rows. */
  take(): Promise<Piece>
  /** Absolute URL the page was asked with, redirects followed. */
  url(): string
  /** Whether everything has arrived. */
  complete(): boolean
  /** Stops reading and cancels the request. */
  close(): void
}

const PIECE_ROWS = 1_200
const PIECE_BYTES = 1024 * 1024
/** Bytes held ahead of the reader; a body that is larger is read at the reader's pace and leaves its lane to others. */
const AHEAD_BYTES = 4 * 1024 * 1024

interface Draining {
  readonly ready: Piece[]
  held: number
  url: string
  rows: number
  /** A part has left: the page cannot be asked for again. */
  given: boolean
  finished: boolean
  failure: { readonly error: unknown } | undefined
  closed: boolean
  incoming: Incoming | undefined
  wakeReader: () => void
  wakeWriter: () => void
}

/** Asks for a page and begins to read it. `wholeBefore` holds the pieces back until the envelope is known: the count may stand at its end. */
export function openPage(transport: Transport, outgoing: Outgoing, asked: Asked, wholeBefore: (head: Envelope) => boolean): RemotePage {
  const state: Draining = {
    ready: [], held: 0, url: outgoing.url, rows: 0, given: false, finished: false, failure: undefined, closed: false, incoming: undefined, wakeReader: nothing, wakeWriter: nothing,
  }
  void drain(state, { transport, outgoing, asked, wholeBefore }).catch((error: unknown) => {
    state.failure = { error }
  }).finally(() => {
    state.finished = true
    state.incoming?.finish(state.rows)
    state.wakeReader()
  })
  return {
    take: () => take(state),
    url: () => state.url,
    complete: () => state.finished,
    close: () => {
      state.closed = true
      state.incoming?.finish(state.rows)
      state.wakeWriter()
    },
  }
}

const nothing = (): void => undefined

async function take(state: Draining): Promise<Piece> {
  for (;;) {
    if (state.failure !== undefined) throw state.failure.error
    const piece = state.ready.shift()
    if (piece !== undefined) {
      state.given = true
      state.held -= piece.cut.bytes.length
      state.wakeWriter()
      return piece
    }
    if (state.finished) throw new Error('a remote page was read beyond its end')
    await new Promise<void>((resolve) => (state.wakeReader = resolve))
  }
}

interface Job {
  readonly transport: Transport
  readonly outgoing: Outgoing
  readonly asked: Asked
  readonly wholeBefore: (head: Envelope) => boolean
}

/** A page that breaks off before a part of it has left is asked for once more. */
async function drain(state: Draining, job: Job): Promise<void> {
  try {
    await drainOnce(state, job)
  } catch (error) {
    if (state.given || state.closed || job.outgoing.signal.aborted || !isCutOff(error)) throw error
    state.incoming?.finish(state.rows)
    Object.assign(state, { held: 0, rows: 0 })
    state.ready.length = 0
    await drainOnce(state, job)
  }
}

const isCutOff = (error: unknown): boolean => isHubError(error) && error.code === 'HUB_SOURCE_INVALID' && error.params['reason'] === CUT_OFF

async function drainOnce(state: Draining, job: Job): Promise<void> {
  const { place } = job.outgoing
  const incoming = await job.transport.send(job.outgoing).catch((error: unknown) => {
    throw lostOverLength(error, job.outgoing.url, job.asked)
  })
  state.incoming = incoming
  state.url = incoming.url
  if (state.closed) return incoming.finish(0)
  await requireSuccess(incoming, job.asked)
  requireJson(incoming, place)
  try {
    await scan(state, incoming, job)
  } catch (error) {
    if (error instanceof InvalidAnswer) throw hubError('HUB_SOURCE_INVALID', { slug: place.slug, reason: error.message }, { cause: error })
    throw bodyError(job.outgoing, error)
  }
}

async function scan(state: Draining, incoming: Incoming, job: Job): Promise<void> {
  const saysIeee754 = /IEEE754Compatible=true/i.test(incoming.headers['content-type'] ?? '')
  const scanner = new EnvelopeScanner(Number(incoming.headers['content-length'] ?? 0))
  let whole: boolean | undefined
  for await (const chunk of incoming.body as AsyncIterable<Buffer>) {
    scanner.push(chunk)
    if (scanner.rowCount < PIECE_ROWS && (scanner.size < PIECE_BYTES || scanner.rowCount === 0)) continue
    const head = scanner.headMembers
    whole ??= head !== undefined && job.wholeBefore(head)
    if (whole || head === undefined) continue
    put(state, { cut: scanner.take(), envelope: head, last: false, saysIeee754 })
    await room(state, incoming)
    if (state.closed) return
  }
  const envelope = scanner.end()
  requireNoError(envelope, job.outgoing.place)
  putLast(state, { cut: scanner.take(), envelope, last: true, saysIeee754 })
}

/** The end of a page without further rows belongs to the piece before, if nobody has taken that yet. */
function putLast(state: Draining, piece: Piece): void {
  const before = state.ready.at(-1)
  if (piece.cut.offsets.length === 0 && before !== undefined) state.ready[state.ready.length - 1] = { ...before, envelope: piece.envelope, last: true }
  else put(state, piece)
}

function put(state: Draining, piece: Piece): void {
  state.rows += piece.cut.offsets.length >> 1
  state.held += piece.cut.bytes.length
  state.ready.push(piece)
  state.wakeReader()
}

async function room(state: Draining, incoming: Incoming): Promise<void> {
  while (state.held > AHEAD_BYTES && !state.closed) {
    incoming.leaveLane()
    await new Promise<void>((resolve) => (state.wakeWriter = resolve))
  }
}
