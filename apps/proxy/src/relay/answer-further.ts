import { parseAccept } from '@tributary/odata-wire'
import { header } from '../http/exchange.js'
import { admits } from '../http/methods.js'
import { reading } from '../http/respond.js'
import type { Query, QueryServices } from '../odata/answer-query.js'
import { refuseExplain } from '../odata/explain.js'
import { withinTime } from '../odata/request-limits.js'
import { clientReply } from './client-reply.js'
import { furtherPages, isFurther, openFurther } from './further-pages.js'
import { acceptOf, relayCall } from './relay-call.js'
import { respondRelayed } from './respond-relayed.js'

/**
 * Answers a request for a further page of what a source gave as it is: the result of an operation, or a collection within the answer to a
 * change. False: it asks for none.
 * @throws HUB_TOKEN_EXPIRED, HUB_METHOD_NOT_ALLOWED, HUB_FORMAT_UNSUPPORTED, HUB_SOURCE_*
 */
export async function answersFurther(query: Query, services: QueryServices): Promise<boolean> {
  const { url, exchange, exposure, root, path, protocol, preferences, timings } = query
  const { skiptoken } = url.options
  if (!isFurther(skiptoken)) return false
  if (!admits(exchange, reading)) return true
  refuseExplain(url, 'A further page of what a source gave')
  const { link, endpoint, type, set: setName } = openFurther(skiptoken, { exposure, path, tokens: services.tokens })
  const timed = withinTime(exchange, services.limits.timeMs, timings)
  try {
    const endpoints = await services.pool.of(exposure)
    const { target } = endpoints.endpoint(endpoint)
    const format = parseAccept(header(exchange, 'accept'), url.options.format)
    const set = setName === undefined ? undefined : exposure.sets.get(setName)
    const size = preferences.maxPageSize === undefined ? {} : { prefer: `odata.maxpagesize=${preferences.maxPageSize}` }
    const reply = await relayCall({ endpoint, method: 'GET', path: link, headers: { accept: acceptOf(format), ...size } }, { endpoints, timings, signal: timed.exchange.signal })
    const shown = await clientReply(reply, {
      exposure, target, root, protocol, called: link, further: furtherPages({ exchange, exposure, path, tokens: services.tokens }, target),
      style: { ...format, prefixed: protocol.prefixed, omit: preferences.omit },
      ...(set === undefined ? {} : { set }), ...(type === undefined ? {} : { type: { name: type, collection: true } }),
    })
    await respondRelayed(timed.exchange, shown)
    return true
  } catch (error) {
    throw timed.meaningOf(error)
  } finally {
    timed.end()
  }
}
