import type { Exposure } from '@tributary/catalog'
import { hubError } from '@tributary/errors'
import { jsonContentType, negotiateVersion, parseAccept, parsePrefer, requireKnownVersion, serviceDocument, type ServiceResource } from '@tributary/odata-wire'
import type { ODataUrl } from '@tributary/odata-url'
import { answerBatch } from '../batch/answer-batch.js'
import type { BatchServices } from '../batch/batch-course.js'
import { preparePart } from '../batch/prepare-part.js'
import { sendTogether } from '../batch/change-set.js'
import { answersDelta } from '../delta/answer-delta.js'
import { answerOperation } from '../operation/answer-operation.js'
import { answerChange, answerOptions, isChange } from '../change/answer-change.js'
import { header } from '../http/exchange.js'
import { admits } from '../http/methods.js'
import { reading, respond } from '../http/respond.js'
import { answerMetadata } from './metadata-document.js'
import { resolveEntity } from './entity-address.js'
import { answerQuery, type Query, type QueryServices } from './answer-query.js'
import { refuseExplain } from './explain.js'
import { requireExpandLimits } from './expand-limits.js'
import { hasName, type Offered } from './shown-model.js'
import { allEntities, answerAll } from './answer-all.js'
import { answerStream, streamAddress } from './answer-stream.js'
import { answersFurther } from '../relay/answer-further.js'
import { isFurther } from '../relay/further-pages.js'
import { isPostedQuery, postedQuery } from './posted-query.js'
import { withRelativeReferences } from './own-references.js'
import { namesFor } from './service-names.js'
import type { ServiceRequest } from './service-request.js'
import { settledRequest } from './settled-request.js'
import { Timings } from './timings.js'

/** What the requests to a service are answered with. */
export interface ServiceParts extends QueryServices, Offered, Pick<BatchServices, 'log' | 'batchRequests'> {}

/**
 * Answers one request to a service: its document, its metadata, a query, or a batch of them.
 * @throws HUB_METHOD_NOT_ALLOWED, HUB_QUERY_*, HUB_REQUEST_INVALID, HUB_FORMAT_UNSUPPORTED, HUB_VERSION_UNSUPPORTED, HUB_ISOLATION_UNSUPPORTED, HUB_RESOURCE_NOT_FOUND, HUB_SOURCE_*
 */
export async function answerService(given: ServiceRequest, parts: ServiceParts): Promise<void> {
  const asked = settledRequest(given)
  const { exchange, path } = asked
  requireKnownVersion(header(exchange, 'odata-version'))
  requireNoIsolation(exchange)
  if (/^(?:\$|%24)batch\/?$/i.test(path)) {
    if (admits(exchange, 'POST, OPTIONS')) await answerBatch(asked, { log: parts.log, batchRequests: parts.batchRequests, timeMs: parts.limits.timeMs, answer: (part) => answerService(part, parts), together: sendTogether({ pool: parts.pool, tokens: parts.tokens, prepare: preparePart((part) => queryOf(part, parsedUrl(part, parts))) }) })
    return
  }
  if (isPostedQuery(path)) {
    if (admits(exchange, 'POST, OPTIONS')) await answerPosted(resolveEntity(await postedQuery(asked)), parts)
    return
  }
  await answerResource(resolveEntity(asked), parts)
}

/**
 * Sources cannot be frozen together, so that nobody is told that they are.
 * @throws HUB_ISOLATION_UNSUPPORTED
 * @see OData Protocol 4.01, section 8.2.6
 */
function requireNoIsolation(exchange: ServiceRequest['exchange']): void {
  const isolation = header(exchange, 'isolation') ?? header(exchange, 'odata-isolation')
  if (isolation !== undefined) throw hubError('HUB_ISOLATION_UNSUPPORTED', { isolation }, { target: 'Isolation' })
}

async function answerResource(asked: ServiceRequest, parts: ServiceParts): Promise<void> {
  const url = parsedUrl(asked, parts)
  if (isFurther(url.options.skiptoken) && (await answersFurther(queryOf(asked, url), parts))) return
  if (callsOperation(url) && (await answerOperation(queryOf(asked, url), parts))) return
  if (isChange(asked)) {
    refuseExplain(url, 'A change')
    return answerChange(asked, parts)
  }
  if (asked.exchange.request.method === 'OPTIONS') return answerOptions(asked, parts)
  if (admits(asked.exchange, reading)) await answerRead(asked, url, parts)
}

const answerPosted = (asked: ServiceRequest, parts: ServiceParts): Promise<void> => answerRead(asked, parsedUrl(asked, parts), parts)

const callsOperation = ({ resource }: ODataUrl): boolean => resource.kind === 'path' && resource.segments.some(({ kind }) => kind === 'operation')

/** @throws HUB_QUERY_*, HUB_LIMIT_EXPAND_* */
function parsedUrl({ exposure, path, exchange, root }: ServiceRequest, { plans, limits }: Pick<QueryServices, 'plans' | 'limits'>): ODataUrl {
  const url = plans.parsed(namesFor(exposure.model), path, withRelativeReferences(exchange.query, root))
  if (url.options.expand !== undefined) requireExpandLimits(url.options, limits)
  return url
}

const queryOf = (asked: ServiceRequest, url: ODataUrl): Query => ({
  ...asked, url, protocol: negotiateVersion(header(asked.exchange, 'odata-maxversion')), preferences: parsePrefer(header(asked.exchange, 'prefer')), timings: new Timings(),
})

async function answerRead(asked: ServiceRequest, url: ODataUrl, services: ServiceParts): Promise<void> {
  const { exchange, exposure } = asked
  const protocol = negotiateVersion(header(exchange, 'odata-maxversion'))
  switch (url.resource.kind) {
    case 'metadata':
      return answerMetadata(exchange, exposure, { version: protocol.version, ...formatOf(url), answersLater: services.answersLater, preferences: parsePrefer(header(exchange, 'prefer')), endpointOf: (slug) => services.pool.openNow(exposure, slug) })
    case 'service':
      return answerServiceDocument(asked, url)
    case 'path':
      return answerData(queryOf(asked, url), services)
  }
}

/** Streams and changes are told by their source, everything else is a query. */
async function answerData(query: Query, services: QueryServices): Promise<void> {
  const stream = streamAddress(query.url, query.exposure)
  if (stream !== undefined) return answerStream(query, stream, services)
  const all = allEntities(query.url, query.exposure)
  if (all !== undefined) return answerAll(query, all, services)
  if (!(await answersDelta(query, services))) await answerQuery(query, services)
}

const formatOf = ({ options }: ODataUrl): { readonly format?: string } => (options.format === undefined ? {} : { format: options.format })

function answerServiceDocument({ exchange, exposure, root }: ServiceRequest, url: ODataUrl): void {
  const protocol = negotiateVersion(header(exchange, 'odata-maxversion'))
  const format = parseAccept(header(exchange, 'accept'), url.options.format)
  respond(exchange, 200, {
    headers: { 'content-type': jsonContentType(format, protocol), 'odata-version': protocol.version, 'vary': 'accept, odata-maxversion', 'cache-control': 'no-cache' },
    body: serviceDocument(`${root}$metadata`, resourcesOf(exposure), { ...format, prefixed: protocol.prefixed }),
  })
}

const listed = (kind: ServiceResource['kind'], named: readonly { readonly name: string }[]) => named.filter(hasName).map(({ name }): ServiceResource => ({ name, kind, url: name }))

/** What the service document lists: entity sets, singletons, and functions that are to be found there. */
function resourcesOf({ model: { container }, sets }: Exposure): readonly ServiceResource[] {
  return [
    ...listed('EntitySet', [...(container?.entitySets.values() ?? [])].filter((set) => set.includeInServiceDocument && sets.has(set.name))),
    ...listed('Singleton', [...(container?.singletons.values() ?? [])]),
    ...listed('FunctionImport', [...(container?.operationImports.values() ?? [])].filter(({ kind, includeInServiceDocument }) => kind === 'functionImport' && includeInServiceDocument)),
  ]
}
