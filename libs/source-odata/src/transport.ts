import type { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import { hubError, isHubError } from '@tributary/errors'
import type { RemoteCall, RemoteRequest } from '@tributary/source'
import { guardedLookup, requireAllowed, type AddressGuard } from './address-guard.js'
import { credentialHeaders, withoutQueryKey, withQueryKey } from './credentials.js'
import type { Lane, Lanes } from './lanes.js'
import { followLink, isHome, refuseLink, type Place } from './links.js'

export interface Outgoing {
  readonly place: Place
  /** GET unless told. Only GET and HEAD are ever sent twice. */
  readonly method?: RemoteCall['method']
  readonly body?: Buffer
  /** Absolute; already checked to lie where the source may send us. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  readonly observe: (request: RemoteRequest) => void
}

/** An answer whose body has still to be read. */
export interface Incoming {
  readonly url: string
  readonly status: number
  /** Names in lower case; cookies are set on a line each. */
  readonly headers: Readonly<Record<string, string>>
  /** Decoded from gzip, deflate or br. */
  readonly body: Readable
  /** Gives the lane back while the body goes on: from then on the reader sets the pace. */
  readonly leaveLane: () => void
  /** Reports the request, gives the lane back, and cancels what is left of the body. */
  readonly finish: (rows: number) => void
}

export interface Transport {
  /**
   * Sends a request and answers with whatever status the remote gives, retries done.
   * @throws HUB_SOURCE_UNREACHABLE, HUB_SOURCE_TIMEOUT, HUB_SOURCE_LINK_REFUSED, HUB_SOURCE_ADDRESS_REFUSED, or the signal's reason
   */
  send(outgoing: Outgoing): Promise<Incoming>
  close(): Promise<void>
}

const ATTEMPTS = 3
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 10_000
const MOST_REDIRECTS = 5
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** One keep-alive pool per origin; a reset on a reused socket is repeated once, 429 and 5xx with pauses. */
export function createTransport(lanes: Lanes, guard?: AddressGuard): Transport {
  const pools = new Map<string, Pool>()
  const poolOf = (url: string): Pool => {
    if (guard !== undefined) requireAllowed(guard, url)
    const { origin } = new URL(url)
    const known = pools.get(origin)
    if (known !== undefined) return known
    const pool = new Pool(origin, { connections: null, pipelining: 1, keepAliveTimeout: 4_000, ...(guard === undefined ? {} : { connect: { lookup: guardedLookup(guard, origin) } }) })
    pools.set(origin, pool)
    return pool
  }
  return {
    send: (outgoing) => patiently(outgoing, lanes, poolOf),
    close: async () => {
      const open = [...pools.values()]
      pools.clear()
      await Promise.all(open.map((pool) => pool.destroy()))
    },
  }
}

/** The connections to a URL's origin. @throws HUB_SOURCE_ADDRESS_REFUSED */
type PoolOf = (url: string) => Pool

async function patiently(outgoing: Outgoing, lanes: Lanes, poolOf: PoolOf): Promise<Incoming> {
  for (let attempt = 1; ; attempt++) {
    const lane = await lanes.enter(outgoing.place.url, outgoing.signal)
    const incoming = await redirected(outgoing, lane, poolOf).catch((error: unknown) => {
      lane.release()
      throw error
    })
    const pause = attempt < ATTEMPTS && isBusy(incoming.status) && isSafe(outgoing) ? pauseOf(incoming, attempt, outgoing.place.connection.timeoutMs) : undefined
    if (pause === undefined) return incoming
    incoming.finish(0)
    await sleep(pause, undefined, { signal: outgoing.signal })
  }
}

/** Whether the request changes nothing, so that it may be sent again. */
const isSafe = ({ method }: Outgoing): boolean => method === undefined || method === 'GET' || method === 'HEAD'
const isBusy = (status: number): boolean => status === 429 || (status >= 500 && status !== 501)

/** Undefined: the remote asks for more patience than we have. */
function pauseOf(incoming: Incoming, attempt: number, timeoutMs: number): number | undefined {
  const told = incoming.headers['retry-after']
  const jittered = FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random())
  if (told === undefined) return jittered
  const asked = /^\d+$/.test(told) ? Number(told) * 1000 : Date.parse(told) - Date.now()
  if (Number.isNaN(asked)) return jittered
  return asked > Math.min(LONGEST_PAUSE_MS, timeoutMs) ? undefined : Math.max(asked, 0)
}

async function redirected(outgoing: Outgoing, lane: Lane, poolOf: PoolOf): Promise<Incoming> {
  let url = outgoing.url
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const incoming = await once({ ...outgoing, url }, lane, poolOf)
    const location = incoming.headers['location']
    if (incoming.status < 301 || incoming.status > 308 || incoming.status === 304 || location === undefined) return incoming
    const asIs = isSafe(outgoing)
    if (!asIs && incoming.status < 307) return incoming
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

async function exchange(outgoing: Outgoing, lane: Lane, poolOf: PoolOf): Promise<Incoming> {
  const { place, url, signal, method = 'GET' } = outgoing
  const began = performance.now()
  const { origin, host } = new URL(url)
  const home = isHome(place, url)
  const path = url.slice(origin.length) || '/'
  const patience = new AbortController()
  const timer = setTimeout(() => patience.abort(hubError('HUB_SOURCE_TIMEOUT', { slug: place.slug, timeoutMs: place.connection.timeoutMs })), place.connection.timeoutMs)
  try {
    const response = await poolOf(url).request({
      method,
      ...(outgoing.body === undefined ? {} : { body: outgoing.body }),
      path: home ? withQueryKey(path, place.connection) : path,
      headers: { 'user-agent': 'tributary', 'accept-encoding': LOOPBACK.test(host.replace(/:\d+$/, '')) ? 'identity' : 'gzip, br', ...outgoing.headers, ...(home ? { ...lowerCased(place.connection.headers), ...credentialHeaders(place.connection) } : {}) },
      signal: AbortSignal.any([signal, patience.signal]),
      headersTimeout: 0,
      bodyTimeout: place.connection.timeoutMs,
    })
    const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(name === 'set-cookie' ? '\n' : ', ') : String(value)]))
    let bytes = 0
    response.body.on('data', (chunk: Buffer) => (bytes += chunk.length)).pause()
    const body = decode(response.body, method === 'HEAD' ? undefined : headers['content-encoding'])
    let open = true
    return {
      url, status: response.statusCode, headers, body,
      leaveLane: () => lane.release(),
      finish: (rows) => {
        if (!open) return
        open = false
        lane.release()
        report(outgoing, { status: response.statusCode, rows, bytes, ms: performance.now() - began, queuedMs: lane.queuedMs })
        body.destroy()
        response.body.destroy()
      },
    }
  } finally {
    clearTimeout(timer)
  }
}

const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

function report(outgoing: Outgoing, measured: Pick<RemoteRequest, 'status' | 'rows' | 'bytes' | 'ms' | 'queuedMs'>): void {
  const { place, url, observe } = outgoing
  observe({ slug: place.slug, method: outgoing.method ?? 'GET', url: withoutQueryKey(url, place.connection), ...measured })
}

function decode(body: Readable, encoding: string | undefined): Readable {
  const decoder = encoding === 'gzip' || encoding === 'x-gzip' ? createGunzip() : encoding === 'br' ? createBrotliDecompress() : encoding === 'deflate' ? createInflate() : undefined
  if (decoder === undefined) {
    body.on('error', ignoredAfterClose)
    return body
  }
  body.on('error', (error) => decoder.destroy(error))
  decoder.on('close', () => body.destroy())
  decoder.on('error', ignoredAfterClose)
  return body.pipe(decoder)
}

/** A body that is cancelled on purpose reports it as an error; whoever still reads it meets the error through its iterator. */
const ignoredAfterClose = (): void => undefined

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')
const RESETS: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])
const isReset = (error: unknown): boolean => RESETS.has(codeOf(error))
const TIMEOUTS: ReadonlySet<string> = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'])

/** What a failure on the way means for the consumer; what is already named, and an abort, stay as they are. */
function networkError({ place, signal }: Pick<Outgoing, 'place' | 'signal'>, error: unknown): unknown {
  if (signal.aborted) return signal.reason
  if (isHubError(error)) return error
  const code = codeOf(error)
  if (TIMEOUTS.has(code)) return hubError('HUB_SOURCE_TIMEOUT', { slug: place.slug, timeoutMs: place.connection.timeoutMs }, { cause: error })
  const reason = RESETS.has(code) ? 'the connection was closed' : code === '' ? (error instanceof Error ? error.name : 'unknown') : code
  return hubError('HUB_SOURCE_UNREACHABLE', { slug: place.slug, reason }, { cause: error })
}

/** A connection that ends within a body is an answer that ends too early, not a remote out of reach. */
export function bodyError(outgoing: Outgoing, error: unknown): unknown {
  const named = networkError(outgoing, error)
  if (outgoing.signal.aborted || !(named instanceof Error) || !('code' in named) || named.code !== 'HUB_SOURCE_UNREACHABLE') return named
  return hubError('HUB_SOURCE_INVALID', { slug: outgoing.place.slug, reason: 'the body ends in the middle' }, { cause: error })
}
