import { givesEntities, lastOperation } from '@tributary/planner'
import { admits } from '../http/methods.js'
import { reading } from '../http/respond.js'
import type { Query, QueryServices } from '../odata/answer-query.js'
import { refuseExplain } from '../odata/explain.js'
import { withinTime } from '../odata/request-limits.js'
import { relayCall } from '../relay/relay-call.js'
import { respondRelayed } from '../relay/respond-relayed.js'
import { prepareOperation } from './prepare-operation.js'

/**
 * Answers a request that calls an operation, by its source. False: it calls none, or a function whose entities are read as rows are.
 * @throws HUB_METHOD_NOT_ALLOWED, HUB_CHANGE_NOT_ALLOWED, HUB_REQUEST_INVALID, HUB_QUERY_*, HUB_RESOURCE_NOT_FOUND, HUB_SOURCE_*
 * @see OData Protocol 4.01, section 11.5
 */
export async function answerOperation(query: Query, services: QueryServices): Promise<boolean> {
  const { exchange, exposure, url, timings } = query
  const called = lastOperation(url, exposure)
  if (called === undefined) return false
  if (!admits(exchange, called.operation.kind === 'action' ? 'POST, OPTIONS' : reading)) return true
  if (givesEntities(exposure, called)) return false
  refuseExplain(url, `The operation ${called.segment.name}`)
  const ended = services.prober.answer()
  const timed = withinTime(exchange, services.limits.timeMs, timings)
  try {
    const own = { ...query, exchange: timed.exchange }
    const endpoints = await services.pool.of(exposure)
    const { call, answer } = await prepareOperation(own, called, { endpoints, tokens: services.tokens })
    timings.hasPlanned()
    const reply = await answer(await relayCall(call, { endpoints, timings, signal: own.exchange.signal }))
    await respondRelayed(own.exchange, { ...reply, headers: { ...reply.headers, 'server-timing': timings.serverTiming() } })
  } catch (error) {
    throw timed.meaningOf(error)
  } finally {
    timed.end()
    ended()
  }
  return true
}
