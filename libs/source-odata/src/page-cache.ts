import { Readable } from 'node:stream'
import { isHubError } from '@tributary/errors'
import type { CacheOutcome } from '@tributary/source'
import { LRUCache } from 'lru-cache'
import { EnvelopeScanner } from './envelope-scanner.js'
import { bodyError, report, type Incoming, type Outgoing } from './exchange.js'

/** Larger answers are passed on and not kept. */
const LARGEST_KEPT = 8 * 1024 * 1024
/** What all kept answers of the process may take. */
const BYTES_KEPT = 128 * 1024 * 1024

/** Answers of sources whose connection says how long they are good for. */
export interface PageCache {
  /**
   * Answers a read from memory, or fetches it and keeps it. Several readers of one answer wait for one request.
   * @throws what `fetch` throws, unless an answer that may be given instead is kept
   */
  send(outgoing: Outgoing, fetch: Fetch): Promise<Incoming>
  /** Forgets everything of an endpoint, what is being fetched included: it was changed. */
  drop(slug: string): void
}

type Fetch = (outgoing: Outgoing) => Promise<Incoming>

interface Kept {
  readonly url: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** When the source was last known to answer this. */
  readonly at: number
}

/** What is fetched for a key at present: the answer for those who wait for it; undefined: they have to ask themselves. */
type Flights = Map<string, Promise<Kept | undefined>>

/** @param now milliseconds since 1970 */
export function createPageCache(now: () => number): PageCache {
  const kept = new LRUCache<string, Kept>({ maxSize: BYTES_KEPT, sizeCalculation: ({ body }, key) => body.length + key.length + 1_000 })
  const generations = new Map<string, number>()
  const state: State = { kept, flights: new Map(), generation: (slug) => generations.get(slug) ?? 0, now }
  return {
    send: (outgoing, fetch) => {
      const key = keyOf(outgoing, state)
      return key === undefined ? fetch(outgoing) : cached(outgoing, key, fetch, state)
    },
    drop: (slug) => {
      generations.set(slug, (generations.get(slug) ?? 0) + 1)
    },
  }
}

interface State {
  readonly kept: LRUCache<string, Kept>
  readonly flights: Flights
  /** Part of every key: what was kept, or asked for, before a drop is never found after it. */
  readonly generation: (slug: string) => number
  readonly now: () => number
}

/**
 * What an answer depends on: the endpoint and the connection it is entered by, who asks (unless the service is public), the request.
 * Undefined: nothing is kept of it.
 */
function keyOf({ place, url, headers, method = 'GET', scope }: Outgoing, { generation }: State): string | undefined {
  const policy = place.connection.cache
  if (policy === undefined || policy.ttlSeconds <= 0 || method !== 'GET') return undefined
  if (scope === undefined || place.identity === undefined) return undefined
  return JSON.stringify([place.slug, place.identity, generation(place.slug), policy.public === true ? [] : [scope], url, Object.entries(headers).toSorted(([a], [b]) => (a < b ? -1 : 1))])
}

async function cached(outgoing: Outgoing, key: string, fetch: Fetch, state: State): Promise<Incoming> {
  const { ttlSeconds = 0, staleIfErrorSeconds = 0 } = outgoing.place.connection.cache ?? {}
  const known = state.kept.get(key)
  const age = known === undefined ? Infinity : state.now() - known.at
  if (known !== undefined && age < ttlSeconds * 1000) return remembered(outgoing, known, 'hit', state)
  const flight = state.flights.get(key)
  if (flight !== undefined) {
    const landed = await withSignal(flight, outgoing.signal)
    return landed === undefined ? fetch(outgoing) : remembered(outgoing, landed, 'shared', state)
  }
  const mayBeStale = known !== undefined && age < (ttlSeconds + staleIfErrorSeconds) * 1000
  return fetched(outgoing, key, fetch, { state, known, mayBeStale })
}

interface Fetching {
  readonly state: State
  readonly known: Kept | undefined
  readonly mayBeStale: boolean
}

/** The one request others wait for. */
async function fetched(outgoing: Outgoing, key: string, fetch: Fetch, { state, known, mayBeStale }: Fetching): Promise<Incoming> {
  const { kept, flights, now } = state
  const landing = Promise.withResolvers<Kept | undefined>()
  flights.set(key, landing.promise)
  let landed: Kept | undefined
  try {
    const etag = known?.headers['etag']
    const incoming = await fetch(etag === undefined ? outgoing : { ...outgoing, headers: { ...outgoing.headers, 'if-none-match': etag } })
    if (known !== undefined && incoming.status === 304) {
      incoming.finish(0)
      landed = { ...known, at: now() }
      kept.set(key, landed)
      return remembered(outgoing, landed, 'revalidated', state)
    }
    if (mayBeStale && known !== undefined && isTrouble(incoming.status)) {
      incoming.finish(0)
      return remembered(outgoing, known, 'stale', state)
    }
    if (incoming.status !== 200) return incoming
    const { whole, answer } = await readWhole(incoming, outgoing)
    if (whole !== undefined && isComplete(whole)) {
      landed = { url: incoming.url, status: 200, headers: withoutEncoding(incoming.headers), body: whole, at: now() }
      kept.set(key, landed)
    }
    return answer
  } catch (error) {
    if (!mayBeStale || known === undefined || outgoing.signal.aborted || !isHubError(error) || !error.code.startsWith('HUB_SOURCE_')) throw error
    return remembered(outgoing, known, 'stale', state)
  } finally {
    flights.delete(key)
    landing.resolve(landed)
  }
}

const isTrouble = (status: number): boolean => status === 429 || status >= 500

/** The body is decoded already. */
function withoutEncoding(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'content-encoding' && name !== 'content-length'))
}

/** Reads a body that is not too large; a larger one is answered as it comes, what was read of it first. */
async function readWhole(incoming: Incoming, outgoing: Outgoing): Promise<{ readonly whole: Buffer | undefined; readonly answer: Incoming }> {
  const chunks: Buffer[] = []
  let size = 0
  const body = incoming.body[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  try {
    for (let next = await body.next(); next.done !== true; next = await body.next()) {
      chunks.push(next.value)
      size += next.value.length
      if (size > LARGEST_KEPT) return { whole: undefined, answer: { ...incoming, body: Readable.from(rest(chunks, body)) } }
    }
  } catch (error) {
    incoming.finish(0)
    throw bodyError(outgoing, error)
  }
  const whole = Buffer.concat(chunks)
  return { whole, answer: { ...incoming, headers: withoutEncoding(incoming.headers), body: Readable.from([whole]) } }
}

async function* rest(read: readonly Buffer[], body: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* read
  for (let next = await body.next(); next.done !== true; next = await body.next()) yield next.value
}

/** Only what is a whole collection, without an error in it, is good for later. */
function isComplete(body: Buffer): boolean {
  try {
    const scanner = new EnvelopeScanner(body.length)
    scanner.push(body)
    return !('error' in scanner.end())
  } catch {
    return false
  }
}

/** An answer from memory, reported as a request that cost nothing. */
function remembered(outgoing: Outgoing, { url, status, headers, body, at }: Kept, cache: CacheOutcome, { now }: State): Incoming {
  const ageMs = Math.max(0, now() - at)
  let open = true
  return {
    url, status, headers, body: Readable.from([body]),
    leaveLane: () => undefined,
    finish: (rows) => {
      if (!open) return
      open = false
      report(outgoing, { status, rows, bytes: body.length, ms: 0, queuedMs: 0, cache, ageMs })
    },
  }
}

/** @throws the signal's reason */
async function withSignal<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const give = (): void => aborted.reject(signal.reason as Error)
  signal.addEventListener('abort', give, { once: true })
  try {
    return await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', give)
  }
}
