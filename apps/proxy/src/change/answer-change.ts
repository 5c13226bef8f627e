import { isHubError } from '@tributary/errors'
import { parseODataUrl } from '@tributary/odata-url'
import type { RequestLimits } from '@tributary/nest'
import type { EndpointPool } from '../data/endpoint-pool.js'
import type { Prober } from '../data/prober.js'
import { reading, respond, versionOf } from '../http/respond.js'
import type { PageTokens } from '../odata/page-token.js'
import { withinTime } from '../odata/request-limits.js'
import { namesFor } from '../odata/service-names.js'
import type { ServiceRequest } from '../odata/service-request.js'
import { Timings } from '../odata/timings.js'
import { relayCall } from '../relay/relay-call.js'
import { respondRelayed } from '../relay/respond-relayed.js'
import { allowedMethods } from './allowed-methods.js'
import { changeMethods } from './change-shape.js'
import { addressOf, prepareChange } from './prepare-change.js'

/** What changes are answered with. */
export interface ChangeServices {
  readonly pool: EndpointPool
  readonly prober: Prober
  readonly tokens: PageTokens
  readonly limits: Pick<RequestLimits, 'timeMs'>
}

/** True if the request would change something. */
export const isChange = ({ exchange }: Pick<ServiceRequest, 'exchange'>): boolean => changeMethods.some((method) => method === exchange.request.method)

/**
 * Sends a change to its source, once, and answers as the source did.
 * @throws as {@link prepareChange}, HUB_SOURCE_*, and HUB_LIMIT_TIME, after which the source may have done it or not
 */
export async function answerChange(given: ServiceRequest, { pool, prober, limits, tokens }: ChangeServices): Promise<void> {
  const ended = prober.answer()
  const timings = new Timings()
  const timed = withinTime(given.exchange, limits.timeMs, timings)
  const asked = { ...given, exchange: timed.exchange }
  try {
    const endpoints = await pool.of(asked.exposure)
    const { call, answer } = await prepareChange(asked, { endpoints, tokens })
    timings.hasPlanned()
    const reply = await answer(await relayCall(call, { endpoints, timings, signal: asked.exchange.signal }))
    await respondRelayed(asked.exchange, { ...reply, headers: { ...reply.headers, 'server-timing': timings.serverTiming() } })
  } catch (error) {
    throw timed.meaningOf(error)
  } finally {
    timed.end()
    ended()
  }
}

/** Answers OPTIONS with the methods there are. @throws HUB_RESOURCE_NOT_FOUND, HUB_QUERY_* */
export async function answerOptions(asked: ServiceRequest, { pool }: Pick<ChangeServices, 'pool'>): Promise<void> {
  const { exchange, exposure } = asked
  const url = parseODataUrl(asked.path, exchange.query, namesFor(exposure.model))
  const allow = url.resource.kind === 'path' ? await allowedAt(asked, url, pool) : reading
  respond(exchange, 204, { headers: { allow, ...versionOf(exchange) } })
}

/** What no source knows as a whole can be read all the same: we join it. */
async function allowedAt(asked: ServiceRequest, url: ReturnType<typeof parseODataUrl>, pool: EndpointPool): Promise<string> {
  try {
    return allowedMethods(addressOf(url, asked), asked.exposure, await pool.of(asked.exposure))
  } catch (error) {
    if (isHubError(error) && (error.status === 501 || error.status === 405)) return reading
    throw error
  }
}
