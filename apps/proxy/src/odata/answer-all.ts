import type { Exposure } from '@tributary/catalog'
import { hubError } from '@tributary/errors'
import type { ODataUrl, QueryOptions, ResourceSegment } from '@tributary/odata-url'
import { jsonContentType, parseAccept, writeCollection } from '@tributary/odata-wire'
import { execute, type RowStream } from '@tributary/operators'
import { compute, parseRows, type Column, type ComputedColumn, type Page, type RowsPage, type Value } from '@tributary/plan'
import { bind, narrowPage, optimize, optionsOfType, place, placeFragment, type BoundQuery } from '@tributary/planner'
import type { Endpoints } from '@tributary/source'
import { header } from '../http/exchange.js'
import { respondWithStream } from '../http/respond.js'
import type { Query, QueryServices } from './answer-query.js'
import { inlineStreams } from './inline-streams.js'
import { mergeRows, type OrderedRows } from './merge-rows.js'
import { nextLink, pageBytes } from './next-page.js'
import { tokenScope } from './page-token.js'
import { presenter } from './present-rows.js'
import { executionLimits } from './request-limits.js'
import { rowIds } from './row-ids.js'
import { languageHeader, type SpokenLanguages, spokenLanguages } from './spoken-languages.js'

/** What `$all` addresses: the entities of all sets and singletons, or those of one type. */
export interface AllEntities {
  /** Qualified name of the type they are cast to. */
  readonly type?: string
}

/** Undefined: the URL addresses something else. @throws HUB_QUERY_INVALID for what no entity type is */
export function allEntities({ resource }: ODataUrl, { model }: Exposure): AllEntities | undefined {
  const [first, cast, ...rest] = resource.kind === 'path' ? resource.segments : []
  if (first?.kind !== 'all') return undefined
  if (cast === undefined) return {}
  const type = cast.kind === 'cast' && cast.key === undefined ? model.entityType(cast.type) : undefined
  if (type === undefined || rest.length > 0) throw hubError('HUB_QUERY_INVALID', { what: 'Only a cast to an entity type may follow $all.', hint: 'Address the set of the entities.' })
  return { type: type.qualifiedName }
}

const applicable: ReadonlySet<string> = new Set(['$filter', '$search', '$orderby', '$select', '$expand', '$compute', '$top', '$skip', '$count', '$format', '$skiptoken'])

/**
 * Answers `$all`: the entities of one set after the other, by their keys, or those of all in one order, each with its type and id. Without a type
 * they have the properties that their own types declare: what one of them does not have is null there.
 * @throws HUB_QUERY_UNKNOWN_PROPERTY for what no type declares, HUB_QUERY_UNSUPPORTED for `$apply`, HUB_TOKEN_EXPIRED, HUB_SOURCE_*
 * @see OData URL Conventions 4.01, section 4.14
 */
export async function answerAll(query: Query, wanted: AllEntities, services: QueryServices): Promise<void> {
  const { exchange, exposure, url, path, root, protocol, preferences } = query
  const other = [...url.options.spans.keys()].find((name) => name.startsWith('$') && !applicable.has(name))
  if (other !== undefined) throw hubError('HUB_QUERY_UNSUPPORTED', { what: `${other} of $all`, hint: 'Address the sets of the entities.' })
  const style = { ...parseAccept(header(exchange, 'accept'), url.options.format), prefixed: protocol.prefixed, omit: preferences.omit }
  const scope = tokenScope(exposure, path, exchange.query)
  const token = url.options.skiptoken === undefined ? undefined : services.tokens.open(url.options.skiptoken, scope)
  const paging = { tokens: services.tokens, scope, ...(token === undefined ? {} : { token }) }
  const given = token?.given ?? 0
  const course: Course = { query, services, endpoints: await services.pool.of(exposure), parts: partsOf(query, wanted), style, languages: spokenLanguages(header(exchange, 'accept-language')) }
  const skip = (url.options.skip ?? 0) + given
  const take = url.options.top === undefined ? Infinity : Math.max(0, url.options.top - given)
  const count = url.options.count === true ? (token?.count ?? (await countAll(course))) : undefined
  const pageRows = services.pageRows === 0 ? undefined : Math.min(services.pageRows, preferences.maxPageSize ?? Infinity)
  const most = Math.min(take, pageRows === undefined ? Infinity : pageRows + 1)
  const pages = url.options.orderby === undefined ? shownPages(course, skip, most) : orderedPages(course, skip, most)
  const chunks = writeCollection(pages, {
    style, context: `${root}$metadata#Collection(${wanted.type ?? 'Edm.EntityType'})`, visible: course.parts.flatMap((part) => namesOf(course, part)),
    ...(pageRows === undefined ? {} : { maxRows: pageRows, maxBytes: pageBytes }), ...(count === undefined ? {} : { count: () => count }),
    nextLink: (written) => {
      if (!written.more) return undefined
      const total = given + written.rows
      return nextLink({ exchange, paging }, { kind: 'offset', offset: (url.options.skip ?? 0) + total, given: total, ...(count === undefined ? {} : { count }) })
    },
  })
  await respondWithStream(exchange, chunks, () => ({
    'content-type': jsonContentType(style, protocol), 'odata-version': protocol.version, 'vary': 'accept, prefer, odata-maxversion, authorization, accept-language', 'cache-control': 'no-store', 'server-timing': query.timings.serverTiming(),
    ...languageHeader(course.languages),
  }))
}

/** What no client wrote stands nowhere. */
const nowhere = Object.freeze({ start: 0, end: 0 })

interface Course {
  readonly query: Query
  readonly services: QueryServices
  readonly endpoints: Endpoints
  readonly parts: readonly Part[]
  readonly style: Parameters<typeof presenter>[0]['style']
  readonly languages: SpokenLanguages
}

/** One set or singleton, cast where only some of its entities are meant. */
interface Part {
  readonly segments: readonly ResourceSegment[]
  readonly single: boolean
  /** What is asked of its entities. */
  readonly options: QueryOptions
}

/** @throws HUB_QUERY_UNKNOWN_PROPERTY for a name that no type of the entities declares */
function partsOf({ exposure: { sets, model, kind }, url: { options } }: Pick<Query, 'exposure' | 'url'>, { type }: AllEntities): readonly Part[] {
  const span = nowhere
  const singletons = kind === 'service' ? [...(model.container?.singletons.values() ?? [])] : []
  const all = [...[...sets.values()].map(({ name, entityType }) => ({ name, entityType, single: false })), ...singletons.map(({ name, entityType }) => ({ name, entityType, single: true }))]
  const parts = all.flatMap(({ name, entityType, single }) => {
    const first: ResourceSegment = { kind: single ? 'singleton' : 'entitySet', name, span }
    const cast = type !== undefined && !model.derivesFrom(entityType, type)
    if (cast && !model.derivesFrom(type, entityType)) return []
    const typed = optionsOfType(options, model, cast ? type : entityType, type !== undefined)
    return [{ segments: cast ? [first, { kind: 'cast' as const, type, span }] : [first], single, ...typed }]
  })
  const [some, ...others] = parts
  const nobodys = [...(some?.missing ?? [])].find((name) => others.every(({ missing }) => missing.has(name)))
  if (nobodys !== undefined) throw hubError('HUB_QUERY_UNKNOWN_PROPERTY', { type: 'Edm.EntityType', property: nobodys, hint: 'Of $all only what one of its types declares can be asked for.' }, { target: nobodys })
  return parts
}

/** The options that are of each set by itself, and which of its rows are wanted. */
function boundPart({ query: { exposure } }: Course, { segments, single, options: asked }: Part, cut: { readonly skip: number; readonly top: number }): BoundQuery {
  const { top: _top, skip: _skip, count: _count, skiptoken: _token, ...options } = asked
  const own = new Map([...options.spans].filter(([name]) => !['$top', '$skip', '$count', '$skiptoken'].includes(name)))
  const whole: QueryOptions = { ...options, skip: cut.skip, ...(cut.top === Infinity ? {} : { top: cut.top }), spans: own }
  return bind({ resource: { kind: 'path', segments, span: nowhere }, options: whole }, exposure, { pageRows: 0, identified: true, ...(single ? { asCollection: true as const } : {}) })
}

const opened = ({ query, services, endpoints, languages }: Course, bound: BoundQuery): RowStream =>
  execute(place(bound.plan, endpoints), {
    endpoints, place: placeFragment, signal: query.exchange.signal, asker: query.exchange.signal, languages, observe: query.timings.observe, limits: executionLimits(services.limits, services.embedded),
  })

/** The rows from one position on, set after set; sets before it are only counted. */
async function* shownPages(course: Course, skip: number, most: number): AsyncGenerator<RowsPage> {
  let [before, left] = [skip, most]
  for (const [index, part] of course.parts.entries()) {
    if (left <= 0) return
    const passed = before === 0 ? 0 : await countPart(course, part)
    if (before > 0 && passed <= before) {
      before -= passed
      continue
    }
    const bound = optimize(boundPart(course, part, { skip: before, top: left }))
    const show = presented(course, bound)
    for await (const page of opened(course, bound).pages) {
      const shown = await show(page)
      left -= shown.rows.length
      if (shown.rows.length > 0) yield shown
    }
    before = 0
    if (index === course.parts.length - 1) return
  }
}

/** The rows of all parts in one order: each part is read in it, as far as it may be needed. */
function orderedPages(course: Course, skip: number, most: number): AsyncGenerator<RowsPage> {
  const bounds = course.parts.map((part) => boundPart(course, part, { skip: 0, top: skip + most }))
  const asked = course.query.url.options.orderby?.length ?? 0
  const keys = bounds.map(({ order }) => order.slice(0, asked).map(({ expression: { type }, descending }) => ({ type, descending })))
  return mergeRows(bounds.map((bound) => withKeys(course, bound, asked)), keys, { skip, take: most })
}

/** Rows as they are shown, and what they are ordered by. */
async function* withKeys(course: Course, bound: BoundQuery, asked: number): AsyncGenerator<OrderedRows> {
  const computed = bound.order.slice(0, asked).map(({ expression }, index): ComputedColumn => ({ column: { name: `~order${index}`, type: expression.type }, expression }))
  const columns = computed.map(({ column }) => column)
  const names = columns.map(({ name }) => name)
  const whole = optimize({ ...bound, plan: compute(bound.plan, computed), columns: [...bound.columns, ...columns], visible: [...bound.visible, ...names] })
  const show = presented(course, whole)
  for await (const page of opened(course, whole).pages) {
    const values = page.kind === 'rows' ? page : parseRows(page, whole.columns)
    const at = names.map((name) => values.columns.findIndex((column) => column.name === name))
    yield { page: await show(values), keys: values.rows.map((row) => at.map((index) => row[index])) }
  }
}

async function countAll(course: Course): Promise<number> {
  const counts = await Promise.all(course.parts.map((part) => countPart(course, part)))
  return counts.reduce((sum, count) => sum + count, 0)
}

async function countPart(course: Course, part: Part): Promise<number> {
  const { exposure } = course.query
  const { filter, search, compute: computed, aliases } = part.options
  const spans = new Map([...(filter === undefined ? [] : ['$filter']), ...(search === undefined ? [] : ['$search']), ...(computed === undefined ? [] : ['$compute'])].map((name) => [name, nowhere]))
  const options: QueryOptions = { aliases, custom: [], spans, ...(filter === undefined ? {} : { filter }), ...(search === undefined ? {} : { search }), ...(computed === undefined ? {} : { compute: computed }) }
  const bound = part.single
    ? optimize(boundPart(course, { ...part, options }, { skip: 0, top: Infinity }))
    : optimize(bind({ resource: { kind: 'path', segments: [...part.segments, { kind: 'count', span: nowhere }], span: nowhere }, options }, exposure, { pageRows: 0 }))
  const stream = opened(course, bound)
  let rows = 0
  for await (const page of stream.pages) rows += page.kind === 'rows' ? page.rows.length : page.offsets.length >> 1
  return part.single ? rows : (stream.count() ?? rows)
}

/** Each entity tells its type and id, for no context does. */
function presented({ query: { root, exposure, timings, exchange: { signal } }, services: { limits }, endpoints, style }: Course, bound: BoundQuery): (page: Page) => Promise<RowsPage> {
  const narrow = narrowPage(bound)
  const present = presenter({ root, bound, style })
  const inline = inlineStreams({ exposure, root, endpoints, timings, signal, limits }, bound.rows)
  return async (given) => {
    const narrowed = narrow === undefined ? given : narrow(given)
    const bare = narrowed.kind === 'rows' ? narrowed : parseRows(narrowed, bound.columns)
    const values = inline === undefined ? bare : await inline(bare)
    const page = present === undefined ? values : present.page(values)
    const id = rowIds(root, bound.rows, page.columns)
    const typeAt = page.columns.findIndex(({ name }) => name === '@odata.type')
    const kept = page.columns.flatMap((column, index) => (index === typeAt ? [] : [{ column, index }]))
    const columns: readonly Column[] = [control('@odata.type'), control('@odata.id'), ...kept.map(({ column }) => column)]
    return { kind: 'rows', columns, rows: page.rows.map((row): readonly Value[] => [row[typeAt] ?? `#${bound.rows.entityType}`, id?.(row), ...kept.map(({ index }) => row[index])]) }
  }
}

const control = (name: string): Column => ({ name, type: { name: 'Edm.String', base: 'Edm.String', collection: false } })

function namesOf(course: Course, part: Part): readonly string[] {
  const bound = boundPart(course, part, { skip: 0, top: Infinity })
  return presenter({ root: course.query.root, bound, style: course.style })?.visible ?? bound.visible
}
