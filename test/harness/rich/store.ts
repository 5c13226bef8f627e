import type { EdmModel, EntityType, NavigationProperty, StructuredType } from '@tributary/edm'
import type { Value } from '@tributary/plan'
import { Refusal } from './values.js'

/** Bytes with their media type; `version` makes the ETag. */
export interface Media {
  readonly bytes: Uint8Array
  readonly type: string
  readonly version: number
}

/** An entity of the store. Links and children go by navigation path (`Home`, `Moored/Authority`). */
export interface Entity {
  type: string
  values: Record<string, Value>
  readonly links: Record<string, Entity[]>
  readonly children: Record<string, Entity[]>
  /** The stream properties' by name, that of the entity itself by `''`. */
  readonly streams: Record<string, Media>
  /** Types of undeclared properties that said theirs. */
  readonly dynamic: Record<string, string>
  version: number
  /** Where it lives: a set or singleton, or contained in another entity. */
  home: { readonly name: string } | { readonly parent: Entity; readonly path: string; readonly many: boolean }
}

export interface Store {
  readonly sets: Record<string, Entity[]>
  readonly singletons: Record<string, Entity>
}

export const entity = (type: string, values: Record<string, Value>, home: Entity['home']): Entity =>
  ({ type, values, links: {}, children: {}, streams: {}, dynamic: {}, version: 1, home })

export function entityTypeOf(model: EdmModel, name: string): EntityType {
  const type = model.entityType(name)
  if (type === undefined) throw new Refusal(500, `no entity type ${name}`)
  return type
}

export const keyNames = (model: EdmModel, type: string): readonly string[] => model.key(entityTypeOf(model, type)).map(({ path }) => path)

/** Whether two entities are the same row of their set. */
export const sameKey = (model: EdmModel, one: Entity, values: Readonly<Record<string, Value>>): boolean =>
  keyNames(model, one.type).every((name) => keyText(one.values[name]) === keyText(values[name]))

const keyText = (value: Value): string => (typeof value === 'string' && /^[0-9a-f-]{36}$/i.test(value) ? value.toLowerCase() : String(value))

export const structuredOf = (model: EdmModel, name: string): StructuredType => {
  const type = model.structured(name)
  if (type === undefined) throw new Refusal(500, `no structured type ${name}`)
  return type
}

/** The navigation property at the end of a path like `Moored/Authority`, seen from a type. */
export function navigationAt(model: EdmModel, type: string, path: string): NavigationProperty | undefined {
  const [first = '', ...rest] = path.split('/')
  if (rest.length === 0) return model.navigation(structuredOf(model, type), first)
  if (model.structured(first) !== undefined) return navigationAt(model, first, rest.join('/'))
  const property = model.property(structuredOf(model, type), first)
  return property === undefined ? undefined : navigationAt(model, property.type.name, rest.join('/'))
}

/** Every entity of the sets whose type is this or derives from it. */
const allOf = (model: EdmModel, store: Store, type: string): Entity[] => Object.values(store.sets).flat().filter((one) => model.derivesFrom(one.type, type))

const agrees = (from: Entity, to: Entity, pairs: NavigationProperty['constraints']): boolean =>
  pairs.every(({ property, referencedProperty }) => from.values[property] !== null && from.values[property] !== undefined && String(from.values[property]) === String(to.values[referencedProperty]))

function partnerOf(model: EdmModel, navigation: NavigationProperty): NavigationProperty | undefined {
  return navigation.partner === undefined ? undefined : model.navigation(structuredOf(model, navigation.target), navigation.partner)
}

/** The related entities, in their order; of a to-one navigation none or one. */
export function related(model: EdmModel, store: Store, from: Entity, path: string): readonly Entity[] {
  const navigation = navigationAt(model, from.type, path)
  if (navigation === undefined) return []
  if (navigation.containsTarget) return from.children[path] ?? []
  if (navigation.constraints.length > 0) return allOf(model, store, navigation.target).filter((to) => agrees(from, to, navigation.constraints))
  const partner = partnerOf(model, navigation)
  if (partner !== undefined && partner.constraints.length > 0) return allOf(model, store, navigation.target).filter((to) => agrees(to, from, partner.constraints))
  return from.links[path] ?? []
}

/** Adds a link, or replaces that of a to-one navigation; the partner's side follows. */
export function link(model: EdmModel, from: Entity, path: string, to: Entity): void {
  const navigation = navigationAt(model, from.type, path)
  if (navigation === undefined) throw new Refusal(404, `${from.type} has no navigation ${path}`)
  if (!model.derivesFrom(to.type, navigation.target)) throw new Refusal(400, `${path} leads to ${navigation.target}, not to ${to.type}`)
  if (navigation.constraints.length > 0) {
    for (const { property, referencedProperty } of navigation.constraints) from.values[property] = to.values[referencedProperty]
    return
  }
  const partner = partnerOf(model, navigation)
  if (partner !== undefined && partner.constraints.length > 0) {
    for (const { property, referencedProperty } of partner.constraints) to.values[property] = from.values[referencedProperty]
    return
  }
  if (!navigation.collection) for (const old of from.links[path] ?? []) unlink(model, from, path, old)
  if (partner !== undefined && !partner.collection) for (const old of to.links[partner.name] ?? []) unlink(model, to, partner.name, old)
  attach(from, path, to)
  if (partner !== undefined) attach(to, partner.name, from)
}

function attach(from: Entity, path: string, to: Entity): void {
  const known = from.links[path] ?? []
  if (!known.includes(to)) from.links[path] = [...known, to]
}

/** Removes a link and the partner's side of it. */
export function unlink(model: EdmModel, from: Entity, path: string, to: Entity): void {
  const navigation = navigationAt(model, from.type, path)
  if (navigation === undefined) throw new Refusal(404, `${from.type} has no navigation ${path}`)
  const partner = partnerOf(model, navigation)
  const free = (owner: Entity, pairs: NavigationProperty['constraints']): void => {
    for (const { property } of pairs) {
      if (model.property(structuredOf(model, owner.type), property)?.type.nullable === false) throw new Refusal(409, `${property} may not be null`)
      owner.values[property] = null
    }
  }
  if (navigation.constraints.length > 0) return free(from, navigation.constraints)
  if (partner !== undefined && partner.constraints.length > 0) return free(to, partner.constraints)
  from.links[path] = (from.links[path] ?? []).filter((one) => one !== to)
  if (partner !== undefined) to.links[partner.name] = (to.links[partner.name] ?? []).filter((one) => one !== from)
}

/** Takes an entity out of the store, with every link to it. */
export function remove(store: Store, gone: Entity): void {
  for (const one of everything(store)) for (const [path, links] of Object.entries(one.links)) if (links.includes(gone)) one.links[path] = links.filter((other) => other !== gone)
  const { home } = gone
  if ('name' in home) store.sets[home.name] = (store.sets[home.name] ?? []).filter((one) => one !== gone)
  else home.parent.children[home.path] = (home.parent.children[home.path] ?? []).filter((one) => one !== gone)
}

function everything(store: Store): Entity[] {
  const top = [...Object.values(store.sets).flat(), ...Object.values(store.singletons)]
  return top.flatMap((one) => [one, ...Object.values(one.children).flat()])
}

/** True where the entity's type guards its changes by ETags. */
export const isGuarded = (one: Entity): boolean => 'Revision' in one.values

export const etagOf = (one: Entity): string | undefined => (isGuarded(one) ? `W/"${one.version}"` : undefined)

/** Marks an entity as changed. */
export function touch(one: Entity): void {
  one.version += 1
  if ('Revision' in one.values) one.values['Revision'] = one.version
}
