import { hubError, isHubError } from '@tributary/errors'
import { parseRows, type BytesPage, type Column, type Page, type ResourceGap, type Value } from '@tributary/plan'
import type { ReadContext, SourcePage } from '@tributary/source'
import { askedBy } from './asked-by.js'
import { requireJson, requireNoError, requireSuccess } from './answer.js'
import { holdsExactAsText } from './holds-text.js'
import { printValue } from './print-filter.js'
import { readScan } from './read.js'
import { pageOf, piecesOf, waysOf } from './read-pages.js'
import { readHeaders } from './request-headers.js'
import { joinable, urlOf, type ODataScan } from './scan.js'
import { pageAt, piecesTogether } from './together.js'
import { bodyError, type Incoming, type Outgoing, type Transport } from './transport.js'

/**
 * Streams the rows of a resource addressed by its path: of a collection as those of a set, of a single entity one or none. Where the path has
 * gaps, it is read once for each key given, and the rows carry that key.
 * @throws SourceRefused, HUB_RESOURCE_NOT_FOUND and HUB_QUERY_UNSUPPORTED naming the path, HUB_SOURCE_*
 */
export async function* readResource(transport: Transport, scan: ODataScan, context: ReadContext): AsyncGenerator<SourcePage> {
  const { resource } = scan
  if (resource?.gaps === undefined) {
    yield* resource?.mark === undefined ? ofLink(transport, scan, context) : readMarked(transport, scan, { ...context, mark: resource.mark })
    return
  }
  const filling: ReadonlySet<string> = new Set(resource.gaps.flatMap(({ key }) => key.map(({ column }) => column)))
  const columns = scan.columns.filter(({ name }) => !filling.has(name))
  const { gaps, ...whole } = resource
  const { keys: _, ...unkeyed } = context
  // Rows that are cut off, or counted, before it is known whose they are: `$apply=top(2)` of what each row leads to.
  if (context.keys === undefined) throw hubError('HUB_QUERY_UNSUPPORTED', { what: `Transforming all rows that ${scan.path} leads to, before it is known whose they are,`, hint: 'Use $filter, $orderby and $top instead of $apply there.' })
  const { batch, ...single } = scan
  const links: readonly Link[] = joinable(context.keys).map((key) => {
    const given = new Map(scan.keys.map(({ name }, index) => [name, key[index]]))
    return { given, filled: { ...single, path: filledPath(scan, gaps, given), columns, keys: [], keyForm: undefined, resource: whole } }
  })
  if (batch !== undefined && links.length > 1) return yield* linksTogether(transport, scan, links, unkeyed)
  for (const { given, filled } of links) for await (const { page } of linked(filled, ofLink(transport, filled, unkeyed))) yield { page: withKey(page, scan.columns, given) }
}

/** The rows of a resource without key, with the column that stands for it. */
async function* readMarked(transport: Transport, scan: ODataScan, { mark, ...context }: ReadContext & { readonly mark: string }): AsyncGenerator<SourcePage> {
  const unmarked = { ...scan, columns: scan.columns.filter(({ name }) => name !== mark) }
  for await (const { page } of ofLink(transport, unmarked, context)) yield { page: withKey(page, scan.columns, new Map([[mark, 1]])) }
}

/** The path that one key makes, and the key. */
interface Link {
  readonly filled: ODataScan
  readonly given: ReadonlyMap<string, Value>
}

const ofLink = (transport: Transport, filled: ODataScan, context: ReadContext): AsyncGenerator<SourcePage> => (filled.resource?.single === true ? readSingle(transport, filled, context) : readScan(transport, filled, context))

/** The rows of several links, asked for in one request. */
async function* linksTogether(transport: Transport, scan: ODataScan, links: readonly Link[], context: ReadContext): AsyncGenerator<SourcePage> {
  const reads = links.map(({ filled }) => ({ url: urlOf(filled), single: filled.resource?.single === true }))
  const ways = links.map(({ filled }) => waysOf(transport, filled, context))
  const alone = async function* (at: number, url: string, before: boolean): AsyncGenerator<{ readonly at: number; readonly page: Page }> {
    const [link, way] = [links[at], ways[at]]
    if (link === undefined || way === undefined) return
    if (before) for await (const piece of piecesOf(way, link.filled, url, 1)) yield { at, page: pageOf(piece, link.filled, 1).page }
    else for await (const { page } of linked(link.filled, ofLink(transport, link.filled, context))) yield { at, page }
  }
  const parts = piecesTogether(transport, scan, { reads, alone, follow: (at, piece) => ways[at]?.follow(piece, pageAt(reads[at]?.url ?? scan.target.url)) }, context)
  for await (const part of parts) {
    const link = links[part.at]
    if (link === undefined) continue
    const page = 'page' in part ? part.page : 'piece' in part ? pageOf(part.piece, link.filled, 1).page : entityPage(link.filled, part.entity, part.saysIeee754)
    yield { page: withKey(page, scan.columns, link.given) }
  }
}

/** The row whose link this is exists: a source that has nothing under it does not serve such links. */
async function* linked({ path, target }: ODataScan, pages: AsyncGenerator<SourcePage>): AsyncGenerator<SourcePage> {
  try {
    yield* pages
  } catch (error) {
    if (!isHubError(error) || error.code !== 'HUB_RESOURCE_NOT_FOUND') throw error
    throw hubError('HUB_QUERY_UNSUPPORTED', { what: `The path ${path}`, hint: `The source ${target.slug} has nothing under it.` }, { cause: error })
  }
}

/** @throws HUB_SOURCE_INVALID for a key that no URL can hold */
function filledPath({ path, keys, target }: ODataScan, gaps: readonly ResourceGap[], given: ReadonlyMap<string, Value>): string {
  const typeOf = new Map(keys.map(({ name, type }) => [name, type]))
  const text = (column: string): string => {
    const type = typeOf.get(column)
    if (type === undefined) throw new Error(`The path ${path} has a gap for ${column}, which is no key of the scan`)
    try {
      return encodeURIComponent(printValue(type, given.get(column))).replaceAll('%27', "'")
    } catch (cause) {
      throw hubError('HUB_SOURCE_INVALID', { slug: target.slug, reason: 'a key cannot stand in a URL' }, { cause })
    }
  }
  return gaps.reduce((before, { key, after, unwritten, named }) => {
    if (unwritten === true) return `${before}${after}`
    const [only, ...more] = key
    const inside = only !== undefined && more.length === 0 && named !== true ? text(only.column) : key.map(({ name, column }) => `${name}=${text(column)}`).join(',')
    return `${before}(${inside})${after}`
  }, path)
}

/** The rows with the columns that the key filled. */
function withKey(page: Page, columns: readonly Column[], given: ReadonlyMap<string, Value>): Page {
  const { rows, columns: own } = page.kind === 'rows' ? page : parseRows(page)
  const at = columns.map(({ name }) => own.findIndex((column) => column.name === name))
  return Object.freeze({ kind: 'rows', columns, rows: rows.map((row) => columns.map(({ name }, index) => (given.has(name) ? given.get(name) : row[at[index] ?? -1]))) })
}

/** One entity; none where the source has no content, or nothing, there. */
async function* readSingle(transport: Transport, scan: ODataScan, { signal, observe, asker, languages }: ReadContext): AsyncGenerator<SourcePage> {
  // Without whose request it is: only collections are kept.
  const outgoing: Outgoing = { place: scan.target, url: urlOf(scan), headers: readHeaders(0, scan.columns), signal, observe, ...askedBy({ ...(asker === undefined ? {} : { asker }), ...(languages === undefined ? {} : { languages }) }) }
  const incoming = await transport.send(outgoing)
  if (incoming.status === 204 || (incoming.status === 404 && scan.resource?.bare !== true)) {
    incoming.finish(0)
    yield { page: entityPage(scan, undefined, false) }
    return
  }
  await requireSuccess(incoming, { place: scan.target, entitySet: scan.entitySet, features: scan.suspects, path: scan.path, ...(scan.resource?.called === true ? { called: true as const } : {}) })
  requireJson(incoming, scan.target)
  const says = /IEEE754Compatible=true/i.test(incoming.headers['content-type'] ?? '')
  const bytes = await bodyOf(incoming, outgoing)
  yield { page: entityPage(scan, bytes, says) }
}

/** Most bytes of a single entity. */
const LARGEST_ENTITY = 64 * 1024 * 1024

async function bodyOf(incoming: Incoming, outgoing: Outgoing): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  let rows = 0
  try {
    for await (const chunk of incoming.body as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > LARGEST_ENTITY) throw hubError('HUB_LIMIT_EXCEEDED', { limit: LARGEST_ENTITY, what: 'bytes of one entity', hint: 'Select less of it with $select.' })
      chunks.push(chunk)
    }
    rows = 1
  } catch (error) {
    throw bodyError(outgoing, error)
  } finally {
    incoming.finish(rows)
  }
  return Buffer.concat(chunks)
}

function entityPage(scan: ODataScan, body: Buffer | undefined, says: boolean): BytesPage {
  const page = { kind: 'bytes' as const, slug: scan.target.slug, columns: scan.columns, only: false }
  const none: BytesPage = Object.freeze({ ...page, bytes: Buffer.alloc(0), offsets: Int32Array.of(), ieee754: says })
  if (body === undefined) return none
  const start = body.indexOf('{')
  const end = body.lastIndexOf('}') + 1
  const entity = entityOf(scan, start < 0 ? '' : body.toString('utf8', start, end))
  if (entity === undefined) return none
  return Object.freeze({ ...page, bytes: body, offsets: Int32Array.of(start, end), ieee754: holdsExactAsText([entity], scan.columns, says) })
}

/** Undefined: the source says null in words. @throws HUB_SOURCE_INVALID, HUB_SOURCE_FAILED */
function entityOf({ target }: ODataScan, text: string): Readonly<Record<string, unknown>> | undefined {
  let entity: unknown
  try {
    entity = JSON.parse(text)
  } catch (cause) {
    throw hubError('HUB_SOURCE_INVALID', { slug: target.slug, reason: 'an entity is not well-formed JSON' }, { cause })
  }
  if (!isObject(entity)) throw hubError('HUB_SOURCE_INVALID', { slug: target.slug, reason: 'something other than an entity stands where one was asked for' })
  // An entity may have a property of any name; an error within an answer has a marked one.
  requireNoError(Object.fromEntries(Object.entries(entity).filter(([name]) => name.startsWith('@'))), target)
  const told = Object.keys(entity).filter((name) => !name.startsWith('@'))
  const isNull = entity['@odata.null'] === true || (told.length === 1 && told[0] === 'value' && entity['value'] === null)
  return isNull ? undefined : entity
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)
