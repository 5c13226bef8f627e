import type { EdmModel } from '@tributary/edm'
import type * as Url from '@tributary/odata-url'
import { geoText, type Value } from '@tributary/plan'
import { addressOf } from './addresses.js'
import { annotationsWished } from './annotations.js'
import type { Item } from './evaluate.js'
import { valueItem } from './evaluate.js'
import { preference, refuses, type Asked, type Reply } from './exchange.js'
import { contentType } from './negotiate.js'
import { choose } from './options.js'
import { control, countText, mediaTag, writeEntity, writeValue } from './payload.js'
import { etagOf, navigationAt, structuredOf, type Entity, type Media } from './store.js'
import { printJson, rawText, Refusal, type Json } from './values.js'
import { there, type Place } from './walk.js'

/** The answer to GET and HEAD, and to functions and actions that give something. @throws Refusal */
export function read(asked: Asked, place: Place, status = 200): Reply {
  switch (place.kind) {
    case 'entities': return readEntities(asked, place, status)
    case 'entity': return readEntity(asked, place, status)
    case 'value': return readValue(asked, place, status)
    case 'stream': return readStream(asked, place)
    case 'count': return countOf(asked, place.of)
    case 'raw': return readRaw(asked, place.of)
    case 'ref': return readRef(asked, place.of)
    case 'none': return { status: 204, headers: {} }
    case 'each': throw new Refusal(501, '$each is not read')
    case 'results': throw new Refusal(501, 'results of several are read elsewhere')
    case 'action': throw new Refusal(405, `${place.operation.name} is an action`)
  }
}

/** A JSON answer with its context first. */
export function jsonReply({ format }: Pick<Asked, 'format'>, { status, context, headers = {} }: { readonly status: number; readonly context?: string | undefined; readonly headers?: Readonly<Record<string, string>> }, body: Readonly<Record<string, Json>>): Reply {
  const told = context === undefined || format.metadata === 'none' ? {} : { [control(format, 'context')]: `${format.root}$metadata#${context}` }
  return { status, headers: { 'content-type': contentType(format), ...headers }, body: printJson({ ...told, ...body }) }
}

const asItem = (entity: Entity): Item => ({ kind: 'entity', entity })

function readEntities(asked: Asked, place: Extract<Place, { kind: 'entities' }>, status: number): Reply {
  const { service, url: { options }, format, scope, request } = asked
  const natural = service.behaviour.reversed === true ? place.items.toReversed() : place.items
  const { items, total } = choose(scope, natural.map(asItem), options)
  const preferred = preference(request.headers, 'maxpagesize')
  const size = Math.min(service.behaviour.pageSize ?? Infinity, preferred === undefined ? Infinity : Number(preferred))
  const from = Number(options.skiptoken ?? 0)
  const page = items.slice(from, from + size)
  const more = from + size < items.length
  const rows = page.map((one): Json => (one.kind === 'entity' ? writeEntity({ format, scope }, one.entity, place.declared, options) : null))
  return jsonReply(asked, { status, context: `${place.context}${listOf(service.model, place.type, options)}`, headers: appliedOf(request, preferred) }, {
    ...(options.count === true ? { [control(format, 'count')]: countText(format, total) } : {}),
    value: rows,
    ...(more ? { [control(format, 'nextLink')]: nextLink(asked, from + size) } : {}),
  })
}

/** What was preferred and done: the size of pages, and annotations. */
function appliedOf({ headers }: Asked['request'], size?: string): Readonly<Record<string, string>> {
  const wished = annotationsWished(headers)
  const told = [...(size === undefined ? [] : [`${/odata\.maxpagesize/i.test(headers['prefer'] ?? '') ? 'odata.' : ''}maxpagesize=${size}`]), ...(wished === undefined ? [] : [`${wished.name}="${wished.wish}"`])]
  return told.length === 0 ? {} : { 'preference-applied': told.join(', ') }
}

function nextLink({ request, format }: Asked, at: number): string {
  const kept = request.query.split('&').filter((option) => option !== '' && !/^(\$|%24)?skiptoken=/i.test(option))
  return `${format.root}${request.path}?${[...kept, `$skiptoken=${at}`].join('&')}`
}

const segment = (one: Url.SelectSegment): string => ('name' in one ? one.name : one.kind === 'cast' ? one.type : '*')

type Listed = Pick<Url.QueryOptions, 'select' | 'expand'>

/** The select list of a context: what is selected, what is expanded and what of it. @see OData Protocol 4.01 section 10.7 */
export function listOf(model: EdmModel, type: string, { select, expand }: Listed): string {
  const selected = (select ?? []).flatMap((item) => selectedOf(item))
  const expanded = (expand ?? []).flatMap((item) => expandedOf(model, type, item)).flatMap((one) => (!one.endsWith('<stream>') ? [one] : select === undefined || selected.includes(one.slice(0, -8)) ? [] : [one.slice(0, -8)]))
  const all = [...selected, ...expanded]
  return all.length === 0 ? '' : `(${all.join(',')})`
}

function selectedOf(item: Url.SelectItem): readonly string[] {
  if (item.kind !== 'path') return [item.kind === 'all' ? '*' : `${item.namespace}.*`]
  const path = item.segments.map(segment).join('/')
  return item.options?.select === undefined ? [path] : item.options.select.flatMap(selectedOf).map((inner) => `${path}/${inner}`)
}

function expandedOf(model: EdmModel, type: string, item: Url.ExpandItem): readonly string[] {
  if (item.suffix !== undefined || item.target === '$value') return []
  const property = Array.isArray(item.target) ? (item.target as readonly Url.SelectSegment[]).at(-1) : undefined
  if (property?.kind === 'property') return [`${property.name}<stream>`]
  const navigations = item.target === 'all' ? allNavigations(model, type) : [{ path: item.target.map(segment).join('/'), target: navigationAt(model, type, item.target.map(segment).join('/'))?.target ?? type }]
  return navigations.map(({ path, target }) => `${path}${item.options.levels === undefined ? '' : '+'}${listOf(model, target, item.options) || '()'}`)
}

/** All navigations of instances of a type: those that only derived types have stand behind a cast. */
function allNavigations(model: EdmModel, type: string): readonly { readonly path: string; readonly target: string }[] {
  const own = model.navigations(structuredOf(model, type))
  const inherited = new Set(own.map(({ name }) => name))
  const derived = model.derivedTypes(type).flatMap((narrower) => model.navigations(structuredOf(model, narrower)).flatMap(({ name, target }) => (inherited.has(name) ? [] : [{ path: `${narrower}/${name}`, target }])))
  return [...own.map(({ name, target }) => ({ path: name, target })), ...derived]
}

function unchanged({ request }: Asked, etag: string | undefined): boolean {
  const known = request.headers['if-none-match']
  return known !== undefined && etag !== undefined && (known === '*' || known.split(',').some((one) => one.trim() === etag))
}

/** Reading may be bound to a version, too. @throws Refusal 412 @see OData Protocol 4.01 section 8.2.5 */
function requireMatch({ request: { headers } }: Asked, etag: string | undefined): void {
  const match = headers['if-match']
  if (match !== undefined && match !== '*' && !match.split(',').some((tag) => tag.trim() === etag)) throw new Refusal(412, 'it has another version')
}

function readEntity(asked: Asked, place: Extract<Place, { kind: 'entity' }>, status: number): Reply {
  const { format, url: { options }, scope } = asked
  for (const name of ['filter', 'search', 'orderby', 'top', 'skip', 'count'] as const) if (options[name] !== undefined) throw new Refusal(400, `$${name} needs a collection`)
  if (place.item === undefined && place.key === undefined) return { status: 204, headers: {} }
  const one = there(place)
  const etag = etagOf(one)
  requireMatch(asked, etag)
  if (unchanged(asked, etag)) return { status: 304, headers: etag === undefined ? {} : { etag } }
  return entityReply({ ...asked, format, scope }, { place, one, status, headers: appliedOf(asked.request) }, options)
}

interface Told {
  readonly place: Pick<Extract<Place, { kind: 'entity' }>, 'context' | 'declared' | 'ofCollection'>
  readonly one: Entity
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
}

/** An entity as the whole answer. */
export function entityReply(asked: Asked, { place, one, status, headers }: Told, options: Pick<Url.QueryOptions, 'select' | 'expand' | 'compute'>): Reply {
  const { format, scope } = asked
  const [shown = asItem(one)] = choose(scope, [asItem(one)], options.compute === undefined ? {} : { compute: options.compute }).items
  const etag = etagOf(one)
  const context = `${place.context}${listOf(scope.model, place.declared, options)}${place.ofCollection ? '/$entity' : ''}`
  return jsonReply(asked, { status, context, headers: { ...(etag === undefined ? {} : { etag }), ...headers } }, writeEntity({ format, scope }, shown.kind === 'entity' ? shown.entity : one, place.declared, options))
}

function readValue(asked: Asked, place: Extract<Place, { kind: 'value' }>, status: number): Reply {
  const { format, scope, url: { options } } = asked
  const { type, value, context, owner } = place
  if (options.select !== undefined && scope.model.structured(type.name) === undefined) throw new Refusal(400, '$select needs structured values')
  const etag = owner === undefined ? undefined : etagOf(owner.entity)
  requireMatch(asked, etag)
  if (value === null || value === undefined) return { status: 204, headers: etag === undefined ? {} : { etag } }
  const headers = etag === undefined ? {} : { etag }
  if (unchanged(asked, etag)) return { status: 304, headers }
  if (type.collection) {
    const { items, total } = choose(scope, (value as readonly Value[]).map((one): Item => valueItem(scope.model, type.name, one)), options)
    const rows = items.map((one): Json => writeValue({ format, scope }, type.name, one.kind === 'value' ? one.value : null, { owner: undefined, path: '', wanted: options }))
    return jsonReply(asked, { status, context: `${context}${scope.model.structured(type.name) === undefined ? '' : listOf(scope.model, type.name, options)}`, headers }, { ...(options.count === true ? { [control(format, 'count')]: countText(format, total) } : {}), value: rows })
  }
  const [made] = options.compute === undefined ? [] : choose(scope, [valueItem(scope.model, type.name, value)], { compute: options.compute }).items
  const json = writeValue({ format, scope }, type.name, made?.kind === 'value' ? made.value : value, { owner: owner?.entity, path: owner === undefined ? '' : `${owner.path}/`, wanted: options })
  const structured = scope.model.structured(type.name) !== undefined
  return jsonReply(asked, { status, context: `${context}${structured ? listOf(scope.model, type.name, options) : ''}`, headers }, structured ? json as Record<string, Json> : { value: json })
}

function countOf({ scope, url: { options } }: Asked, place: Place): Reply {
  const items = place.kind === 'entities' ? place.items.map(asItem) : place.kind === 'value' && place.type.collection ? (place.value as readonly Value[]).map((one): Item => valueItem(scope.model, place.type.name, one)) : undefined
  if (items === undefined) throw new Refusal(400, 'what is counted is no collection')
  const { filter, search } = options
  const { total } = choose(scope, items, { ...(filter === undefined ? {} : { filter }), ...(search === undefined ? {} : { search }) })
  return { status: 200, headers: { 'content-type': 'text/plain;charset=utf-8' }, body: String(total) }
}

function readRaw(asked: Asked, place: Place): Reply {
  if (place.kind !== 'value' || place.type.collection) throw new Refusal(400, '$value needs a single value')
  const { type, value, owner } = place
  const etag = owner === undefined ? undefined : etagOf(owner.entity)
  const tagged = etag === undefined ? {} : { etag }
  const plain = { 'content-type': 'text/plain;charset=utf-8', ...tagged }
  requireMatch(asked, etag)
  if (unchanged(asked, etag)) return { status: 304, headers: tagged }
  if (value === null) return { status: 204, headers: tagged }
  if (typeof value === 'object' && type.name.startsWith('Edm.Geo')) return { status: 200, headers: plain, body: geoText(value, type.name.startsWith('Edm.Geography') ? 4326 : 0) ?? rawText(value) }
  if (typeof value === 'object') throw new Refusal(400, '$value needs a primitive value')
  if (type.name === 'Edm.Binary') return { status: 200, headers: { 'content-type': 'application/octet-stream', ...tagged }, body: Uint8Array.from(Buffer.from(String(value), 'base64url')) }
  return { status: 200, headers: plain, body: rawText(value, type.name) }
}

function readRef(asked: Asked, place: Place): Reply {
  const { format, service, scope, url: { options } } = asked
  refuses(service, 'ref')
  const id = (one: Entity): string => `${format.root}${addressOf(service.model, one)}`
  if (place.kind === 'entities') {
    const { items, total } = choose(scope, place.items.map(asItem), options)
    return jsonReply(asked, { status: 200, context: 'Collection($ref)' }, { ...(options.count === true ? { [control(format, 'count')]: countText(format, total) } : {}), value: items.map((one): Json => (one.kind === 'entity' ? { [control(format, 'id')]: id(one.entity) } : null)) })
  }
  if (place.kind !== 'entity') throw new Refusal(400, '$ref needs entities')
  if (place.item === undefined && place.key === undefined) return { status: 204, headers: {} }
  return jsonReply(asked, { status: 200, context: '$ref' }, { [control(format, 'id')]: id(there(place)) })
}

function readStream(asked: Asked, { entity, name }: Extract<Place, { kind: 'stream' }>): Reply {
  refuses(asked.service, 'media')
  const media = entity.streams[name]
  if (media === undefined) {
    if (name === '' && asked.service.model.entityType(entity.type)?.hasStream !== true) throw new Refusal(400, `${entity.type} has no media`)
    return { status: 204, headers: {} }
  }
  const etag = mediaTag(media.version)
  if (unchanged(asked, etag)) return { status: 304, headers: { etag } }
  return ranged(asked, media, { 'content-type': media.type, etag, 'accept-ranges': 'bytes' })
}

function ranged({ request }: Asked, { bytes }: Media, headers: Readonly<Record<string, string>>): Reply {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers['range'] ?? '') ?? []
  if (from === undefined) return { status: 200, headers, body: bytes }
  const last = Math.min(to === undefined || to === '' ? bytes.length - 1 : Number(to), bytes.length - 1)
  if (Number(from) > last) return { status: 416, headers: { 'content-range': `bytes */${bytes.length}` } }
  return { status: 206, headers: { ...headers, 'content-range': `bytes ${from}-${last}/${bytes.length}` }, body: bytes.slice(Number(from), last + 1) }
}
