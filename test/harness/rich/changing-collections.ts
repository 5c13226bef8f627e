import { addressOf, setOf } from './addresses.js'
import { jsonBody, refuses, type Asked, type Reply } from './exchange.js'
import { control, writeEntity } from './payload.js'
import { jsonReply, listOf } from './reading.js'
import { controlText, namedType, readMembers } from './read-values.js'
import { appliedTo, asItIsNow, attempt, contentIdOf, exceptionOf, isQuiet, referenceTo, type FailedOperation, type Outcome } from './several.js'
import { etagOf, keyNames, link, navigationAt, related, remove, sameKey, structuredOf, unlink, type Entity } from './store.js'
import { isObject, Refusal, type Json, type JsonObject } from './values.js'
import { walk, type Place } from './walk.js'
import { create, replaceWith, resolve, update } from './writing-entities.js'

type Entities = Extract<Place, { kind: 'entities' }>

/** One change of a payload. */
interface Change {
  readonly kind: 'upsert' | 'remove' | 'link' | 'unlink'
  readonly item: JsonObject
}

/** What a change did. `address`: of the entity, below the root; that of one that is gone is where it was. */
interface Done {
  readonly address: string
  readonly operation: FailedOperation
}

const shaping = ['filter', 'search', 'orderby', 'top', 'skip', 'count'] as const

/** Changes a collection as a whole: PATCH with a delta, PUT with all of it. @see OData Protocol 4.01 sections 11.4.13, 11.4.14 @throws Refusal */
export function changeCollection(asked: Asked, place: Entities): Reply {
  const { request: { method }, service, url: { resource } } = asked
  refuses(service, method === 'PUT' ? 'replace' : 'delta')
  const last = resource.kind === 'path' ? resource.segments.at(-1)?.kind : undefined
  if (last === 'cast' || last === 'filter') throw new Refusal(400, 'a part of a collection is not changed as a whole')
  if (shaping.some((name) => asked.url.options[name] !== undefined)) throw new Refusal(400, 'which changes are answered with is settled')
  const { value } = jsonBody(asked)
  if (!Array.isArray(value) || !(value as readonly Json[]).every(isObject)) throw new Refusal(400, 'a collection is an array of objects')
  const changes = (value as readonly JsonObject[]).map(changeOf)
  if (method === 'PUT' && changes.some(({ kind }) => kind !== 'upsert')) throw new Refusal(400, 'the whole of a collection has no changes in it')
  const outcomes = changes.map((change) => attempt(asked, (now) => applied(now, collectionOf(now), change)))
  const left = method === 'PUT' ? removeOthers(asked, place, { changes, outcomes }) : []
  if (isQuiet(asked, [...outcomes, ...left.map(({ outcome }) => outcome)])) return { status: 204, headers: appliedTo(asked) }
  return method === 'PUT' ? wholeReply(asked, { changes, outcomes, left }) : deltaReply(asked, place, { changes, outcomes })
}

/** The collection as it is now. */
function collectionOf({ scope, url: { resource, options } }: Asked): Entities {
  const place = walk({ scope, options }, resource.kind === 'path' ? resource.segments : [])
  if (place.kind !== 'entities') throw new Refusal(400, 'this is no collection')
  return place
}

function changeOf(item: JsonObject): Change {
  const context = controlText(item, 'context') ?? ''
  if (context.endsWith('$link')) return { kind: 'link', item }
  if (context.endsWith('$deletedLink')) return { kind: 'unlink', item }
  return { kind: item['@removed'] !== undefined || item['@odata.removed'] !== undefined ? 'remove' : 'upsert', item }
}

function applied(now: Asked, place: Entities, { kind, item }: Change): Done {
  if (kind === 'link' || kind === 'unlink') return changeLink(now, item, kind)
  return kind === 'remove' ? removed(now, place, item) : upserted(now, place, item)
}

function changeLink(now: Asked, item: JsonObject, kind: 'link' | 'unlink'): Done {
  const { service: { model, store } } = now
  const { source, relationship, target } = item
  if (typeof source !== 'string' || typeof relationship !== 'string' || typeof target !== 'string') throw new Refusal(400, 'a link has source, relationship and target')
  const [from, to] = [resolve(now, source), resolve(now, target)]
  if (kind === 'link') link(model, from, relationship, to)
  else if (related(model, store, from, relationship).includes(to)) unlink(model, from, relationship, to)
  else throw new Refusal(404, 'there is no such link')
  return { address: addressOf(model, from), operation: kind }
}

/** The entity an item speaks of, among those of the collection or, of a relationship, anywhere in their set. */
function found(now: Asked, place: Entities, item: JsonObject): Entity | undefined {
  const { service: { model, store } } = now
  const id = controlText(item, 'id')
  if (id !== undefined) return resolve(now, id)
  const type = namedType(model, structuredOf(model, place.declared), item)
  const members = readMembers(model, type, Object.fromEntries(Object.entries(item).filter(([name]) => keyNames(model, place.declared).includes(name))))
  if (!keyNames(model, place.declared).every((name) => members[name] !== undefined)) return undefined
  const isContained = place.origin.from !== undefined && place.origin.path !== undefined && navigationAt(model, place.origin.from.type, place.origin.path)?.containsTarget === true
  const among = isContained ? place.items : store.sets[place.origin.set ?? setOf(model, place.declared) ?? ''] ?? []
  return among.find((one) => sameKey(model, one, members))
}

/** The version an item gives, against that of the entity. 4.0 knows none in bodies. */
function check({ request: { headers } }: Asked, one: Entity | undefined, item: JsonObject): void {
  const tag = headers['odata-version'] === '4.0' ? undefined : controlText(item, 'etag')
  const etag = one === undefined ? undefined : etagOf(one)
  if (tag === undefined && etag !== undefined && headers['if-match'] !== '*') throw new Refusal(428, 'an ETag is needed')
  if (tag === undefined) return
  if (one === undefined || (tag !== '*' && tag !== etag)) throw new Refusal(412, 'it has changed')
}

function removed(now: Asked, place: Entities, item: JsonObject): Done {
  const { service: { model } } = now
  const one = found(now, place, item)
  if (one === undefined || !place.items.includes(one)) throw new Refusal(404, 'there is no such member')
  check(now, one, item)
  const address = addressOf(model, one)
  return { address, operation: takeOut(now, { place, one, reason: reasonOf(item) }) }
}

function reasonOf(item: JsonObject): string {
  const told = item['@removed'] ?? item['@odata.removed']
  return isObject(told) && typeof told['reason'] === 'string' ? told['reason'] : 'changed'
}

interface Leaving {
  readonly place: Entities
  readonly one: Entity
  readonly reason: string
}

/** Members of sets, and what is contained, end with their membership. */
function takeOut({ service: { model, store } }: Asked, { place: { origin }, one, reason }: Leaving): FailedOperation {
  const isOnlyLinked = origin.from !== undefined && origin.path !== undefined && navigationAt(model, origin.from.type, origin.path)?.containsTarget !== true
  if (!isOnlyLinked || reason === 'deleted') {
    remove(store, one)
    return 'delete'
  }
  unlink(model, origin.from, origin.path, one)
  return 'unlink'
}

function upserted(now: Asked, place: Entities, item: JsonObject): Done {
  const { service: { model }, request: { method } } = now
  const one = found(now, place, item)
  check(now, one, item)
  if (one === undefined) return { address: addressOf(model, create(now, place, item)), operation: 'insert' }
  if (method === 'PUT') replaceWith(now, one, item)
  else update(now, one, item)
  const { from, path } = place.origin
  if (from !== undefined && path !== undefined && !place.items.includes(one)) link(model, from, path, one)
  return { address: addressOf(model, one), operation: 'update' }
}

interface Left {
  readonly address: string
  readonly outcome: Outcome<FailedOperation>
}

/** What a replacement does not name leaves; what it could not change stays. */
function removeOthers(asked: Asked, place: Entities, { changes, outcomes }: Results): readonly Left[] {
  const { service: { model } } = asked
  const now = asItIsNow(asked)
  const named = new Set(outcomes.flatMap((one, index) => {
    const failedOn = 'done' in one ? undefined : attempted(now, collectionOf(now), changes[index]?.item ?? {})
    return 'done' in one ? [one.done.address] : failedOn === undefined ? [] : [addressOf(model, failedOn)]
  }))
  return place.items.map((one) => addressOf(model, one)).filter((address) => !named.has(address))
    .map((address) => ({ address, outcome: attempt(asked, (now) => takeOut(now, { place: collectionOf(now), one: resolve(now, address), reason: 'changed' })) }))
}

interface Results {
  readonly changes: readonly Change[]
  readonly outcomes: readonly Outcome<Done>[]
}

/** The changes as they were applied, in their order. */
function deltaReply(asked: Asked, place: Entities, { changes, outcomes }: Results): Reply {
  const now = asItIsNow(asked)
  const value = changes.flatMap((change, index): readonly Json[] => {
    const outcome = outcomes[index]
    if (outcome === undefined) return []
    return ['done' in outcome ? told(now, place, { change, address: outcome.done.address }) : failed(now, place, { change, refusal: outcome.refusal })]
  })
  return jsonReply(asked, { status: 200, context: `${place.context}${listOf(now.scope.model, place.type, asked.url.options)}/$delta`, headers: appliedTo(asked) }, { value })
}

interface Shown {
  readonly change: Change
  readonly address: string
}

function told(now: Asked, place: Entities, { change: { kind, item }, address }: Shown): JsonObject {
  const { format, scope, url: { options } } = now
  if (kind === 'remove') return { [control(format, 'removed')]: { reason: reasonOf(item) }, [control(format, 'id')]: `${format.root}${address}`, ...contentIdOf(item) }
  if (kind !== 'upsert') return linkShown(now, place, { kind, item })
  return { ...writeEntity({ format, scope }, resolve(now, address), place.declared, options), ...contentIdOf(item) }
}

function linkShown(now: Asked, { context }: Entities, { kind, item }: Change): JsonObject {
  const { format, service: { model } } = now
  const absolute = (name: string): string => `${format.root}${addressOf(model, resolve(now, String(item[name])))}`
  return { [control(format, 'context')]: `${format.root}$metadata#${context}/$${kind === 'link' ? 'link' : 'deletedLink'}`, source: absolute('source'), relationship: item['relationship'] ?? null, target: absolute('target') }
}

/** What failed is told by what has not happened. */
function failed(now: Asked, place: Entities, { change: { kind, item }, refusal }: { readonly change: Change; readonly refusal: Refusal }): JsonObject {
  const { format, service: { model } } = now
  if (kind === 'link' || kind === 'unlink') return { ...Object.fromEntries(Object.entries(item).filter(([name]) => !name.includes('@'))), ...exceptionOf(kind, refusal) }
  const one = attempted(now, place, item)
  if (kind === 'remove') return { ...(one === undefined ? keysOf(now, place, item) : referenceTo(now, model, one)), ...contentIdOf(item), ...exceptionOf('delete', refusal) }
  if (one !== undefined) return { ...writeEntity(now, one, place.declared, now.url.options), ...contentIdOf(item), ...exceptionOf('update', refusal) }
  return { [control(format, 'removed')]: { reason: 'deleted' }, ...keysOf(now, place, item), ...contentIdOf(item), ...exceptionOf('insert', refusal) }
}

function attempted(now: Asked, place: Entities, item: JsonObject): Entity | undefined {
  const outcome = attempt(now, (again) => found(again, place, item))
  return 'done' in outcome ? outcome.done : undefined
}

const keysOf = ({ service: { model } }: Asked, { declared }: Entities, item: JsonObject): JsonObject =>
  Object.fromEntries(keyNames(model, declared).flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]])))

/** All that is in the collection now, and of what failed why. */
function wholeReply(asked: Asked, { changes, outcomes, left }: Results & { readonly left: readonly Left[] }): Reply {
  const now = asItIsNow(asked)
  const { scope, format, service: { model }, url: { options } } = now
  const place = collectionOf(now)
  const why = new Map(left.flatMap(({ address, outcome }) => ('refusal' in outcome ? [[address, exceptionOf('delete', outcome.refusal)] as const] : [])))
  for (const [index, outcome] of outcomes.entries()) {
    const one = 'refusal' in outcome ? attempted(now, place, changes[index]?.item ?? {}) : undefined
    if (one !== undefined && 'refusal' in outcome) why.set(addressOf(model, one), exceptionOf('update', outcome.refusal))
  }
  const value = place.items.map((one): Json => ({ ...writeEntity({ format, scope }, one, place.declared, options), ...why.get(addressOf(model, one)) }))
  return jsonReply(asked, { status: 200, context: `${place.context}${listOf(model, place.type, options)}`, headers: appliedTo(asked) }, { value })
}
