import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import { isHubError, type HubError } from '@tributary/errors'
import { addressOf, guardedLookup, requireAllowed, type AddressGuard } from './address-guard.js'
import { createBreaker, type Breaker } from './breaker.js'
import { CLOSED, exchangeIn, isSafe, type Incoming, type Outgoing, type PoolOf } from './exchange.js'
import { hedged, systemTimer, type Timer } from './hedging.js'
import type { Lanes } from './lanes.js'
import { createPageCache } from './page-cache.js'
import { createLatencies, type Latencies } from './latencies.js'

export { bodyError, CLOSED, CUT_OFF, isStream, type Incoming, type Outgoing } from './exchange.js'

export interface Transport {
  /**
   * Sends a request and answers with whatever status the remote gives, retries done.
   * @throws HUB_SOURCE_UNREACHABLE, HUB_SOURCE_SUSPENDED, HUB_SOURCE_TIMEOUT, HUB_SOURCE_LINK_REFUSED, HUB_SOURCE_ADDRESS_REFUSED, or the signal's reason
   */
  send(outgoing: Outgoing): Promise<Incoming>
  /** Answers kept of an endpoint are not given any more. */
  forget(slug: string): void
  close(): Promise<void>
}

const ATTEMPTS = 3
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 10_000

/** What sending needs of its surroundings. */
interface Ways {
  readonly lanes: Lanes
  readonly breaker: Breaker
  readonly latencies: Latencies
  readonly poolOf: PoolOf
  readonly timer: Timer
}

export interface TransportOptions {
  /** Which addresses may be connected to; all of them where it is left out. */
  readonly guard?: AddressGuard
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** Tells when a read has waited so long that it may be sent a second time. */
  readonly timer?: Timer
}

/**
 * One keep-alive pool per origin. Reads are repeated after a fault that may pass, with pauses; a source that keeps failing is left alone
 * for a while, one that has too much to do is asked less, one that is slower than usual may be asked twice.
 */
export function createTransport(lanes: Lanes, { guard, now = Date.now, timer = systemTimer }: TransportOptions = {}): Transport {
  const pools = new Map<string, { readonly pool: Pool; readonly address: string | undefined }>()
  const poolOf = (origin: string, url: string): Pool => {
    const known = pools.get(origin)
    const address = known === undefined ? addressOf(origin) : known.address
    if (guard !== undefined && address !== undefined) requireAllowed(guard, address, url)
    if (known !== undefined) return known.pool
    const pool = new Pool(origin, { connections: null, pipelining: 1, keepAliveTimeout: 4_000, ...(guard === undefined ? {} : { connect: { lookup: guardedLookup(guard, origin) } }) })
    pools.set(origin, { pool, address })
    return pool
  }
  const pages = createPageCache(now)
  const ways: Ways = { lanes, breaker: createBreaker(now), latencies: createLatencies(), poolOf, timer }
  return {
    send: async (outgoing) => heard(outgoing, await pages.send(inLanguages(outgoing), (given) => judged(given, ways))),
    forget: (slug) => pages.drop(slug),
    close: async () => {
      const open = [...pools.values()]
      pools.clear()
      await Promise.all(open.map(({ pool }) => pool.destroy()))
    },
  }
}

/** The request with the languages that are wanted: what is kept of its answer is kept for these. */
function inLanguages(outgoing: Outgoing): Outgoing {
  const accepted = outgoing.languages?.accepted
  return accepted === undefined ? outgoing : { ...outgoing, headers: { ...outgoing.headers, 'accept-language': accepted } }
}

function heard({ languages }: Outgoing, incoming: Incoming): Incoming {
  const told = incoming.headers['content-language']
  if (told !== undefined) languages?.heard(told)
  return incoming
}

/** Tells the breaker what came of a request. */
async function judged(outgoing: Outgoing, ways: Ways): Promise<Incoming> {
  const { breaker } = ways
  const { place } = outgoing
  if (outgoing.insists !== true) breaker.admit(place)
  try {
    const incoming = await patiently(outgoing, ways)
    const asked = incoming.status === 429 || incoming.status === 503 ? retryAfterOf(incoming) : undefined
    if (asked !== undefined && asked > LONGEST_PAUSE_MS) breaker.pausedBy(place, `it answered ${incoming.status} and asked to be left alone`, asked)
    else if (isAway(incoming.status)) breaker.failed(place, `it answered ${incoming.status}`)
    else breaker.answered(place)
    return incoming
  } catch (error) {
    if (!outgoing.signal.aborted && isHubError(error) && !isOverLength(error, outgoing.url) && (error.code === 'HUB_SOURCE_UNREACHABLE' || error.code === 'HUB_SOURCE_TIMEOUT')) breaker.failed(place, reasonOf(error))
    else breaker.nothing(place)
    throw error
  }
}

/** Every server takes shorter URLs. Longer ones are answered with 404 by some, and by a closed connection by others. */
const LONG_URL = 1_000
export const isLong = (url: string): boolean => url.length > LONG_URL

/** Whether a connection ended over a long URL, which says nothing of the source but that it wants shorter ones. */
export const isOverLength = (error: HubError, url: string): boolean => error.code === 'HUB_SOURCE_UNREACHABLE' && error.params['reason'] === CLOSED && isLong(url)

const reasonOf = (error: { readonly params: Readonly<Record<string, string | number>> }): string =>
  'reason' in error.params ? String(error.params['reason']) : `no answer within ${String(error.params['timeoutMs'])} ms`

/** What a gateway says for a source that is not there. */
const isAway = (status: number): boolean => status === 502 || status === 503 || status === 504
const isBusy = (status: number): boolean => status === 429 || (status >= 500 && status !== 501)

async function patiently(outgoing: Outgoing, ways: Ways): Promise<Incoming> {
  const deadline = performance.now() + 2 * outgoing.place.connection.timeoutMs
  for (let attempt = 1; ; attempt++) {
    const again = attempt < ATTEMPTS && isSafe(outgoing) && performance.now() < deadline
    const found = await attempted(outgoing, ways, attempt)
    const pause = again ? found.pause : undefined
    if (pause === undefined) {
      if (found.incoming === undefined) throw found.error
      return found.incoming
    }
    found.incoming?.finish(0)
    await sleep(pause, undefined, { signal: outgoing.signal })
  }
}

/** What came of one attempt; `pause`: how long to wait before another one may help. */
interface Attempt {
  readonly incoming?: Incoming
  readonly error?: unknown
  readonly pause?: number | undefined
}

async function attempted(outgoing: Outgoing, ways: Ways, attempt: number): Promise<Attempt> {
  const { place, signal, asker } = outgoing
  const lane = await ways.lanes.enter(place.url, signal, asker)
  const incoming = await (outgoing.hedges === true ? hedged(outgoing, lane, ways) : exchangeIn(outgoing, lane, ways.poolOf)).catch((error: unknown): Attempt => {
    lane.release()
    return { error, ...(isPassing(error) && !signal.aborted ? { pause: jittered(attempt) } : {}) }
  })
  if (!('status' in incoming)) return incoming
  if (!isBusy(incoming.status)) {
    lane.answered()
    return { incoming }
  }
  const asked = retryAfterOf(incoming)
  const tolerable = asked === undefined || asked <= Math.min(LONGEST_PAUSE_MS, place.connection.timeoutMs)
  // Whoever else waits for the source waits as long as it asks for.
  if (incoming.status === 429 || incoming.status === 503) lane.pushedBack(tolerable ? asked ?? 0 : 0)
  return { incoming, ...(tolerable ? { pause: asked ?? jittered(attempt) } : {}) }
}

/** A connection that was refused or lost may be taken a moment later. */
const isPassing = (error: unknown): boolean => isHubError(error) && error.code === 'HUB_SOURCE_UNREACHABLE'

const jittered = (attempt: number): number => FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random())

/** Milliseconds the remote asks to be left alone; undefined: it does not say. */
function retryAfterOf({ headers }: Incoming): number | undefined {
  const told = headers['retry-after']
  if (told === undefined) return undefined
  const asked = /^\d+$/.test(told) ? Number(told) * 1000 : Date.parse(told) - Date.now()
  return Number.isNaN(asked) ? undefined : Math.max(asked, 0)
}
