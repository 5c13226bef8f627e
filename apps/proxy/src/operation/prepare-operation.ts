import { hubError } from '@tributary/errors'
import { jsonTreeText, parseAccept, splitHeader, type JsonFormat } from '@tributary/odata-wire'
import { ownParameters, remoteAddress, remoteNaming, type LastOperation, type RemoteAddress } from '@tributary/planner'
import type { RemoteCall, Target } from '@tributary/source'
import type { ChangeParts, PreparedChange } from '../change/prepare-change.js'
import { PayloadRewriter } from '../change/request-payload.js'
import { header, type Exchange } from '../http/exchange.js'
import type { Query } from '../odata/answer-query.js'
import { clientReply } from '../relay/client-reply.js'
import { furtherPages } from '../relay/further-pages.js'
import { acceptOf, withOptions } from '../relay/relay-call.js'
import { givenParameters } from './action-body.js'
import { relayedOptions } from './relayed-options.js'
import { remoteLinks } from './remote-links.js'

/**
 * Puts a call into the words of its source; nothing is sent yet.
 * @throws HUB_CHANGE_NOT_ALLOWED, HUB_REQUEST_INVALID, HUB_CONTENT_UNSUPPORTED, HUB_FORMAT_UNSUPPORTED
 */
export async function prepareOperation(query: Query, called: LastOperation, { endpoints, tokens }: Pick<ChangeParts, 'endpoints' | 'tokens'>): Promise<PreparedChange> {
  const { exchange, exposure, root, url, protocol, preferences } = query
  const address = remoteAddress(called.path, exposure, url.options.aliases)
  const { target } = endpoints.endpoint(address.endpoint)
  const format = isText(address) ? plain : parseAccept(header(exchange, 'accept'), url.options.format)
  const call = called.operation.kind === 'action' ? await actionCall(query, called, target) : functionCall(exchange)
  if (call.method === 'POST' && target.connection.writes === 'refused') {
    throw hubError('HUB_CHANGE_NOT_ALLOWED', { method: 'POST', resource: exchange.path, allowed: 'OPTIONS', reason: `the connection of ${target.slug} refuses changes`, hint: '' })
  }
  const path = withOptions(address.path, [...address.options, ...relayedOptions(url.options, exchange.query, { exposure, endpoint: address.endpoint, ...(address.set === undefined ? {} : { set: address.set }), ...(address.exposedType === undefined ? {} : { type: address.exposedType.name }) })])
  const headers = { accept: isText(address) ? '*/*' : acceptOf(format), ...call.headers }
  const wish = {
    exposure, target, root, called: path, further: furtherPages({ exchange, exposure, path: query.path, tokens }, target), style: { ...format, prefixed: protocol.prefixed, omit: preferences.omit }, protocol, options: url.options,
    ...(address.set === undefined ? {} : { set: address.set }), ...(address.exposedType === undefined ? {} : { type: address.exposedType }),
  }
  return { call: { ...call, endpoint: address.endpoint, path, headers }, answer: (reply) => clientReply(reply, wish) }
}

/** Raw values and numbers of items have a format of their own. */
const isText = ({ addressed }: RemoteAddress): boolean => addressed === 'value' || addressed === 'count' || addressed === 'media'

const plain: JsonFormat = Object.freeze({ metadata: 'minimal', ieee754: false })

type Call = Pick<RemoteCall, 'method' | 'headers' | 'body'>

/** A function may be bound to a version of what it is called on. @see OData Protocol 4.01, section 11.5.4.1 */
const functionCall = (exchange: Exchange): Call => ({ method: 'GET', headers: conditions(exchange) })

async function actionCall({ exchange, exposure, root }: Query, { operation }: LastOperation, target: Target): Promise<Call> {
  const contentType = header(exchange, 'content-type')
  const body = await exchange.readBody()
  const given = givenParameters(exposure.model, operation, body, contentType)
  const headers = { ...conditions(exchange), ...(body.length === 0 ? {} : { 'content-type': contentType ?? 'application/json' }) }
  return { method: 'POST', headers, ...(given === undefined ? {} : { body: remoteNaming(exposure, target.slug).same ? remoteLinks(body, root, target.url) : Buffer.from(jsonTreeText(new PayloadRewriter({ exposure }, { exposure, root, target }).parameters(given, ownParameters(operation)))) }) }
}

/** What the source has to honour: entity tags, and how its answer is wanted. */
function conditions(exchange: Exchange): Readonly<Record<string, string>> {
  const kept = ['if-match', 'if-none-match'].flatMap((name) => {
    const value = header(exchange, name)
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(kept), ...wishes(exchange) }
}

/** Preferences that only whoever makes the answer can honour, and the languages it may be in. */
function wishes(exchange: Exchange): Readonly<Record<string, string>> {
  const prefer = splitHeader(header(exchange, 'prefer') ?? '').filter((item) => /^(?:odata\.)?(?:return|maxpagesize|omit-values|include-annotations|continue-on-error|handling)\b/i.test(item))
  const languages = header(exchange, 'accept-language')
  return { ...(prefer.length === 0 ? {} : { prefer: prefer.join(', ') }), ...(languages === undefined ? {} : { 'accept-language': languages }) }
}
