import { getEventListeners } from 'node:events'
import { hubError, isHubError } from '@tributary/errors'
import type { RequestLimits } from '@tributary/nest'
import { defaultLimits, type ExecutionLimits } from '@tributary/operators'
import { type Page } from '@tributary/plan'
import { deadline, linkedAbort } from '@tributary/source'
import type { EmbeddedEngine } from '../data/embedded-engine.js'
import type { Exchange } from '../http/exchange.js'
import type { Timings } from './timings.js'

/** What the engine may use for one request. */
export const executionLimits = ({ rowsRead, bytesBuffered, remoteRequests }: RequestLimits, embedded?: EmbeddedEngine): ExecutionLimits =>
  ({ ...defaultLimits, rowsRead, bytesBuffered, remoteRequests, ...(embedded === undefined ? {} : { engineFrom: embedded.fromRows }) })

/** An exchange whose signal ends with the time a request may take, too. */
export interface TimedExchange<Timed> {
  readonly exchange: Timed
  /** What to throw for an error that may only be the echo of the time's end. */
  readonly meaningOf: (error: unknown) => unknown
  readonly end: () => void
}

/** Ends the request after `timeMs`: every read of a source is cancelled. */
export function withinTime<Timed extends Pick<Exchange, 'signal'>>(exchange: Timed, timeMs: number, timings: Timings): TimedExchange<Timed> {
  if (timeMs === 0) return { exchange, meaningOf: (error) => error, end: () => undefined }
  const { signal } = exchange
  const ending = linkedAbort(signal)
  let late: Error | undefined
  const lift = deadline(timeMs, () => {
    late = hubError('HUB_LIMIT_TIME', { limit: timeMs, reached: timings.requests.length })
    ending.abort(late)
  })
  return {
    exchange: { ...exchange, signal: ending.signal },
    meaningOf: (error) => (late !== undefined && !signal.aborted && !isHubError(error) ? late : error),
    end: () => {
      lift()
      ending.unlink()
      // What still reads ahead stops; telling nobody costs as much as telling somebody.
      if (getEventListeners(ending.signal, 'abort').length > 0) ending.abort()
    },
  }
}

/** Passes pages on as long as the answer has no more rows than it may. @throws HUB_LIMIT_ROWS_OUT */
export async function* atMost(pages: AsyncIterable<Page>, rowsOut: number): AsyncGenerator<Page> {
  let given = 0
  for await (const page of pages) {
    given += page.kind === 'rows' ? page.rows.length : page.offsets.length >> 1
    if (given > rowsOut) throw hubError('HUB_LIMIT_ROWS_OUT', { limit: rowsOut })
    yield page
  }
}
