import type { ExposedSet } from '@tributary/catalog'
import { hubError } from '@tributary/errors'
import { jsonTreeText, parseAccept, readJsonTree, type JsonFormat } from '@tributary/odata-wire'
import { remoteAddress } from '@tributary/planner'
import { relays, type OpenEndpoint } from '@tributary/source'
import { header } from '../http/exchange.js'
import type { Query, QueryServices } from '../odata/answer-query.js'
import { refuseExplain } from '../odata/explain.js'
import { queryHash, type TokenScope } from '../odata/page-token.js'
import { withinTime } from '../odata/request-limits.js'
import { relayedOptions } from '../operation/relayed-options.js'
import { clientReply, type ClientReply } from '../relay/client-reply.js'
import { relayCall, withOptions } from '../relay/relay-call.js'
import { respondRelayed } from '../relay/respond-relayed.js'
import { sourceLinks } from '../relay/source-links.js'
import { deltaPayload } from './delta-payload.js'
import { trackedSet } from './tracked-sets.js'

/**
 * Answers a request for changes, or one whose changes are to be told later, by its source. False: it is none, or its source tells of none.
 * @throws HUB_TOKEN_EXPIRED, HUB_SOURCE_*
 * @see OData Protocol 4.01, section 11.3
 */
export async function answersDelta(query: Query, services: QueryServices): Promise<boolean> {
  const { url, preferences, exposure, exchange, timings } = query
  if (url.options.deltatoken === undefined && preferences.trackChanges !== true) return false
  const set = trackedSet(url, exposure)
  if (set === undefined) return false
  refuseExplain(url, 'A request for changes')
  const endpoints = await services.pool.of(exposure)
  const endpoint = endpoints.endpoint(set.endpoint)
  if (!relays(endpoint.source)) return false
  const timed = withinTime(exchange, services.limits.timeMs, timings)
  try {
    const own: Tracked = { query: { ...query, exchange: timed.exchange }, set, endpoint, services }
    const format = parseAccept(header(exchange, 'accept'), url.options.format)
    const headers = { accept: acceptOf(format), ...preferOf(own) }
    const reply = await relayCall({ endpoint: set.endpoint, method: 'GET', path: pathOf(own), headers }, { endpoints, timings, signal: timed.exchange.signal })
    // A source that does not track what it was asked to track is asked the way every query goes.
    if (url.options.deltatoken === undefined && !/\btrack-changes\b/i.test(reply.headers['preference-applied'] ?? '')) {
      for await (const chunk of reply.body) if (chunk.length > 0) break
      return false
    }
    await respondRelayed(timed.exchange, withSealedLinks(await clientReply(reply, wishOf(own, format)), own))
    return true
  } catch (error) {
    throw timed.meaningOf(error)
  } finally {
    timed.end()
  }
}

interface Tracked {
  readonly query: Query
  readonly set: ExposedSet
  readonly endpoint: OpenEndpoint
  readonly services: QueryServices
}

const acceptOf = ({ metadata, ieee754 }: JsonFormat): string => `application/json;odata.metadata=${metadata}${ieee754 ? ';IEEE754Compatible=true' : ''}`

function preferOf({ query: { url, preferences } }: Tracked): { readonly prefer?: string } {
  const wishes = [...(url.options.deltatoken === undefined ? ['odata.track-changes'] : []), ...(preferences.maxPageSize === undefined ? [] : [`odata.maxpagesize=${preferences.maxPageSize}`])]
  return wishes.length === 0 ? {} : { prefer: wishes.join(',') }
}

/** What the source gave to go on with, or the query as it came. */
function pathOf({ query: { url, exposure, exchange, path }, services }: Tracked): string {
  const token = url.options.deltatoken
  if (token !== undefined) {
    const opened = services.tokens.open(token, scopeOf(exposure, path))
    if (opened.kind !== 'source') throw hubError('HUB_TOKEN_EXPIRED', {}, { target: '$deltatoken' })
    return opened.link
  }
  const address = remoteAddress(url.resource.kind === 'path' ? url.resource.segments : [], exposure, url.options.aliases)
  return withOptions(address.path, [...address.options, ...relayedOptions(url.options, exchange.query)])
}

/** Of no use for another set, nor for pages. */
const scopeOf = ({ slug, revision }: Query['exposure'], path: string): TokenScope => ({ slug, revision, query: `delta:${queryHash(path, '')}` })

const wishOf = ({ query: { exposure, root, protocol, preferences }, set, endpoint: { target } }: Tracked, format: JsonFormat): Parameters<typeof clientReply>[1] => ({
  exposure, target, root, protocol, style: { ...format, prefixed: protocol.prefixed, omitNulls: preferences.omitNulls }, set, type: { name: set.entityType, collection: true },
})

function withSealedLinks(reply: ClientReply, { query: { exposure, exchange, root, path }, set, endpoint: { target }, services }: Tracked): ClientReply {
  if (!Buffer.isBuffer(reply.body)) return reply
  const own = sourceLinks({ exposure, target, root, set })
  const seal = (link: string): string => {
    // Links are ours by now, or relative to the service; what leads elsewhere is not gone after.
    const below = link.startsWith(root) ? link.slice(root.length) : /^(?:[a-z][a-z\d+.-]*:|\/)/i.test(link) ? undefined : link
    if (below === undefined) throw hubError('HUB_SOURCE_LINK_REFUSED', { slug: target.slug, link: link.split('?')[0] ?? link })
    const token = services.tokens.seal({ kind: 'source', link: below, given: 0 }, scopeOf(exposure, path))
    return `${exchange.origin}${exchange.path}?$deltatoken=${token}`
  }
  return { ...reply, body: Buffer.from(jsonTreeText(deltaPayload(readJsonTree(reply.body), { seal, id: (id) => own.link(id) ?? id }))) }
}
