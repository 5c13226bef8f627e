import type { ExposedSet } from '@tributary/catalog'
import { hubError } from '@tributary/errors'
import { parseAccept, type JsonFormat } from '@tributary/odata-wire'
import { remoteAddress } from '@tributary/planner'
import { relays, type OpenEndpoint } from '@tributary/source'
import { header } from '../http/exchange.js'
import type { Query, QueryServices } from '../odata/answer-query.js'
import { refuseExplain } from '../odata/explain.js'
import { queryHash, type TokenScope } from '../odata/page-token.js'
import { withinTime } from '../odata/request-limits.js'
import { relayedOptions } from '../operation/relayed-options.js'
import { clientReply, type ReplyWish } from '../relay/client-reply.js'
import { furtherPages } from '../relay/further-pages.js'
import { relayCall, withOptions } from '../relay/relay-call.js'
import { respondRelayed } from '../relay/respond-relayed.js'
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
    const languages = header(exchange, 'accept-language')
    const headers = { accept: acceptOf(format), ...preferOf(own), ...(languages === undefined ? {} : { 'accept-language': languages }) }
    const called = pathOf(own)
    const reply = await relayCall({ endpoint: set.endpoint, method: 'GET', path: called, headers }, { endpoints, timings, signal: timed.exchange.signal })
    // A source that does not track what it was asked to track is asked the way every query goes.
    if (url.options.deltatoken === undefined && !/\btrack-changes\b/i.test(reply.headers['preference-applied'] ?? '')) {
      for await (const chunk of reply.body) if (chunk.length > 0) break
      return false
    }
    await respondRelayed(timed.exchange, await clientReply(reply, wishOf(own, { format, called })))
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
  return withOptions(address.path, [...address.options, ...relayedOptions(url.options, exchange.query, { exposure, endpoint: address.endpoint })])
}

/** Of no use for another set, nor for pages. */
const scopeOf = ({ slug, revision }: Query['exposure'], path: string): TokenScope => ({ slug, revision, query: `delta:${queryHash(path, '')}` })

interface Wanted {
  readonly format: JsonFormat
  /** The path the source is asked at. */
  readonly called: string
}

function wishOf(tracked: Tracked, { format, called }: Wanted): ReplyWish {
  const { query: { exposure, exchange, path, root, protocol, preferences }, set, endpoint: { target }, services: { tokens } } = tracked
  const within = furtherPages({ exchange, exposure, path, tokens }, target)
  // What follows of the whole answer are changes, too; what follows of a collection within is just more of it.
  const link: ReplyWish['further']['link'] = (below, about) => (about.outer ? sealed(below, tracked) : within.link(below, about))
  return {
    exposure, target, root, protocol, called, further: { link }, style: { ...format, prefixed: protocol.prefixed, omit: preferences.omit }, set, type: { name: set.entityType, collection: true },
  }
}

const sealed = (link: string, { query: { exposure, exchange, path }, services: { tokens } }: Tracked): string =>
  `${exchange.origin}${exchange.path}?$deltatoken=${tokens.seal({ kind: 'source', link, given: 0 }, scopeOf(exposure, path))}`
