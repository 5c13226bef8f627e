import type { EdmModel, NavigationProperty, StructuredType } from '@tributary/edm'
import { parseResourcePath } from '@tributary/odata-url'
import type { Value } from '@tributary/plan'
import { refuses, type Asked } from './exchange.js'
import { castText } from './literal-values.js'
import { controlOf, controlText, namedType, readMembers, readTyped, requireMembers } from './read-values.js'
import { entity, keyNames, link, related, remove, sameKey, structuredOf, touch, unlink, type Entity } from './store.js'
import { isObject, Refusal, typeMember, type Json, type JsonObject } from './values.js'
import { walk, type Place } from './walk.js'
import { setOf } from './addresses.js'

type Entities = Pick<Extract<Place, { kind: 'entities' }>, 'type' | 'origin'>

const isComputed = (type: StructuredType, model: EdmModel, name: string): boolean =>
  model.property(type, name)?.annotations.some(({ term }) => term === 'Org.OData.Core.V1.Computed') === true

function defaults(model: EdmModel, type: StructuredType): Record<string, Value> {
  return Object.fromEntries(model.properties(type).filter((property) => property.type.name !== 'Edm.Stream').map(({ name, type: { name: typeName, collection }, defaultValue }) =>
    [name, name === 'Revision' ? 1 : collection ? [] : defaultValue === undefined ? null : castText(model, typeName, defaultValue)]))
}

/** Makes an entity of a body, with what is nested in it, and puts it where it belongs. @throws Refusal 400, 409 */
export function create(asked: Asked, { type: declared, origin }: Entities, body: JsonObject): Entity {
  const { service: { model, store } } = asked
  const type = namedType(model, structuredOf(model, declared), body)
  if (type.abstract) throw new Refusal(400, `${type.name} is abstract`)
  const dynamic: Record<string, string> = {}
  const given = Object.fromEntries(Object.entries(readMembers(model, type, body, dynamic)).filter(([name]) => !isComputed(type, model, name)))
  const navigation = origin.from === undefined || origin.path === undefined ? undefined : navigationOf(model, origin.from, origin.path)
  const contained = navigation?.containsTarget === true && origin.from !== undefined && origin.path !== undefined
  const name = origin.set ?? setOf(model, declared)
  if (!contained && name === undefined) throw new Refusal(405, 'nothing can be added here')
  const siblings = contained ? origin.from?.children[origin.path ?? ''] ?? [] : store.sets[name ?? ''] ?? []
  const values = { ...defaults(model, type), ...given }
  number(model, type, { values, siblings })
  const made = entity(type.qualifiedName, values, contained && origin.from !== undefined && origin.path !== undefined ? { parent: origin.from, path: origin.path, many: navigation.collection } : { name: name ?? '' })
  Object.assign(made.dynamic, dynamic)
  if (origin.from !== undefined && origin.path !== undefined && !contained) link(model, origin.from, origin.path, made)
  nest(asked, made, body)
  requireMembers(model, type, made.values)
  if (siblings.some((one) => sameKey(model, one, made.values))) throw new Refusal(409, 'an entity with this key exists')
  if (contained && origin.from !== undefined && origin.path !== undefined) origin.from.children[origin.path] = [...siblings, made]
  else store.sets[name ?? ''] = [...(store.sets[name ?? ''] ?? []), made]
  return made
}

/** A whole-numbered key that is not given is the next one. */
function number(model: EdmModel, type: StructuredType, { values, siblings }: { readonly values: Record<string, Value>; readonly siblings: readonly Entity[] }): void {
  const [name, ...more] = keyNames(model, type.qualifiedName)
  if (name === undefined || more.length > 0 || values[name] !== null || !/Int(16|32)$/.test(model.property(type, name)?.type.name ?? '')) return
  values[name] = Math.max(0, ...siblings.map((one) => Number(one.values[name]))) + 1
}

function navigationOf(model: EdmModel, from: Entity, path: string): NavigationProperty | undefined {
  let type: StructuredType | undefined = structuredOf(model, from.type)
  const names = path.split('/')
  for (const name of names.slice(0, -1)) type = type === undefined ? undefined : model.structured(model.property(type, name)?.type.name ?? '')
  return type === undefined ? undefined : model.navigation(type, names.at(-1) ?? '')
}

/** The entity a reference leads to: absolute, or relative to the service root. @throws Refusal 400, 404 */
export function resolve(asked: Asked, reference: string): Entity {
  const { service, scope, url: { options } } = asked
  const path = reference.startsWith(service.root) ? reference.slice(service.root.length) : reference.replace(/^\//, '').replace(new RegExp(`^${new URL(service.root).pathname.slice(1)}`), '')
  const resource = parseResourcePath(path, service.names)
  if (resource.kind !== 'path') throw new Refusal(400, `${reference} is no entity`)
  const place = walk({ scope, options }, resource.segments)
  if (place.kind !== 'entity' || place.item === undefined) throw new Refusal(400, `${reference} is no entity`)
  return place.item
}

/** Follows what a body says of navigation: bindings, references, nested entities. */
function nest(asked: Asked, one: Entity, body: JsonObject): void {
  const { service: { model } } = asked
  const type = structuredOf(model, one.type)
  for (const [name, value] of Object.entries(body)) {
    const told = controlOf(name)
    const navigation = model.navigation(type, told?.of ?? name)
    if (navigation === undefined) continue
    if (told === undefined) nestValue(asked, { one, navigation }, value)
    else if (told.control === 'bind') bindTo(asked, { one, navigation }, value)
    else if (told.control === 'delta') changeMembers(asked, { one, navigation }, value)
  }
}

interface Nesting {
  readonly one: Entity
  readonly navigation: NavigationProperty
}

function bindTo(asked: Asked, { one, navigation }: Nesting, value: Json): void {
  const { service: { model, store } } = asked
  const references = Array.isArray(value) ? value : [value]
  if (!navigation.collection && value === null) {
    for (const old of related(model, store, one, navigation.name)) unlink(model, one, navigation.name, old)
    return
  }
  for (const reference of references) {
    if (typeof reference !== 'string') throw new Refusal(400, 'a binding is a text')
    link(model, one, navigation.name, resolve(asked, reference))
  }
}

function nestValue(asked: Asked, { one, navigation }: Nesting, value: Json): void {
  const { service } = asked
  const { model, store } = service
  refuses(service, 'deep')
  const before = related(model, store, one, navigation.name)
  if (navigation.collection !== Array.isArray(value)) throw new Refusal(400, `${navigation.name} is ${navigation.collection ? 'a' : 'no'} collection`)
  const items = Array.isArray(value) ? value : value === null ? [] : [value as Json]
  const kept = items.map((item: Json) => nestOne(asked, { one, navigation }, item))
  for (const old of before) if (!kept.includes(old)) drop(asked, { one, navigation }, old)
}

function drop({ service: { model, store } }: Asked, { one, navigation }: Nesting, old: Entity): void {
  if (navigation.containsTarget) remove(store, old)
  else if (related(model, store, one, navigation.name).includes(old)) unlink(model, one, navigation.name, old)
}

/** One nested entity: a reference, one that is there already, or a new one. */
function nestOne(asked: Asked, { one, navigation }: Nesting, item: Json): Entity {
  const { service: { model, store } } = asked
  if (!isObject(item)) throw new Refusal(400, `${navigation.name} holds entities`)
  const id = controlText(item, 'id')
  if (id !== undefined) {
    const found = resolve(asked, id)
    if (Object.keys(item).some((name) => !name.includes('@'))) update(asked, found, item)
    link(model, one, navigation.name, found)
    return found
  }
  const before = related(model, store, one, navigation.name)
  const given = readMembers(model, namedType(model, structuredOf(model, navigation.target), item), item)
  const same = before.find((old) => keyNames(model, old.type).every((name) => given[name] === undefined ? !navigation.collection : String(given[name]) === String(old.values[name])))
  if (same === undefined) return create(asked, { type: navigation.target, origin: { from: one, path: navigation.name } }, item)
  update(asked, same, item)
  return same
}

/** `Nav@delta`: added, changed and removed members. */
function changeMembers(asked: Asked, nesting: Nesting, value: Json): void {
  if (!Array.isArray(value)) throw new Refusal(400, 'a delta is an array')
  const { service: { model, store } } = asked
  for (const item of value as readonly Json[]) {
    if (!isObject(item)) throw new Refusal(400, 'a delta holds entities')
    if (item['@removed'] === undefined && item['@odata.removed'] === undefined) {
      nestOne(asked, nesting, item)
      continue
    }
    const id = controlText(item, 'id')
    const members = readMembers(model, structuredOf(model, nesting.navigation.target), item)
    const gone = id === undefined ? related(model, store, nesting.one, nesting.navigation.name).find((old) => sameKey(model, old, members)) : resolve(asked, id)
    if (gone !== undefined) drop(asked, nesting, gone)
  }
}

/** Changes what a body gives; complex values are merged; key and computed properties stay. @throws Refusal 400 */
export function update(asked: Asked, one: Entity, body: JsonObject): void {
  const { service: { model } } = asked
  const type = structuredOf(model, one.type)
  const fixed = keyNames(model, one.type)
  const simple: Record<string, Json> = {}
  for (const [name, value] of Object.entries(body)) {
    const property = model.property(type, name)
    if (fixed.includes(name) || isComputed(type, model, name)) continue
    const complex = property !== undefined && !property.type.collection && model.structured(property.type.name) !== undefined
    if (complex && isObject(value) && one.values[name] !== null) one.values[name] = mergeComplex(model, { type: property.type.name, before: one.values[name] }, value)
    else simple[name] = value
  }
  const dynamic: Record<string, string> = {}
  Object.assign(one.values, readMembers(model, type, simple, dynamic))
  Object.assign(one.dynamic, dynamic)
  nest(asked, one, body)
  touch(one)
}

/** Sets what a body gives and everything else to its default; key and computed properties stay. @throws Refusal 400 */
export function replaceWith(asked: Asked, one: Entity, body: JsonObject): void {
  const { service: { model } } = asked
  const type = structuredOf(model, one.type)
  const kept = new Set([...keyNames(model, one.type), ...model.properties(type).filter(({ name }) => isComputed(type, model, name)).map(({ name }) => name)])
  const given = Object.fromEntries(Object.entries(readMembers(model, type, body, one.dynamic)).filter(([name]) => !kept.has(name)))
  const before = Object.fromEntries(Object.entries(one.values).filter(([name]) => kept.has(name)))
  one.values = { ...defaults(model, type), ...given, ...before }
  nest(asked, one, body)
  requireMembers(model, type, one.values)
  touch(one)
}

/** A complex value with the members of a body changed; another type than before replaces it. @throws Refusal 400 */
export function mergeComplex(model: EdmModel, { type, before }: { readonly type: string; readonly before: Value }, body: JsonObject): Value {
  const known = (typeof before === 'object' && before !== null && !Array.isArray(before) ? before : {}) as Readonly<Record<string, Value>>
  const own = known[typeMember]
  const declared = structuredOf(model, typeof own === 'string' ? own : type)
  const named = controlText(body, 'type')
  if (named !== undefined && named.replace(/^.*#/, '') !== declared.qualifiedName) return readTyped(model, { name: type, collection: false, nullable: true, facets: {} }, body)
  const merged = { ...known, ...readMembers(model, declared, body) }
  requireMembers(model, declared, merged)
  return typeof own === 'string' ? { ...merged, [typeMember]: own } : merged
}

