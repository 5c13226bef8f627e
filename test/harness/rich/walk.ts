import type { EdmModel, EntityType, Operation, TypeRef } from '@tributary/edm'
import type * as Url from '@tributary/odata-url'
import type { Value } from '@tributary/plan'
import { addressOf, setOf } from './addresses.js'
import { evaluate, holds, isNull, memberOf, nothing, valueItem, type Called, type Item, type Owner, type Scope } from './evaluate.js'
import { castText } from './literal-values.js'
import { run, type Result } from './operations.js'
import { readTyped } from './read-values.js'
import { entityTypeOf, keyNames, navigationAt, related, sameKey, type Entity } from './store.js'
import { fromPlain, Refusal, typeMember, type Json } from './values.js'

/** Where entities come from: a set, or a navigation of another entity. */
export interface Origin {
  readonly set?: string
  readonly from?: Entity
  readonly path?: string
}

/** What a resource path leads to. `context` is the fragment of the context URL, without select list and `/$entity`. */
export type Place =
  | { readonly kind: 'entities'; readonly type: string; readonly declared: string; readonly items: readonly Entity[]; readonly context: string; readonly origin: Origin; readonly changed?: true }
  | { readonly kind: 'entity'; readonly type: string; readonly declared: string; readonly item: Entity | undefined; readonly context: string; readonly origin: Origin; readonly ofCollection: boolean; readonly key?: Readonly<Record<string, Value>> }
  /** `members`: the positions of those members of a collection that were not filtered away. */
  | { readonly kind: 'value'; readonly type: TypeRef; readonly value: Value; readonly context: string; readonly owner?: Owner; readonly computed?: true; readonly members?: readonly number[] }
  | { readonly kind: 'stream'; readonly entity: Entity; readonly name: string }
  | { readonly kind: 'count' | 'raw' | 'ref' | 'each'; readonly of: Place }
  | { readonly kind: 'action'; readonly operation: Operation; readonly bound: readonly Entity[]; readonly overloads: readonly Operation[]; readonly each?: true }
  /** A function called once for each of several. */
  | { readonly kind: 'results'; readonly operation: Operation; readonly bound: readonly Entity[]; readonly given: Readonly<Record<string, Value>> }
  | { readonly kind: 'none' }

/** A request's path being walked. */
export interface Walking {
  readonly scope: Scope
  readonly options: Url.QueryOptions
}

/** @throws Refusal 404, 400, 501 */
export function walk(walking: Walking, segments: readonly Url.ResourceSegment[]): Place {
  let place: Place | undefined
  for (const segment of segments) place = place === undefined ? first(walking, segment) : next(walking, place, segment)
  if (place === undefined) throw new Refusal(404, 'nothing is here')
  return place
}

/** Goes on from a place. @throws as `walk` */
export const walkOn = (walking: Walking, place: Place, segments: readonly Url.ResourceSegment[]): Place => segments.reduce((reached, segment) => next(walking, reached, segment), place)

function first(walking: Walking, segment: Url.ResourceSegment): Place {
  const { scope: { model, store } } = walking
  if (segment.kind === 'entitySet') {
    const type = model.container?.entitySets.get(segment.name)?.entityType ?? ''
    const place: Place = { kind: 'entities', type, declared: type, items: store.sets[segment.name] ?? [], context: segment.name, origin: { set: segment.name } }
    return segment.key === undefined ? place : byKey(walking, place, segment.key)
  }
  if (segment.kind === 'singleton') {
    const type = model.container?.singletons.get(segment.name)?.entityType ?? ''
    return { kind: 'entity', type, declared: type, item: store.singletons[segment.name], context: segment.name, origin: { set: segment.name }, ofCollection: false }
  }
  if (segment.kind === 'operation') {
    const found = model.container?.operationImports.get(segment.name)
    if (found === undefined) throw new Refusal(404, `no ${segment.name}`)
    return operate(walking, { overloads: model.operations(found.operation).filter(({ bound }) => !bound), bound: [] }, segment)
  }
  throw new Refusal(segment.kind === 'unknown' ? 404 : 501, `no resource ${'name' in segment ? segment.name : segment.kind}`)
}

type Entities = Extract<Place, { kind: 'entities' }>

function byKey(walking: Walking, place: Entities, key: Url.Key): Place {
  const { model } = walking.scope
  const values = keyValues(walking, place, key)
  const alternate = Object.keys(values).some((name) => !keyNames(model, place.declared).includes(name))
  const item = place.items.find((one) => (alternate ? Object.entries(values).every(([name, value]) => String(one.values[name]) === String(value)) : sameKey(model, one, values)))
  return { kind: 'entity', type: place.type, declared: place.declared, item, context: place.context, origin: place.origin, ofCollection: true, key: values }
}

/** Key values that the entity before tells: they may be left out. @see OData URL Conventions 4.01 section 4.3.2 */
function toldBy({ model }: Scope, { from, path }: Origin): Readonly<Record<string, Value>> {
  const navigation = from === undefined || path === undefined ? undefined : navigationAt(model, from.type, path)
  const back = navigation?.partner === undefined ? undefined : navigationAt(model, navigation.target, navigation.partner)
  return Object.fromEntries((back?.constraints ?? []).map(({ property: name, referencedProperty }) => [name, from?.values[referencedProperty] ?? null]))
}

function keyValues({ scope }: Walking, { declared: typeName, origin }: Entities, key: Url.Key): Readonly<Record<string, Value>> {
  const { model } = scope
  const type = entityTypeOf(model, typeName)
  const told = toldBy(scope, origin)
  const whole = keyNames(model, typeName)
  const given = partsOf({ scope, names: key.parts.length < whole.length ? whole.filter((name) => told[name] === undefined) : whole }, type, key)
  const values = { ...Object.fromEntries(whole.flatMap((name) => (told[name] === undefined ? [] : [[name, told[name]]]))), ...given }
  if (sameNames(Object.keys(values), whole)) return values
  if (!type.alternateKeys.some((parts) => sameNames(parts.map(({ path, alias }) => alias ?? path), Object.keys(given)))) throw new Refusal(400, `the key of ${typeName} is ${whole.join()}`)
  return given
}

const sameNames = (some: readonly string[], others: readonly string[]): boolean => some.toSorted().join() === others.toSorted().join()

function partsOf({ scope, names }: { readonly scope: Scope; readonly names: readonly string[] }, type: EntityType, key: Url.Key): Readonly<Record<string, Value>> {
  const { model } = scope
  const given = key.parts.map(({ name, value }, index) => {
    const known = name ?? names[index] ?? ''
    const property = model.property(type, known)
    if (property === undefined) throw new Refusal(400, `${type.name} has no key ${known}`)
    const item = evaluate(scope, value)
    if (item.kind !== 'value' || item.value === null) throw new Refusal(400, `no value for key ${known}`)
    return [known, castText(model, property.type.name, String(item.value))] as const
  })
  return Object.fromEntries(given)
}

function next(walking: Walking, place: Place, segment: Url.ResourceSegment): Place {
  switch (segment.kind) {
    case 'navigation': return navigate(walking, place, segment)
    case 'property': case 'unknown': return property(walking, place, segment.name)
    case 'cast': return castTo(walking, place, segment)
    case 'operation': return bind(walking, place, segment)
    case 'count': return { kind: 'count', of: place }
    case 'value': return place.kind === 'entity' ? { kind: 'stream', entity: there(place), name: '' } : { kind: 'raw', of: place }
    case 'ref': return { kind: 'ref', of: place }
    case 'query': return place
    case 'each': return { kind: 'each', of: place }
    case 'filter': return narrow(walking, place, segment)
    case 'ordinal': return ordinal(place, segment.index)
    default: throw new Refusal(501, `${segment.kind} is not supported`)
  }
}

/** The entity at a place. @throws Refusal 404 */
export function there(place: Extract<Place, { kind: 'entity' }>): Entity {
  if (place.item === undefined) throw new Refusal(404, `no such ${place.type}`)
  return place.item
}

function ordinal(place: Place, index: number): Place {
  if (place.kind !== 'value' || !Array.isArray(place.value)) throw new Refusal(400, 'a position needs an ordered collection')
  const value: Value = (place.value as readonly Value[]).at(index)
  if (value === undefined) throw new Refusal(404, `nothing at ${index}`)
  return { kind: 'value', type: { ...place.type, collection: false }, value, context: `${place.context}/${index}`, computed: true, ...(place.owner === undefined ? {} : { owner: { entity: place.owner.entity, path: `${place.owner.path}/${index}` } }) }
}

const ofItem = (scope: Scope, item: Item): Scope => ({ ...scope, self: item, it: item })

function narrow({ scope }: Walking, place: Place, { predicate, key }: Extract<Url.ResourceSegment, { kind: 'filter' }>): Place {
  if (place.kind === 'value' && place.type.collection && key === undefined) return narrowValues(scope, place, predicate)
  if (place.kind !== 'entities') throw new Refusal(400, '$filter needs a collection')
  const items = place.items.filter((entity) => holds({ ...scope, self: { kind: 'entity', entity } }, predicate))
  const narrowed: Place = { ...place, items }
  return key === undefined ? narrowed : byKey({ scope, options: { aliases: scope.aliases, custom: [], spans: new Map() } }, narrowed, key)
}

function narrowValues(scope: Scope, place: Extract<Place, { kind: 'value' }>, predicate: Url.Expression): Place {
  const all = (place.value ?? []) as readonly Value[]
  const kept = [...all.keys()].filter((index) => holds(ofItem(scope, valueItem(scope.model, place.type.name, all[index] ?? null)), predicate))
  return { ...place, value: kept.map((index) => all[index] ?? null), members: kept.map((index) => place.members?.[index] ?? index) }
}

function navigate(walking: Walking, place: Place, segment: Extract<Url.ResourceSegment, { kind: 'navigation' }>): Place {
  const { scope: { model, store } } = walking
  const [from, path] = place.kind === 'entity' ? [there(place), segment.name] : place.kind === 'value' && place.owner !== undefined && place.value !== null ? [place.owner.entity, `${place.owner.path}/${segment.name}`] : [undefined, '']
  if (from === undefined) throw new Refusal(404, `no ${segment.name} here`)
  const navigation = navigationAt(model, from.type, path)
  if (navigation === undefined) throw new Refusal(404, `no navigation ${path}`)
  const set = setOf(model, navigation.target)
  const context = navigation.containsTarget ? `${addressOf(model, from)}/${path}` : set ?? `Collection(${navigation.target})`
  const items = related(model, store, from, path)
  const origin: Origin = { from, path, ...(set === undefined || navigation.containsTarget ? {} : { set }) }
  if (!navigation.collection) return { kind: 'entity', type: navigation.target, declared: navigation.target, item: items[0], context, origin, ofCollection: true }
  const many: Place = { kind: 'entities', type: navigation.target, declared: navigation.target, items, context, origin }
  return segment.key === undefined ? many : byKey(walking, many, segment.key)
}

function property({ scope }: Walking, place: Place, name: string): Place {
  const { model } = scope
  const [item, address, typeName] = place.kind === 'entity'
    ? [{ kind: 'entity', entity: there(place) } as Item, `${addressOf(model, there(place))}${castFor(model, there(place), name)}`, there(place).type]
    : place.kind === 'value' ? [{ kind: 'value', type: { name: ownType(place), collection: false, base: 'structured' }, value: place.value, ...(place.owner === undefined ? {} : { owner: place.owner }) } as Item, place.context, ownType(place)] : [nothing, '', '']
  const structured = model.structured(typeName)
  if (structured === undefined || place.kind === 'value' && place.type.collection) throw new Refusal(404, `no property ${name}`)
  const declared = model.property(structured, name)
  if (declared?.type.name === 'Edm.Stream' && place.kind === 'entity') return { kind: 'stream', entity: there(place), name }
  const values = place.kind === 'entity' ? there(place).values : place.kind === 'value' ? (place.value ?? {}) as Readonly<Record<string, Value>> : {}
  if (declared === undefined && !(structured.open && name in values)) throw new Refusal(404, `no property ${name}`)
  const found = memberOf(scope, item, name)
  const owner = found.kind === 'value' && found.owner !== undefined ? found.owner : place.kind === 'entity' ? { entity: there(place), path: name } : place.kind === 'value' && place.owner !== undefined ? { entity: place.owner.entity, path: `${place.owner.path}/${name}` } : undefined
  const type: TypeRef = declared?.type ?? { name: found.kind === 'value' ? found.type.name : 'Edm.Untyped', collection: false, nullable: true, facets: {} }
  return { kind: 'value', type, value: values[name] ?? (type.collection ? [] : null), context: `${address}/${name}`, ...(owner === undefined ? {} : { owner }) }
}

/** The cast a property of a derived type is reached by. @see OData Protocol 4.01 section 10.15 */
function castFor(model: EdmModel, { home, type }: Entity, name: string): string {
  const base = 'name' in home ? model.container?.entitySets.get(home.name)?.entityType ?? model.container?.singletons.get(home.name)?.entityType : undefined
  const structured = base === undefined ? undefined : model.structured(base)
  return structured === undefined || model.property(structured, name) !== undefined ? '' : `/${type}`
}

function ownType({ type, value }: Extract<Place, { kind: 'value' }>): string {
  const own = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, Value>>)[typeMember] : undefined
  return typeof own === 'string' ? own : type.name
}

function castTo(walking: Walking, place: Place, { type, key }: Extract<Url.ResourceSegment, { kind: 'cast' }>): Place {
  const { model } = walking.scope
  const name = model.type(type)?.qualifiedName ?? type
  if (place.kind === 'entities') {
    const narrowed: Place = { ...place, type: name, declared: name, items: place.items.filter((one) => model.derivesFrom(one.type, name)), context: `${place.context}/${name}` }
    return key === undefined ? narrowed : byKey(walking, narrowed, key)
  }
  if (place.kind === 'entity') {
    if (!model.derivesFrom(there(place).type, name)) throw new Refusal(404, `no ${name}`)
    return { ...place, type: name, declared: name, context: `${place.context}/${name}` }
  }
  if (place.kind !== 'value' || model.structured(name) === undefined) throw new Refusal(400, `no cast to ${name}`)
  if (place.type.collection) return { ...place, type: { ...place.type, name }, value: (place.value as readonly Value[]).filter((one) => model.derivesFrom(ownType({ ...place, value: one }), name)), context: `${place.context}/${name}` }
  if (place.value === null || !model.derivesFrom(ownType(place), name)) throw new Refusal(404, `no ${name}`)
  return { ...place, type: { ...place.type, name }, context: `${place.context}/${name}` }
}

type OperationSegment = Extract<Url.ResourceSegment, { kind: 'operation' }>

function bind(walking: Walking, place: Place, segment: OperationSegment): Place {
  const { model } = walking.scope
  if (place.kind === 'each') return bindEach(walking, place.of, segment)
  if (place.kind !== 'entity' && place.kind !== 'entities') throw new Refusal(400, `nothing to bind ${segment.name} to`)
  const bound = place.kind === 'entities' ? place.items : [there(place)]
  const actual = place.kind === 'entity' ? place.declared : place.type
  const overloads = model.operations(qualified(model, segment.name)).filter(({ bound: isBound, parameters: [of] }) => isBound && of !== undefined && of.type.collection === (place.kind === 'entities') && model.derivesFrom(actual, of.type.name))
  return operate(walking, { overloads, bound }, segment)
}

/** An operation on each member of a collection by itself. @see OData Protocol 4.01 section 11.5.2 */
function bindEach(walking: Walking, place: Place, segment: OperationSegment): Place {
  const { model } = walking.scope
  if (place.kind !== 'entities') throw new Refusal(400, `nothing to bind ${segment.name} to`)
  const overloads = model.operations(qualified(model, segment.name)).filter(({ bound: isBound, parameters: [of] }) => isBound && of !== undefined && !of.type.collection && model.derivesFrom(place.type, of.type.name))
  const [any] = overloads
  if (any === undefined) throw new Refusal(404, `no operation ${segment.name} here`)
  if (any.kind === 'action') return { kind: 'action', operation: any, bound: place.items, overloads, each: true }
  return { kind: 'results', bound: place.items, ...functionOf(walking, overloads, segment) }
}

const qualified = (model: EdmModel, name: string): string => (name.startsWith('P.') && !model.schemas.has('P') ? `Port${name.slice(1)}` : name)

interface Candidates {
  readonly overloads: readonly Operation[]
  readonly bound: readonly Entity[]
}

/** The parameters that are given, without the binding one. */
const own = (operation: Operation) => operation.parameters.slice(operation.bound ? 1 : 0)

function operate(walking: Walking, { overloads, bound }: Candidates, segment: OperationSegment): Place {
  const [any] = overloads
  if (any === undefined) throw new Refusal(404, `no operation ${segment.name} here`)
  if (any.kind === 'action') return { kind: 'action', operation: any, bound, overloads }
  const { scope } = walking
  const { operation, given } = functionOf(walking, overloads, segment)
  const place = placeOf(scope, operation, run(operation, { model: scope.model, store: scope.store, bound, given }))
  return segment.key === undefined ? place : place.kind === 'entities' ? byKey(walking, place, segment.key) : place
}

/** The overload that takes what is given, and its arguments. @throws Refusal 404 */
function functionOf({ scope, options }: Walking, overloads: readonly Operation[], segment: OperationSegment): Pick<Extract<Place, { kind: 'results' }>, 'operation' | 'given'> {
  const written = new Map<string, Url.Expression>([...segment.arguments.map(({ name, value }) => [name, value] as const), ...(segment.arguments.length === 0 ? options.parameters ?? [] : [])])
  const operation = overloads.find((one) => own(one).length === written.size && own(one).every(({ name }) => written.has(name)))
  if (operation === undefined) throw new Refusal(404, `no overload of ${segment.name} takes ${[...written.keys()].join()}`)
  const given = Object.fromEntries(own(operation).map(({ name, type }) => [name, argument(scope, type, written.get(name))]))
  return { operation, given }
}

/** An argument of a URL as a value of its parameter's type. */
function argument({ model, ...scope }: Scope, type: TypeRef, expression: Url.Expression | undefined): Value {
  if (expression === undefined) return null
  const item = evaluate({ model, ...scope }, expression)
  if (item.kind === 'value' && item.value === null) return null
  if (item.kind === 'value' && item.literal === true) return castText(model, type.name, String(item.value))
  return readTyped(model, { ...type, nullable: true }, jsonOf(item))
}

function jsonOf(item: Item): Json {
  if (item.kind === 'many') return item.items.map(jsonOf)
  return item.kind === 'value' ? fromPlain(item.value) : null
}

/** Where the result of an operation stands. */
export function placeOf({ model }: { readonly model: EdmModel }, { returnType, kind }: Operation, result: Result): Place {
  if (result.kind === 'none' || returnType === undefined) return { kind: 'none' }
  if (result.kind === 'value') return { kind: 'value', type: returnType, value: result.value, context: returnType.collection ? `Collection(${returnType.name})` : returnType.name, computed: true }
  const set = setOf(model, returnType.name)
  const context = set ?? `Collection(${returnType.name})`
  const origin: Origin = set === undefined ? {} : { set }
  if (result.kind === 'entities') return { kind: 'entities', type: returnType.name, declared: returnType.name, items: result.entities, context, origin, ...(kind === 'action' ? { changed: true } : {}) }
  return { kind: 'entity', type: returnType.name, declared: returnType.name, item: result.entity, context, origin, ofCollection: true }
}

/** Calls of functions within expressions: those that are bound to nothing are called by their import. */
export const callItem = (walking: () => Walking) => (scope: Scope, { name, arguments: given }: Called, item: Item | undefined): Item => {
  const { options } = walking()
  const { model } = scope
  const segment: OperationSegment = { kind: 'operation', name, arguments: given, span: { start: 0, end: 0 } }
  const imported = model.container?.operationImports.get(name)
  const all = model.operations(imported?.operation ?? qualified(model, name))
  if (all.length === 0) throw new Refusal(400, `no function ${name}`)
  const isBound = item !== undefined && all.some(({ bound }) => bound)
  if (!isBound && item !== undefined && item !== scope.self) throw new Refusal(400, `${name} is bound to nothing`)
  if (isBound && isNull(item)) return nothing
  const bound = item?.kind === 'many' ? item.items.flatMap((one) => (one.kind === 'entity' ? [one.entity] : [])) : item?.kind === 'entity' ? [item.entity] : []
  const fits = ({ bound: takes, parameters: [of] }: Operation): boolean => (isBound ? takes && of !== undefined && of.type.collection === (item.kind === 'many') && bound.every(({ type }) => model.derivesFrom(type, of.type.name)) : !takes)
  const place = operate({ scope, options }, { overloads: all.filter(fits), bound }, segment)
  if (place.kind === 'entities') return { kind: 'many', items: place.items.map((entity) => ({ kind: 'entity', entity })) }
  if (place.kind === 'entity') return place.item === undefined ? nothing : { kind: 'entity', entity: place.item }
  if (place.kind !== 'value') throw new Refusal(400, `${name} is no function`)
  return place.type.collection ? { kind: 'many', items: (place.value as readonly Value[]).map((one) => valueItem(model, place.type.name, one)) } : valueItem(model, place.type.name, place.value)
}

/** The root of `$root/…` expressions. */
export const rootItem = (walking: () => Walking) => (name: string, key: Url.Key | undefined): Item => {
  const asked = walking()
  const span = { start: 0, end: 0 }
  const segment: Url.ResourceSegment = asked.scope.model.container?.singletons.has(name) === true ? { kind: 'singleton', name, span } : { kind: 'entitySet', name, span, ...(key === undefined ? {} : { key }) }
  const place = walk(asked, [segment])
  if (place.kind === 'entities') return { kind: 'many', items: place.items.map((entity) => ({ kind: 'entity', entity })) }
  return place.kind === 'entity' && place.item !== undefined ? { kind: 'entity', entity: place.item } : nothing
}
