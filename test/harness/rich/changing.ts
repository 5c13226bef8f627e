import type { ExpandItem } from '@tributary/odata-url'
import { addressOf } from './addresses.js'
import { act, actEach } from './acting.js'
import { changeCollection } from './changing-collections.js'
import { changeEach } from './changing-members.js'
import { jsonBody, preference, refuses, type Asked, type Reply } from './exchange.js'
import { guard } from './guard.js'
import { castText } from './literal-values.js'
import { mediaTag } from './payload.js'
import { entityReply, read } from './reading.js'
import { controlText, namedType, readTyped } from './read-values.js'
import { changeRef } from './references.js'
import { etagOf, remove, structuredOf, touch, type Entity } from './store.js'
import { isObject, Refusal, writeScalar, type Json, type JsonObject } from './values.js'
import { there, type Place } from './walk.js'
import { create, mergeComplex, replaceWith, update } from './writing-entities.js'

/** The answer to what changes something. @throws Refusal */
export function change(asked: Asked, place: Place): Reply {
  const { request: { method } } = asked
  if (place.kind === 'action') return place.each === true ? actEach(asked, place) : act(asked, place)
  if (place.kind === 'ref') return changeRef(asked, place.of)
  if (place.kind === 'entities') return method === 'POST' ? insert(asked, place) : method === 'DELETE' ? notAllowed(method) : changeCollection(asked, place)
  if (place.kind === 'each') return changeEach(asked, place.of)
  if (place.kind === 'entity') return changeEntity(asked, place)
  if (place.kind === 'stream') return changeStream(asked, place)
  if (place.kind === 'raw' && place.of.kind === 'value') return changeRaw(asked, place.of)
  if (place.kind === 'value') return changeValue(asked, place)
  return notAllowed(method)
}

function notAllowed(method: string): never {
  throw new Refusal(405, `${method} is not allowed here`)
}

/** The answer after a change: the entity or nothing, as preferred. */
export function changed(asked: Asked, one: Entity, { status, place }: { readonly status: 200 | 201; readonly place: Extract<Place, { kind: 'entity' | 'entities' }> }): Reply {
  const { request, service, format, url: { options } } = asked
  const wish = preference(request.headers, 'return')
  const id = `${format.root}${addressOf(service.model, one)}`
  const etag = etagOf(one)
  const headers = { ...(status === 201 ? { location: id } : {}), ...(wish === undefined ? {} : { 'preference-applied': `return=${wish}` }), ...(etag === undefined ? {} : { etag }) }
  const minimal = wish === undefined ? status === 200 : wish === 'minimal'
  if (minimal) return { status: 204, headers: { ...headers, ...(status === 201 ? { 'odata-entityid': id } : {}) } }
  return entityReply(asked, { place: { context: place.context, declared: place.declared, ofCollection: place.kind === 'entities' || place.ofCollection }, one, status, headers }, options)
}

function insert(asked: Asked, place: Extract<Place, { kind: 'entities' }>): Reply {
  const { service, request } = asked
  const media = service.model.entityType(place.type)?.hasStream === true && !/^application\/json\b/i.test(request.headers['content-type'] ?? '')
  if (media) {
    const one = create(asked, place, {})
    one.streams[''] = { bytes: request.body, type: request.headers['content-type'] ?? 'application/octet-stream', version: 1 }
    return changed(asked, one, { status: 201, place })
  }
  const body = jsonBody(asked)
  if (request.body.length === 0) throw new Refusal(400, 'an entity is needed')
  return changed(expanding(asked, place.type, body), create(asked, place, body), { status: 201, place })
}

/** The request with what its body nests expanded in the answer. */
function expanding(asked: Asked, type: string, body: JsonObject): Asked {
  const nested = nestedIn(asked, type, body)
  const { url } = asked
  return nested.length === 0 || url.options.expand !== undefined ? asked : { ...asked, url: { ...url, options: { ...url.options, expand: nested } } }
}

function nestedIn(asked: Asked, type: string, body: JsonObject): readonly ExpandItem[] {
  const { model } = asked.service
  return model.navigations(namedType(model, structuredOf(model, type), body)).flatMap(({ name, target }): readonly ExpandItem[] => {
    const value = body[name]
    if (value === undefined || value === null || isObject(value) && controlText(value, 'id') !== undefined) return []
    const inner = (Array.isArray(value) ? value : [value as Json]).filter(isObject).flatMap((one: JsonObject) => nestedIn(asked, target, one))
    const span = { start: 0, end: 0 }
    return [{ target: [{ kind: 'navigation', name, span }], span, options: { aliases: new Map(), custom: [], spans: new Map(), ...(inner.length === 0 ? {} : { expand: inner }) } }]
  })
}

function changeEntity(asked: Asked, place: Extract<Place, { kind: 'entity' }>): Reply {
  const { request: { method, headers }, service } = asked
  if (method === 'DELETE') {
    const one = there(place)
    guard(asked, one)
    if (service.model.container?.singletons.has(place.context) === true) throw new Refusal(405, 'a singleton stays')
    remove(service.store, one)
    return { status: 204, headers: {} }
  }
  if (method !== 'PATCH' && method !== 'PUT') return notAllowed(method)
  if (place.item === undefined) {
    if (headers['if-match'] !== undefined) throw new Refusal(412, 'there is nothing to match')
    return upsert(asked, place)
  }
  guard(asked, place.item)
  const body = jsonBody(asked)
  if (method === 'PUT') replaceWith(asked, place.item, body)
  else update(asked, place.item, body)
  return changed(asked, place.item, { status: 200, place })
}

function upsert(asked: Asked, place: Extract<Place, { kind: 'entity' }>): Reply {
  refuses(asked.service, 'upsert')
  const { type, origin, key } = place
  if (key === undefined && origin.path === undefined) throw new Refusal(404, 'there is nothing here')
  const contained = key === undefined
  const body = jsonBody(asked)
  const one = create(asked, { type, origin }, { ...body, ...jsonKey(asked, place) })
  return changed(asked, one, { status: 201, place: contained ? place : { ...place, item: one } })
}

/** The key of the URL as members of a body. */
function jsonKey({ service: { model } }: Asked, { key = {}, type }: Extract<Place, { kind: 'entity' }>): JsonObject {
  return Object.fromEntries(Object.entries(key).map(([name, value]) => [name, writeScalar(model.underlying(model.property(structuredOf(model, type), name)?.type.name ?? 'Edm.String'), value, false)]))
}

/** Sets a value at a property path of an entity, the values on the way kept. */
function assign(asked: Asked, place: Extract<Place, { kind: 'value' }>, value: Extract<Place, { kind: 'value' }>['value']): Reply {
  const { owner } = place
  if (owner === undefined) return notAllowed(asked.request.method)
  guard(asked, owner.entity)
  if (value === null && !place.type.nullable) throw new Refusal(400, `${owner.path} may not be null`)
  const names = owner.path.split('/')
  const put = (values: Readonly<Record<string, unknown>>, [name = '', ...rest]: readonly string[]): Record<string, unknown> => ({ ...values, [name]: rest.length === 0 ? value : put((values[name] ?? {}) as Readonly<Record<string, unknown>>, rest) })
  owner.entity.values = put(owner.entity.values, names) as Entity['values']
  touch(owner.entity)
  const etag = etagOf(owner.entity)
  const headers = etag === undefined ? {} : { etag }
  const wish = preference(asked.request.headers, 'return')
  if (wish === 'representation' && value !== null) return { ...read(asked, { ...place, value }), headers: { ...read(asked, { ...place, value }).headers, 'preference-applied': 'return=representation' } }
  return { status: 204, headers: { ...headers, ...(wish === undefined ? {} : { 'preference-applied': `return=${wish}` }) } }
}

function changeValue(asked: Asked, place: Extract<Place, { kind: 'value' }>): Reply {
  const { request: { method }, service } = asked
  if (place.computed === true) return notAllowed(method)
  const structured = service.model.structured(place.type.name) !== undefined && !place.type.collection
  if (method === 'DELETE') return place.type.collection ? notAllowed(method) : assign(asked, place, null)
  if (method === 'POST' && place.type.collection) return append(asked, place)
  if (method !== 'PUT' && method !== 'PATCH' || (method === 'PATCH' && place.type.collection)) return notAllowed(method)
  const body = jsonBody(asked)
  if (!structured) {
    if (body['value'] === undefined) throw new Refusal(400, 'the body has no value')
    return assign(asked, place, readTyped(service.model, place.type, body['value']))
  }
  if (method === 'PUT') return assign(asked, place, readTyped(service.model, place.type, body))
  return assign(asked, place, mergeComplex(service.model, { type: place.type.name, before: place.value }, body))
}

function append(asked: Asked, place: Extract<Place, { kind: 'value' }>): Reply {
  const body = jsonBody(asked)
  const single = { ...place.type, collection: false }
  const json = asked.service.model.structured(place.type.name) === undefined ? body['value'] : body
  if (json === undefined) throw new Refusal(400, 'the body has no value')
  return assign(asked, place, [...(place.value as readonly []), readTyped(asked.service.model, single, json)])
}

function changeRaw(asked: Asked, place: Extract<Place, { kind: 'value' }>): Reply {
  const { request, service } = asked
  if (request.method === 'DELETE') return assign(asked, place, null)
  if (request.method !== 'PUT') return notAllowed(request.method)
  const text = place.type.name === 'Edm.Binary' ? Buffer.from(request.body).toString('base64url') : new TextDecoder().decode(request.body)
  return assign(asked, place, castText(service.model, place.type.name, text))
}

function changeStream(asked: Asked, { entity, name }: Extract<Place, { kind: 'stream' }>): Reply {
  const { request: { method, headers, body }, service } = asked
  refuses(service, 'media')
  const known = entity.streams[name]
  if (name === '' && service.model.entityType(entity.type)?.hasStream !== true) throw new Refusal(404, `${entity.type} has no media`)
  const match = headers['if-match']
  if (match !== undefined && match !== '*' && known !== undefined && match !== mediaTag(known.version)) throw new Refusal(412, 'it has changed')
  if (method === 'DELETE') {
    if (name === '') {
      remove(service.store, entity)
      return { status: 204, headers: {} }
    }
    delete entity.streams[name]
    return { status: 204, headers: {} }
  }
  if (method !== 'PUT') return notAllowed(method)
  const version = (known?.version ?? 0) + 1
  entity.streams[name] = { bytes: body, type: headers['content-type'] ?? 'application/octet-stream', version }
  return { status: 204, headers: { etag: mediaTag(version) } }
}
