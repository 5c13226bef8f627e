import type { ODataUrl } from '@tributary/odata-url'
import { hubError, isHubError } from '@tributary/errors'
import { hasMedia, remoteAddress, type RemoteAddress } from '@tributary/planner'
import type { Exposure } from '@tributary/catalog'
import type { RemoteReply } from '@tributary/source'
import { header } from '../http/exchange.js'
import type { Headers } from '../http/respond.js'
import { relayCall, withOptions } from '../relay/relay-call.js'
import { respondRelayed } from '../relay/respond-relayed.js'
import { sourceError } from '../relay/source-error.js'
import { sourceLinks } from '../relay/source-links.js'
import type { Query, QueryServices } from './answer-query.js'

/** Which part of which version is wanted; the source answers it. */
const asked = ['accept', 'accept-language', 'range', 'if-range', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'] as const
const told = ['content-type', 'content-length', 'content-disposition', 'content-language', 'content-range', 'accept-ranges', 'etag', 'last-modified'] as const

/**
 * The stream a path addresses: a media entity's by `/$value`, or a property of type Edm.Stream. Undefined: it addresses none.
 * @throws HUB_QUERY_INVALID for `/$value` of an entity that is no media entity, HUB_REQUEST_SPANS_SOURCES, HUB_RESOURCE_NOT_FOUND
 */
export function streamAddress({ resource, options }: ODataUrl, exposure: Exposure): RemoteAddress | undefined {
  if (resource.kind !== 'path' || !mayAddressStream(resource.segments.at(-1)?.kind)) return undefined
  const inner = resource.segments.at(-1)?.kind === 'value' ? resource.segments.slice(0, -1) : resource.segments
  if (inner.length === 0 || inner.some(({ kind }) => kind === 'operation')) return undefined
  const owner = remoteAddressOf(inner, exposure, options)
  const type = owner?.exposedType
  if (type === undefined || type.collection) return undefined
  if (owner?.addressed === 'property') return type.name === 'Edm.Stream' ? owner : undefined
  if (owner?.addressed !== 'entity' || inner === resource.segments) return undefined
  if (!hasMedia(exposure.model, type.name)) throw hubError('HUB_QUERY_INVALID', { what: `${type.name} is no media entity, so that it has no $value.`, hint: 'Read the entity itself, or one of its properties.' })
  return remoteAddress(resource.segments, exposure, options.aliases)
}

const mayAddressStream = (kind: string | undefined): boolean => kind === 'value' || kind === 'property'

/** Paths that no single source knows are others' business. */
function remoteAddressOf(segments: Parameters<typeof remoteAddress>[0], exposure: Exposure, { aliases, compute }: ODataUrl['options']): RemoteAddress | undefined {
  if (compute !== undefined) return undefined
  try {
    return remoteAddress(segments, exposure, aliases)
  } catch (error) {
    // Why a path leads nowhere is told where it is bound.
    if (isHubError(error)) return undefined
    throw error
  }
}

/**
 * Streams the bytes of a media entity or a stream property from their source: content type, length, version and the range are the source's.
 * @throws HUB_QUERY_UNSUPPORTED where the source carries no streams, HUB_SOURCE_REJECTED, HUB_SOURCE_*
 * @see OData Protocol 4.01, sections 11.2.4.2 and 11.2.5
 */
export async function answerStream(query: Query, address: RemoteAddress, { pool }: Pick<QueryServices, 'pool'>): Promise<void> {
  const { exchange, exposure, root, timings, protocol } = query
  const endpoints = await pool.of(exposure)
  const method = exchange.request.method === 'HEAD' ? 'HEAD' : 'GET'
  const headers = { ...given(exchange), 'accept-encoding': 'identity' }
  const reply = await relayCall({ endpoint: address.endpoint, method, path: withOptions(address.path, address.options), headers }, { endpoints, timings, signal: exchange.signal })
  const { status } = reply
  if (!isStream(status)) {
    const { target } = endpoints.endpoint(address.endpoint)
    if (status === 404) throw hubError('HUB_RESOURCE_NOT_FOUND', { what: decodeURIComponent(address.path), hint: 'There is no such stream.' })
    throw await sourceError(reply, target, sourceLinks({ exposure, target, root, ...(address.set === undefined ? {} : { set: address.set }) }))
  }
  const own = { 'odata-version': protocol.version, 'cache-control': 'no-cache, no-transform', 'server-timing': timings.serverTiming(), 'x-content-type-options': 'nosniff' }
  await respondRelayed(exchange, { status, headers: { ...own, ...streamHeaders(reply) }, ...(status === 204 || status === 304 ? {} : { body: reply.body }) })
}

/** Whole or in part, empty, unchanged, or not as asked for: an answer about a stream. */
const isStream = (status: number): boolean => [200, 203, 204, 206, 304, 412, 416].includes(status)

const given = (exchange: Query['exchange']): Headers => Object.fromEntries(asked.flatMap((name) => {
  const value = header(exchange, name)
  return value === undefined || (name === 'accept' && !value.includes('*') && /json/i.test(value)) ? [] : [[name, value]]
}))

/** What is told of the bytes; their length only where they come as they were sent. */
function streamHeaders({ status, headers }: RemoteReply): Headers {
  const encoded = headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity'
  const all = Object.fromEntries(told.flatMap((name) => (headers[name] === undefined || (encoded && name === 'content-length') ? [] : [[name, headers[name]]])))
  return status !== 200 && status !== 206 ? all : { 'content-type': 'application/octet-stream', ...all }
}
