import { linkedAbort } from '@tributary/source'
import { exchangeIn, report, type Incoming, type Outgoing, type PoolOf } from './exchange.js'
import type { Lane, Lanes } from './lanes.js'
import type { Latencies } from './latencies.js'

interface Ways {
  readonly lanes: Lanes
  readonly latencies: Latencies
  readonly poolOf: PoolOf
  readonly timer: Timer
}

/** Tells when so many milliseconds have gone by, unless it is stopped. */
export type Timer = (ms: number) => { readonly over: Promise<undefined>; stop(): void }

/** By the system's clock. */
export function systemTimer(ms: number): ReturnType<Timer> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const running = setTimeout(() => resolve(undefined), ms)
  return { over: promise, stop: () => clearTimeout(running) }
}

/** One of two equal requests. */
interface Runner {
  readonly lane: Lane
  readonly answer: Promise<Incoming>
  readonly cancel: () => void
}

/**
 * Sends a read, and once more if the source is slower than it is nineteen times of twenty and has a lane to spare; whichever answers first
 * counts, the other one is cancelled. Only a small share of requests is sent twice.
 * @throws what the last of the requests failed with
 */
export async function hedged(outgoing: Outgoing, lane: Lane, ways: Ways): Promise<Incoming> {
  const { latencies } = ways
  const source = outgoing.place.url
  latencies.sent(source)
  const began = performance.now()
  const wait = latencies.hedgeAfter(source)
  const incoming = wait === undefined ? await exchangeIn(outgoing, lane, ways.poolOf) : await raced(outgoing, lane, { ...ways, wait })
  if (incoming.status < 400) latencies.answered(source, performance.now() - began)
  return incoming
}

async function raced(outgoing: Outgoing, lane: Lane, { wait, lanes, latencies, poolOf, timer }: Ways & { readonly wait: number }): Promise<Incoming> {
  const source = outgoing.place.url
  const first = started(outgoing, lane, poolOf)
  const slow = timer(wait)
  const early = await Promise.race([first.answer, slow.over]).finally(() => slow.stop())
  if (early !== undefined) return early
  const spare = lanes.spare(source)
  if (spare === undefined) return first.answer
  latencies.hedged(source)
  const second = started(outgoing, spare, poolOf)
  const winner = await Promise.any([first.answer.then(() => first), second.answer.then(() => second)]).catch(() => first)
  const loser = winner === first ? second : first
  loser.cancel()
  return winner.answer
}

function started(outgoing: Outgoing, lane: Lane, poolOf: PoolOf): Runner {
  const cancelled = linkedAbort(outgoing.signal)
  const began = performance.now()
  const answer = exchangeIn({ ...outgoing, signal: cancelled.signal }, lane, poolOf)
  answer.then((incoming) => incoming.body.once('close', cancelled.unlink), cancelled.unlink)
  return {
    lane,
    answer,
    cancel: () => {
      cancelled.abort(new Error('the other of two equal requests was answered first'))
      answer.then((incoming) => incoming.finish(0), () => {
        lane.release()
        report(outgoing, { status: 0, rows: 0, bytes: 0, ms: performance.now() - began, queuedMs: lane.queuedMs })
      })
    },
  }
}
