import { hubError } from '@tributary/errors'
import { parseAccept, type JsonFormat } from '@tributary/odata-wire'
import { givesEntities, lastOperation, remoteAddress, type LastOperation, type RemoteAddress } from '@tributary/planner'
import type { RemoteCall } from '@tributary/source'
import { header, type Exchange } from '../http/exchange.js'
import { admits } from '../http/methods.js'
import { reading } from '../http/respond.js'
import type { Query, QueryServices } from '../odata/answer-query.js'
import { withinTime } from '../odata/request-limits.js'
import { clientReply } from '../relay/client-reply.js'
import { relayCall, withOptions } from '../relay/relay-call.js'
import { respondRelayed } from '../relay/respond-relayed.js'
import { requireParameters } from './action-body.js'
import { relayedOptions } from './relayed-options.js'
import { remoteLinks } from './remote-links.js'

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
  const ended = services.prober.answer()
  const timed = withinTime(exchange, services.limits.timeMs, timings)
  try {
    await answerCalled({ ...query, exchange: timed.exchange }, called, services)
  } catch (error) {
    throw timed.meaningOf(error)
  } finally {
    timed.end()
    ended()
  }
  return true
}

async function answerCalled(query: Query, called: LastOperation, { pool }: QueryServices): Promise<void> {
  const { exchange, exposure, root, url, protocol, preferences, timings } = query
  const endpoints = await pool.of(exposure)
  const address = remoteAddress(called.path, exposure, url.options.aliases)
  const { target } = endpoints.endpoint(address.endpoint)
  const format = isText(address) ? plain : parseAccept(header(exchange, 'accept'), url.options.format)
  const call = called.operation.kind === 'action' ? await actionCall(query, called, target.url) : functionCall()
  if (call.method === 'POST' && target.connection.writes === 'refused') {
    throw hubError('HUB_CHANGE_NOT_ALLOWED', { method: 'POST', resource: exchange.path, allowed: 'OPTIONS', reason: `the connection of ${target.slug} refuses changes`, hint: '' })
  }
  const path = withOptions(address.path, [...address.options, ...relayedOptions(url.options, exchange.query)])
  const headers = { accept: isText(address) ? '*/*' : acceptOf(format), ...call.headers }
  const reply = await relayCall({ ...call, endpoint: address.endpoint, path, headers }, { endpoints, timings, signal: exchange.signal })
  await respondRelayed(exchange, await clientReply(reply, {
    exposure, target, root, style: { ...format, prefixed: protocol.prefixed, omitNulls: preferences.omitNulls }, protocol,
    ...(address.set === undefined ? {} : { set: address.set }), ...(address.exposedType === undefined ? {} : { type: address.exposedType }),
  }))
}

/** Raw values and numbers of items have a format of their own. */
const isText = ({ addressed }: RemoteAddress): boolean => addressed === 'value' || addressed === 'count' || addressed === 'media'

const plain: JsonFormat = Object.freeze({ metadata: 'minimal', ieee754: false })

const acceptOf = ({ metadata, ieee754 }: JsonFormat): string => `application/json;odata.metadata=${metadata === 'full' ? 'full' : 'minimal'}${ieee754 ? ';IEEE754Compatible=true' : ''}`

type Call = Pick<RemoteCall, 'method' | 'headers' | 'body'>

const functionCall = (): Call => ({ method: 'GET', headers: {} })

async function actionCall({ exchange, root }: Query, { operation }: LastOperation, remoteRoot: string): Promise<Call> {
  const contentType = header(exchange, 'content-type')
  const body = await exchange.readBody()
  requireParameters(operation, body, contentType)
  const headers = { ...conditions(exchange), ...(body.length === 0 ? {} : { 'content-type': contentType ?? 'application/json' }) }
  return { method: 'POST', headers, ...(body.length === 0 ? {} : { body: remoteLinks(body, root, remoteRoot) }) }
}

/** What the source has to honour: entity tags, and whether its answer is wanted. */
function conditions(exchange: Exchange): Readonly<Record<string, string>> {
  const prefer = (header(exchange, 'prefer') ?? '').split(',').map((item) => item.trim()).filter((item) => /^return=/i.test(item)).join(', ')
  const kept = ['if-match', 'if-none-match'].flatMap((name) => {
    const value = header(exchange, name)
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(kept), ...(prefer === '' ? {} : { prefer }) }
}
