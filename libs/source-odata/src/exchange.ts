import { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { Pool } from 'undici'
import { hubError, isHubError } from '@tributary/errors'
import type { Languages, RemoteCall, RemoteRequest } from '@tributary/source'
import { withoutQueryKey, withQueryKey } from './credentials.js'
import { entryOf, plainHeaders } from './entry.js'
import type { Lane } from './lanes.js'
import { followLink, isHome, refuseLink, type Place } from './links.js'
import { receive, type Body } from './reception.js'

export interface Outgoing {
  readonly place: Place
  /** GET unless told. Only GET and HEAD are ever sent twice. */
  readonly method?: RemoteCall['method']
  readonly body?: RemoteCall['body']
  /** It changes nothing, though its method is POST. */
  readonly safe?: boolean
  /** Absolute; already checked to lie where the source may send us. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  readonly observe: (request: RemoteRequest) => void
  /** Whatever stands for the consumer's request in the queue; its signal where it is left out. */
  readonly asker?: object
  /** Whose request it is, for answers that are kept; left out: nothing is kept of it. */
  readonly scope?: string
  /** The languages that are wanted, and who hears which they are; left out: those of the headers. */
  readonly languages?: Languages
  /** A read that may be sent a second time where the source is slower than it usually is. */
  readonly hedges?: boolean
  /** Somebody asks for this very request: it is sent to a source that has failed lately, too. */
  readonly insists?: boolean
}

/** An answer whose body has still to be read. */
export interface Incoming {
  readonly url: string
  readonly status: number
  /** Names in lower case; cookies are set on a line each. */
  readonly headers: Readonly<Record<string, string>>
  /** Decoded from gzip, deflate or br. */
  readonly body: Body
  /** Gives the lane back while the body goes on: from then on the reader sets the pace. */
  readonly leaveLane: () => void
  /** Reports the request, gives the lane back, and cancels what is left of the body. */
  readonly finish: (rows: number) => void
}

const MOST_REDIRECTS = 5

/** The connections to the origin of a URL. @throws HUB_SOURCE_ADDRESS_REFUSED */
export type PoolOf = (origin: string, url: string) => Pool

/** Whether the request changes nothing, so that it may be sent again. */
export const isSafe = ({ method, safe }: Pick<Outgoing, 'method' | 'safe'>): boolean => safe === true || method === undefined || method === 'GET' || method === 'HEAD'

/**
 * Sends a request in a lane and follows where it is sent on; what a connection that was just closed has lost is sent once more.
 * @throws HUB_SOURCE_*, or the signal's reason
 */
export async function exchangeIn(outgoing: Outgoing, lane: Lane, poolOf: PoolOf): Promise<Incoming> {
  let url = outgoing.url
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const incoming = await once(hop === 0 ? outgoing : { ...outgoing, url }, lane, poolOf)
    const location = incoming.headers['location']
    if (incoming.status < 301 || incoming.status > 308 || incoming.status === 304 || location === undefined) return incoming
    const asIs = isSafe(outgoing)
    if (!asIs && (incoming.status < 307 || isStream(outgoing.body))) return incoming
    incoming.body.destroy()
    url = followLink(outgoing.place, url, location)
    if (!asIs && !isHome(outgoing.place, url)) throw refuseLink(outgoing.place, location)
  }
  throw hubError('HUB_SOURCE_INVALID', { slug: outgoing.place.slug, reason: `more than ${MOST_REDIRECTS} redirects` })
}

async function once(outgoing: Outgoing, lane: Lane, poolOf: PoolOf): Promise<Incoming> {
  const began = performance.now()
  try {
    return await exchange(outgoing, lane, poolOf)
  } catch (error) {
    if (outgoing.signal.aborted || !isReset(error) || !isSafe(outgoing)) throw networkError(outgoing, error)
    report(outgoing, { status: 0, rows: 0, bytes: 0, ms: performance.now() - began, queuedMs: lane.queuedMs })
  }
  return exchange(outgoing, lane, poolOf).catch((error: unknown) => {
    throw networkError(outgoing, error)
  })
}

/** True for a body that comes while it is sent. */
export const isStream = (body: Outgoing['body']): body is AsyncIterable<Buffer> => body !== undefined && !Buffer.isBuffer(body)

/** Bytes after which a stream leaves its lane to others: whoever sends it sets the pace. */
const LANE_BYTES = 4 * 1024 * 1024

/** A stream on its way to the remote, and when the last of it has left. */
function sendingOf(given: AsyncIterable<Buffer>, lane: Lane): { readonly body: Readable; readonly sent: Promise<void> } {
  const { promise: sent, resolve } = Promise.withResolvers<void>()
  const passed = async function* (): AsyncGenerator<Buffer> {
    let bytes = 0
    for await (const chunk of given) {
      bytes += chunk.length
      if (bytes > LANE_BYTES) lane.release()
      yield chunk
    }
    resolve()
  }
  return { body: Readable.from(passed(), { objectMode: false }), sent }
}

async function exchange(outgoing: Outgoing, lane: Lane, poolOf: PoolOf): Promise<Incoming> {
  const { place, url, signal, method = 'GET' } = outgoing
  const { timeoutMs } = place.connection
  const began = performance.now()
  const { origin, path, headers } = addressed(outgoing)
  const sending = isStream(outgoing.body) ? sendingOf(outgoing.body, lane) : undefined
  const received = await receive(poolOf(origin, url), {
    method, path, headers, body: sending?.body ?? (isStream(outgoing.body) ? null : outgoing.body ?? null), headersTimeout: 0, bodyTimeout: timeoutMs,
  }, signal, { ms: timeoutMs, ...(sending === undefined ? {} : { from: sending.sent }), timeout: () => hubError('HUB_SOURCE_TIMEOUT', { slug: place.slug, timeoutMs }) })
  const body = decode(received.body, method === 'HEAD' ? undefined : received.headers['content-encoding'])
  let open = true
  return {
    url, status: received.status, headers: received.headers, body,
    leaveLane: () => lane.release(),
    finish: (rows) => {
      if (!open) return
      open = false
      lane.release()
      report(outgoing, { status: received.status, rows, bytes: received.bytes(), ms: performance.now() - began, queuedMs: lane.queuedMs })
      body.destroy()
      received.body.destroy()
    },
  }
}

/** Where a request goes. What the connection adds, credentials among it, goes only to the registered origin. */
function addressed({ place, url, headers }: Outgoing): { readonly origin: string; readonly path: string; readonly headers: Readonly<Record<string, string>> } {
  const entry = entryOf(place)
  if (isHome(place, url)) return { origin: entry.origin, path: withQueryKey(url.slice(entry.origin.length) || '/', place.connection), headers: { ...entry.plain, ...headers, ...entry.own } }
  const { origin, hostname } = new URL(url)
  return { origin, path: url.slice(origin.length) || '/', headers: { ...plainHeaders(hostname), ...headers } }
}

export function report(outgoing: Outgoing, measured: Pick<RemoteRequest, 'status' | 'rows' | 'bytes' | 'ms' | 'queuedMs' | 'cache' | 'ageMs'>): void {
  const { place, url, observe } = outgoing
  observe({ slug: place.slug, method: outgoing.method ?? 'GET', url: withoutQueryKey(url, place.connection), ...measured })
}

function decode(body: Body, encoding: string | undefined): Body {
  const decoder = encoding === 'gzip' || encoding === 'x-gzip' ? createGunzip() : encoding === 'br' ? createBrotliDecompress() : encoding === 'deflate' ? createInflate() : undefined
  if (decoder === undefined) return body
  const encoded = Readable.from(body)
  encoded.on('error', (error) => decoder.destroy(error))
  decoder.on('close', () => encoded.destroy())
  // A body that is cancelled on purpose reports it as an error; whoever still reads it meets the error through its iterator.
  decoder.on('error', () => body.destroy())
  return encoded.pipe(decoder)
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')
const RESETS: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])
const isReset = (error: unknown): boolean => RESETS.has(codeOf(error))
const TIMEOUTS: ReadonlySet<string> = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'])

/** The reason of a remote out of reach that ends connections. */
export const CLOSED = 'the connection was closed'

/** What a failure on the way means for the consumer; what is already named, and an abort, stay as they are. */
export function networkError({ place, signal }: Pick<Outgoing, 'place' | 'signal'>, error: unknown): unknown {
  if (signal.aborted) return signal.reason
  if (isHubError(error)) return error
  const code = codeOf(error)
  if (TIMEOUTS.has(code)) return hubError('HUB_SOURCE_TIMEOUT', { slug: place.slug, timeoutMs: place.connection.timeoutMs }, { cause: error })
  const reason = RESETS.has(code) ? CLOSED : code === '' ? (error instanceof Error ? error.name : 'unknown') : code
  return hubError('HUB_SOURCE_UNREACHABLE', { slug: place.slug, reason }, { cause: error })
}

/** The reason of an answer that ends too early. */
export const CUT_OFF = 'the body ends in the middle'

/** A connection that ends within a body is an answer that ends too early, not a remote out of reach. */
export function bodyError(outgoing: Outgoing, error: unknown): unknown {
  const named = networkError(outgoing, error)
  if (outgoing.signal.aborted || !(named instanceof Error) || !('code' in named) || named.code !== 'HUB_SOURCE_UNREACHABLE') return named
  return hubError('HUB_SOURCE_INVALID', { slug: outgoing.place.slug, reason: CUT_OFF }, { cause: error })
}
