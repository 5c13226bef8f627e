import { hubError } from '@tributary/errors'
import { parseODataUrl, type ODataUrl, type QueryOptions } from '@tributary/odata-url'
import { jsonTreeText, MalformedJson, negotiateVersion, parseAccept, readJsonTree, type JsonStyle, type JsonTree } from '@tributary/odata-wire'
import { remoteAddress, remoteSelect, type RemoteAddress } from '@tributary/planner'
import type { Endpoints, OpenEndpoint, RemoteReply } from '@tributary/source'
import { header, type Exchange } from '../http/exchange.js'
import { streamHeaders } from '../http/read-body.js'
import type { PageTokens } from '../odata/page-token.js'
import { refuseExplain } from '../odata/explain.js'
import { namesFor } from '../odata/service-names.js'
import type { ServiceRequest } from '../odata/service-request.js'
import { clientReply, type ClientReply, type ReplyWish } from '../relay/client-reply.js'
import { furtherPages } from '../relay/further-pages.js'
import { withOptions, type SourceCall } from '../relay/relay-call.js'
import { allowedMethods } from './allowed-methods.js'
import { changeHeaders, jsonBodyType, requireOffered } from './change-headers.js'
import { changeMethods, changeShape, type ChangeMethod, type ChangeShape } from './change-shape.js'
import { needs401, olderShape } from './older-shape.js'
import { requireSent } from './permission.js'
import { PayloadRewriter } from './request-payload.js'
import { remoteReference } from './references.js'

/** A change in the words of its source, and the source's answer in ours. */
export interface PreparedChange {
  readonly call: SourceCall
  /** @throws HUB_SOURCE_REJECTED, HUB_SOURCE_FAILED, HUB_SOURCE_INVALID */
  readonly answer: (reply: RemoteReply) => Promise<ClientReply>
}

/** What a change is prepared with. */
export interface ChangeParts {
  readonly endpoints: Endpoints
  /** For links to further pages of what the source answers. */
  readonly tokens: PageTokens
  /** Ids of requests done together with this one, to which its body may refer. */
  readonly ids?: ReadonlySet<string>
  /** `asWritten`: the path begins with what stands in for an entity that is not there yet, whose key no other is completed with. */
  readonly keys?: 'asWritten'
}

/**
 * Checks a change and puts it into the words of its source; nothing is sent yet.
 * @throws HUB_CHANGE_NOT_ALLOWED, HUB_METHOD_NOT_ALLOWED, HUB_PAYLOAD_INVALID, HUB_REQUEST_SPANS_SOURCES, HUB_CONTENT_UNSUPPORTED, HUB_QUERY_*,
 * HUB_RESOURCE_NOT_FOUND, HUB_ISOLATION_UNSUPPORTED, HUB_LIMIT_EXCEEDED, HUB_FORMAT_UNSUPPORTED
 * @see OData Protocol 4.01, section 11.4
 */
export async function prepareChange(asked: ServiceRequest, parts: ChangeParts): Promise<PreparedChange> {
  const { exchange, exposure, root } = asked
  requireOffered(exchange)
  const url = parseODataUrl(asked.path, exchange.query, namesFor(exposure.model))
  refuseExplain(url, 'A change')
  const address = addressOf(url, asked, parts.keys)
  const endpoint = parts.endpoints.endpoint(address.endpoint)
  const shape = requireShape(asked, address, parts.endpoints)
  const protocol = negotiateVersion(header(exchange, 'odata-maxversion'))
  const style: JsonStyle = { ...parseAccept(shape.body === 'bytes' ? undefined : header(exchange, 'accept'), url.options.format), prefixed: protocol.prefixed }
  const body = await bodyOf({ asked, address, endpoint, shape, parts })
  const { target } = endpoint
  const newest = body.newest && header(exchange, 'odata-version') !== '4.0'
  const call: SourceCall = {
    endpoint: address.endpoint,
    method: shape.method,
    path: withOptions(address.path, optionsOf(url.options, { asked, address, endpoint, shape, parts })),
    headers: { ...changeHeaders(exchange, { target, style, newest }), ...body.headers },
    ...(body.bytes === undefined ? {} : { body: body.bytes }),
  }
  const wish: ReplyWish = {
    exposure, target, root, called: call.path, further: furtherPages({ exchange, exposure, path: asked.path, tokens: parts.tokens }, target), style, protocol, ...answered(address, shape), jsonOnly: shape.body !== 'bytes', options: url.options,
    ...(url.options.select === undefined ? {} : { selectList: selectListOf(url.options) }),
  }
  return { call, answer: (reply) => clientReply(reply, wish) }
}

/** A change whose shape is settled. */
interface Shaped extends ChangeShape {
  readonly method: ChangeMethod
}

interface Planned {
  readonly asked: ServiceRequest
  readonly address: RemoteAddress
  readonly endpoint: OpenEndpoint
  readonly shape: Shaped
  readonly parts: ChangeParts
}

/** @throws HUB_RESOURCE_NOT_FOUND, HUB_METHOD_NOT_ALLOWED for the service itself */
export function addressOf({ resource, options }: ODataUrl, { exchange, exposure }: Pick<ServiceRequest, 'exchange' | 'exposure'>, keys: ChangeParts['keys'] = undefined): RemoteAddress {
  // What crosses all sets is only read.
  if (resource.kind === 'path' && !resource.segments.some(({ kind }) => kind === 'crossjoin' || kind === 'all')) return remoteAddress(resource.segments, exposure, options.aliases, keys)
  throw hubError('HUB_METHOD_NOT_ALLOWED', { method: exchange.request.method ?? '', resource: exchange.path, allowed: 'GET, HEAD, OPTIONS' })
}

function requireShape({ exchange, exposure }: ServiceRequest, address: RemoteAddress, endpoints: Endpoints): Shaped {
  const { method = '' } = exchange.request
  const allowed = allowedMethods(address, exposure, endpoints)
  const known = changeMethods.find((one) => one === method)
  const shape = known === undefined ? undefined : changeShape(known, address, exposure)
  if (known === undefined || shape === undefined) throw hubError('HUB_METHOD_NOT_ALLOWED', { method, resource: exchange.path, allowed })
  requireSent(shape, { exposure, address, endpoint: endpoints.endpoint(address.endpoint) }, { method, resource: exchange.path, allowed })
  return { ...shape, method: known }
}

/** What the source's answer holds. */
function answered({ addressed, set, exposedType }: RemoteAddress, { body, method }: Shaped): Pick<ReplyWish, 'set' | 'type'> {
  if (addressed === 'ref' || addressed === 'value' || exposedType === undefined) return set === undefined ? {} : { set }
  // What is said of each of several is a collection.
  if (addressed === 'each') return { ...(set === undefined ? {} : { set }), type: { ...exposedType, collection: true } }
  const single = addressed === 'media' || (method === 'POST' && addressed === 'entities') || body === 'none'
  return { ...(set === undefined ? {} : { set }), type: { ...exposedType, collection: single ? false : exposedType.collection } }
}

const selectListOf = ({ select = [] }: QueryOptions): string =>
  select.map((item) => (item.kind === 'path' ? item.segments.map((segment) => ('name' in segment ? segment.name : '')).join('/') : '*')).join(',')

/** Options that a change may have: they shape its answer, or say more of what is meant. */
const meaningful: ReadonlySet<string> = new Set(['$select', '$expand', '$format', '$id', '$index', '$schemaversion'])

function optionsOf(options: QueryOptions, { asked, address, endpoint: { target }, shape, parts }: Planned): readonly string[] {
  const strange = [...options.spans.keys()].find((name) => !meaningful.has(name) && !(name === '$filter' && answersCollection(address, shape)) && !name.startsWith('@'))
  if (strange !== undefined) throw hubError('HUB_QUERY_INVALID', { what: `The option ${strange} means nothing to a change.`, hint: 'A change may have $select and $expand, which shape its answer.' }, { target: strange })
  const { exposure, root } = asked
  const { set, exposedType } = address
  // What the path needs is with it already.
  const aliases = new Map([...options.aliases].filter(([name]) => !address.options.some((option) => option.startsWith(`@${encodeURIComponent(name)}=`))))
  const shown = remoteSelect({ ...options, aliases }, { exposure, endpoint: target.slug, ...(set === undefined ? {} : { set }), ...(exposedType === undefined ? {} : { type: exposedType.name }) })
  return [...address.options, ...(shown === '' ? [] : [shown]), ...idOption(options.id, { exposure, root, target, ...(parts.ids === undefined ? {} : { ids: parts.ids }) }, shape), ...(options.index === undefined ? [] : [`$index=${options.index}`])]
}

/** Some members of what a change answers with may be asked for; which of its changes a delta tells is settled. @see OData Protocol 4.01, section 11.4.1.5 */
const answersCollection = ({ addressed, exposedType }: RemoteAddress, { body }: Shaped): boolean =>
  addressed === 'each' || (body !== 'collection' && body !== 'entity' && body !== 'reference' && exposedType?.collection === true)

function idOption(id: string | undefined, place: Parameters<typeof remoteReference>[2], { method, body }: Shaped): readonly string[] {
  if (id === undefined) return []
  if (method !== 'DELETE' || body !== 'none') throw hubError('HUB_QUERY_INVALID', { what: 'The option $id says which reference is deleted.', hint: 'Send it with DELETE …/$ref.' }, { target: '$id' })
  return [`$id=${encodeURIComponent(remoteReference(id, '$id', place))}`]
}

interface PreparedBody {
  readonly bytes?: Buffer | AsyncIterable<Buffer>
  readonly headers: Readonly<Record<string, string>>
  /** It says what only 4.01 has words for. */
  readonly newest: boolean
}

async function bodyOf(planned: Planned): Promise<PreparedBody> {
  const { exchange } = planned.asked
  const { body: shape } = planned.shape
  if (shape === 'none') return { headers: {}, newest: false }
  const type = header(exchange, 'content-type')
  if (shape === 'bytes') {
    if (type === undefined) throw hubError('HUB_CONTENT_UNSUPPORTED', { type: 'none', known: 'any, if it is named' }, { target: 'Content-Type' })
    return { bytes: exchange.streamBody(), headers: { 'content-type': type, ...streamHeaders(exchange.request.headers) }, newest: false }
  }
  const json = jsonBodyType(type)
  if (json === undefined) throw hubError('HUB_CONTENT_UNSUPPORTED', { type: type ?? 'none', known: 'application/json' }, { target: 'Content-Type' })
  const { tree, newest } = rewritten(await jsonOf(exchange), planned)
  return { bytes: Buffer.from(jsonTreeText(tree)), headers: { 'content-type': `application/json${json.ieee754 ? ';IEEE754Compatible=true' : ''}` }, newest }
}

/** @throws HUB_PAYLOAD_INVALID with line and column */
async function jsonOf(exchange: Exchange): Promise<JsonTree> {
  const bytes = await exchange.readBody()
  try {
    return readJsonTree(bytes)
  } catch (error) {
    if (!(error instanceof MalformedJson)) throw error
    throw hubError('HUB_PAYLOAD_INVALID', { path: `line ${error.line}, column ${error.column}`, reason: error.reason, hint: '' })
  }
}

function rewritten(tree: JsonTree, { asked, address, endpoint: { target }, shape, parts }: Planned): { readonly tree: JsonTree; readonly newest: boolean } {
  const { exposure, root } = asked
  const { exposedType, set } = address
  const meant = { exposure, ...(exposedType === undefined ? {} : { type: exposedType.name }), ...(set === undefined ? {} : { set }), exists: shape.kind === 'update' }
  const rewriter = new PayloadRewriter(meant, { exposure, root, target, ...(parts.ids === undefined ? {} : { ids: parts.ids }) })
  switch (shape.body) {
    case 'collection': return { tree: rewriter.collection(tree), newest: true }
    case 'reference': return { tree: rewriter.reference(tree), newest: false }
    case 'property': return { tree: rewriter.property(tree, exposedType === undefined ? undefined : { ...exposedType, collection: exposedType.collection && shape.method !== 'POST', nullable: true, facets: {} }), newest: false }
    default: {
      const whole = rewriter.entity(tree)
      // In an update of 4.0 a list of references adds to a collection; in one of 4.01 it is the collection.
      const newest = needs401(whole) || (shape.kind === 'update' && rewriter.isDeep)
      return { tree: newest ? whole : olderShape(whole), newest }
    }
  }
}
