import type { ODataUrl } from '@tributary/odata-url'
import { hubError, isHubError } from '@tributary/errors'
import { annotationFilter, parseAccept, parseTableAccept, type JsonFormat, type Preferences, type ProtocolVersion } from '@tributary/odata-wire'
import { execute, type RowStream } from '@tributary/operators'
import type { RequestLimits } from '@tributary/nest'
import { outputColumns, parseRows, type Page } from '@tributary/plan'
import { mayExpandStreams, placeFragment, unwrapRow, type BoundQuery } from '@tributary/planner'
import { SourceRefused } from '@tributary/source'
import type { PlanCache } from '../cache/plan-cache.js'
import type { EmbeddedEngine } from '../data/embedded-engine.js'
import type { EndpointPool } from '../data/endpoint-pool.js'
import type { Prober } from '../data/prober.js'
import { header } from '../http/exchange.js'
import { answerCollection, collectionChunks, type Rows } from './answer-collection.js'
import { answerTable } from './answer-table.js'
import { answerProperty, countItems } from './answer-property.js'
import { answerCount, answerEntity, answerNothing, notFound, type SingleRow } from './answer-single.js'
import { explainAsked, explainPlan, explainRun } from './explain.js'
import { cursorOf } from './next-page.js'
import { tokenScope, type PageTokens } from './page-token.js'
import { forwardingOf, passThrough, type Forwarding } from './pass-through.js'
import { isPartial, type QueryRun } from './query-run.js'
import { atMost, executionLimits, withinTime } from './request-limits.js'
import { remoteSetsOf } from './remote-sets.js'
import type { ServiceRequest } from './service-request.js'
import { spokenLanguages } from './spoken-languages.js'
import type { Timings } from './timings.js'
import { writtenForm } from './written-form.js'

/** What queries are answered with. */
export interface QueryServices {
  readonly pool: EndpointPool
  readonly prober: Prober
  readonly tokens: PageTokens
  /** Rows a page has at most; 0: no paging. */
  readonly pageRows: number
  /** What one request may use. */
  readonly limits: RequestLimits
  /** For what finds no room in memory. */
  readonly embedded?: EmbeddedEngine | undefined
  readonly plans: PlanCache
}

/** A parsed query and how its answer is wanted. */
export interface Query extends ServiceRequest {
  readonly url: ODataUrl
  readonly protocol: ProtocolVersion
  readonly preferences: Preferences
  readonly timings: Timings
}

/**
 * Answers a query for data: bound, planned, then passed through or executed, and streamed.
 * @throws HUB_QUERY_*, HUB_RESOURCE_NOT_FOUND, HUB_TOKEN_EXPIRED, HUB_FORMAT_UNSUPPORTED, HUB_SOURCE_*, HUB_LIMIT_*
 */
export async function answerQuery(asked: Query, services: QueryServices): Promise<void> {
  const ended = services.prober.answer()
  const timed = withinTime(asked.exchange, services.limits.timeMs, asked.timings)
  const query: TimedQuery = { ...asked, exchange: timed.exchange, asker: asked.exchange.signal, languages: spokenLanguages(header(asked.exchange, 'accept-language')) }
  let met: ReturnType<typeof remoteSetsOf> = []
  try {
    const left = new Set<string>()
    for (let planned: Planned | undefined = await planQuery(query, services); planned !== undefined;) {
      // Explaining a plan asks no source, not even afterwards.
      met = explainAsked(query.url) === 'plan' ? [] : setsOf(planned)
      planned = await answerOrPlanAgain(planned, query, { services, left })
    }
  } catch (error) {
    throw timed.meaningOf(error)
  } finally {
    timed.end()
    ended(query.exposure, met)
  }
}

/**
 * Undefined: answered. A set that turned out not to be readable is left alone by the next plan, where its rows are found otherwise.
 * @param left sets that plans were made anew for: none is made twice for one
 */
async function answerOrPlanAgain(planned: Planned, query: TimedQuery, { services, left }: { readonly services: QueryServices; readonly left: Set<string> }): Promise<Planned | undefined> {
  try {
    await answerRun(planned, query)
    return undefined
  } catch (error) {
    const refused = isHubError(error) && error.code === 'HUB_SOURCE_FAILED' ? error.cause : undefined
    // What was read by its path, not as a set, is reached in no other way.
    if (!(refused instanceof SourceRefused) || refused.entitySet === '' || query.exchange.response.headersSent) throw error
    const set = `${refused.slug}/${refused.entitySet}`
    if (left.has(set)) throw error
    left.add(set)
    const next = await planQuery(query, services)
    if (setsOf(next).some(({ endpoint, entitySet }) => endpoint === refused.slug && entitySet === refused.entitySet)) throw error
    return next
  }
}

/** A query that ends with its time, and what stands for it in the queues to its sources. */
type TimedQuery = Query & Pick<QueryRun, 'asker' | 'languages'>

/**
 * Plans the query for pages of ours and, where its rows surely fit one page, also as the source's own: pages are ordered by key, which a
 * source that answers everything need not do.
 */
async function planQuery(query: TimedQuery, services: QueryServices): Promise<Planned> {
  const { exchange, exposure, path, url, preferences, timings } = query
  const scope = tokenScope(exposure, path, exchange.query)
  const token = url.options.skiptoken === undefined ? undefined : services.tokens.open(url.options.skiptoken, scope)
  const paging = { tokens: services.tokens, scope, ...(token === undefined ? {} : { token }) }
  // A table has no place for a next link, so it is never a page.
  const pageRows = tableOf(query) === undefined ? pageRowsOf(preferences, services.pageRows) : 0
  const planned = { query, endpoints: await services.pool.of(exposure), paging, services }
  // Bytes that pass through end where their source fails, whoever goes on without the rest.
  const fits = pageRows > 0 && preferences.continueOnError !== true && url.options.top !== undefined && url.options.top <= pageRows
  const forwarding = fits && (token === undefined || token.kind === 'source') ? forwardingOf(runOf(planned, 0)) : undefined
  if (token?.kind === 'source') {
    if (forwarding === undefined) throw hubError('HUB_TOKEN_EXPIRED', {}, { target: '$skiptoken' })
    timings.hasPlanned()
    return { run: () => forwarding.run, forwarding }
  }
  let run = forwarding === undefined ? runOf(planned, pageRows) : undefined
  timings.hasPlanned()
  return { run: () => (run ??= runOf(planned, pageRows)), ...(forwarding === undefined ? {} : { forwarding }) }
}

interface Planned {
  /** For pages of ours: where bytes pass through it is needed only if their source refuses. */
  readonly run: () => QueryRun
  readonly forwarding?: Forwarding
}

const setsOf = ({ run, forwarding }: Planned): ReturnType<typeof remoteSetsOf> => remoteSetsOf((forwarding?.run ?? run()).plan)

interface Planning extends Pick<QueryRun, 'endpoints' | 'paging'> {
  readonly query: TimedQuery
  readonly services: QueryServices
}

function runOf({ query, endpoints, paging, services: { limits, plans, embedded } }: Planning, pageRows: number): QueryRun {
  const { exchange, exposure, root, path, url, protocol, preferences, timings } = query
  const cursor = cursorOf(paging.token)
  const { bound, plan, outcome } = plans.planned({ exposure, endpoints, url, path, query: exchange.query, pageRows, identified: isTold(query) || mayExpandStreams(url.options.expand) || (preferences.continueOnError === true && url.options.expand !== undefined), annotated: wantsAnnotations(query), ...(cursor === undefined ? {} : { cursor }) })
  timings.tell('plan', outcome)
  const table = bound.shape === 'collection' ? tableOf(query) : undefined
  const style = { ...(table === undefined ? formatOf(query, bound) : plain), prefixed: protocol.prefixed, omit: preferences.omit, ...(preferences.includeAnnotations === undefined ? {} : { annotations: annotationFilter(preferences.includeAnnotations) }) }
  const { expand } = url.options
  return { exchange, asker: query.asker, languages: query.languages, exposure, root, bound, plan, endpoints, style, protocol, preferences, timings, paging, limits, embedded, ...(table === undefined ? {} : { table }), ...(expand === undefined ? {} : { expand }) }
}

/** Everything is told of rows: their ids, too, which are made of their keys. */
const isTold = ({ exchange, url }: Query): boolean => /metadata=full/i.test(url.options.format ?? header(exchange, 'accept') ?? '')

/** Some annotations are wanted, and the answer has a place for them. */
const wantsAnnotations = (query: Query): boolean => tableOf(query) === undefined && /(?:^|,)\s*[^-\s,]/.test(query.preferences.includeAnnotations ?? '')

const tableOf = ({ exchange, url }: Query) => parseTableAccept(header(exchange, 'accept'), url.options.format)

const plain: JsonFormat = Object.freeze({ metadata: 'minimal', ieee754: false })

/** Raw values and counts have a format of their own. */
function formatOf({ exchange, url }: Query, { shape }: BoundQuery): JsonFormat {
  if (shape === 'count' || shape === 'itemCount' || shape === 'rawValue') return plain
  return parseAccept(header(exchange, 'accept'), url.options.format)
}

/** A client may ask for smaller pages than ours, not for larger ones. */
const pageRowsOf = ({ maxPageSize }: Preferences, ours: number): number =>
  maxPageSize === undefined ? ours : ours === 0 ? maxPageSize : Math.min(ours, maxPageSize)

async function answerRun({ run, forwarding }: Planned, query: Query): Promise<void> {
  switch (explainAsked(query.url)) {
    case 'plan': return explainPlan(run(), forwarding !== undefined)
    case 'analyze': return explainRun(run(), collectionChunks, () => rowsOf(run()))
    case undefined: return forwarding === undefined ? answerExecuted(run(), query) : passThrough(forwarding, () => answerExecuted(run(), query))
  }
}

/** The plan's rows, nothing read yet. */
function executed(run: QueryRun): RowStream {
  const { plan, endpoints, exchange, asker, languages, timings, limits, embedded } = run
  const written = writtenForm(run)
  return execute(plan, {
    endpoints, place: placeFragment, signal: exchange.signal, asker, languages, scope: exchange.principal.id, observe: timings.observe, limits: executionLimits(limits, embedded), notice: timings.notice, chosen: timings.chosen, partial: isPartial(run), stored: true,
    ...(embedded === undefined ? {} : { engine: embedded.engine }), ...(written === undefined ? {} : { written }),
  })
}

/** The rows of the answer, as many as it may have. */
function rowsOf(run: QueryRun): Rows {
  const rows = allRowsOf(run)
  return { pages: atMost(rows.pages, run.limits.rowsOut), count: () => rows.count() }
}

/** The rows of the plan, or those its one row leads to. */
function allRowsOf(run: QueryRun): Rows {
  const stream = executed(run)
  return run.bound.unwrap.length === 0 ? stream : unwrapped(run, stream)
}

function unwrapped(run: QueryRun, stream: RowStream): Rows {
  let counted: number | undefined
  const { columns } = run.bound
  const pages = async function* (): AsyncGenerator<Page> {
    for await (const found of unwrappedFirst(run, stream)) {
      if (found.kind === 'rows') {
        counted = found.count ?? found.rows.length
        yield { kind: 'rows', columns, rows: found.rows }
      } else if (found.kind === 'stored') {
        let total = 0
        for await (const rows of found.rows) {
          total += rows.length
          yield { kind: 'rows', columns, rows }
        }
        counted = found.rows.count ?? total
      } else throw notFound(run)
    }
  }
  return { pages: pages(), count: () => counted }
}

/** What the first row leads to, which lasts until the next is asked for: there is one alone. */
async function* unwrappedFirst({ bound, plan }: QueryRun, stream: RowStream): AsyncGenerator<ReturnType<typeof unwrapRow>> {
  for await (const page of stream.pages) {
    const [row] = (page.kind === 'rows' ? page : parseRows({ ...page, offsets: page.offsets.subarray(0, 2) }, stream.columns)).rows
    if (row === undefined) continue
    yield unwrapRow(bound, outputColumns(plan), row)
    return
  }
  yield { kind: 'absent' }
}

async function answerExecuted(run: QueryRun, { url }: Query): Promise<void> {
  switch (run.bound.shape) {
    case 'collection': return run.table === undefined ? answerCollection(run, rowsOf(run)) : answerTable(run, run.table, rowsOf(run))
    case 'count': return answerCount(run, await countOf(run), url.options.format)
    case 'entity': case 'property': case 'rawValue': return answerOne(run, url)
    case 'itemCount': return answerItemCount(run, url.options.format)
  }
}

/** Whether the path ends with a call: what that returns may be nothing. */
const endsWithCall = ({ resource }: ODataUrl): boolean => {
  const last = resource.kind === 'path' ? resource.segments.at(-1) : undefined
  return last?.kind === 'operation' && last.key === undefined
}

async function answerOne(run: QueryRun, url: ODataUrl): Promise<void> {
  for await (const found of unwrappedFirst(run, executed(run))) {
    if (run.bound.shape === 'entity' && (found.kind === 'null' || (found.kind === 'absent' && endsWithCall(url)))) return answerNothing(run)
    const row: SingleRow | undefined = found.kind === 'rows' ? found.rows[0] : undefined
    if (row === undefined) throw notFound(run)
    if (run.bound.shape === 'entity') await answerEntity(run, row)
    else answerProperty(run, row)
  }
}

async function answerItemCount(run: QueryRun, format: string | undefined): Promise<void> {
  for await (const found of unwrappedFirst(run, executed(run))) {
    const row: SingleRow | undefined = found.kind === 'rows' ? found.rows[0] : undefined
    const count = row === undefined ? undefined : countItems(run, row)
    if (count === undefined) throw notFound(run)
    answerCount(run, count, format)
  }
}

async function countOf(run: QueryRun): Promise<number> {
  const rows = allRowsOf(run)
  const pages = rows.pages[Symbol.asyncIterator]()
  while ((await pages.next()).done !== true) continue
  const count = rows.count()
  if (count === undefined) throw new Error('The rows were to be counted, and were not')
  return count
}
