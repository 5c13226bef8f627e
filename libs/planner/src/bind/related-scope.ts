import { exposedKey, type ExposedNavigation, type ExposedSet, type Exposure, joinColumns } from '@tributary/catalog'
import type { EntityType, NavigationProperty, StructuredType } from '@tributary/edm'
import { type Column, type Expand, int32Type, type JoinPair, type ResourceGap } from '@tributary/plan'
import { remoteNaming } from '../remote/remote-naming.js'
import { valueType } from './model-types.js'
import { invalid, unsupported } from './refusal.js'
import { type RowPlace, type RowScope, rowScope } from './row-scope.js'

/** Rows that a navigation leads to, and how they are found. */
export interface RelatedRows {
  readonly scope: RowScope
  readonly on: Expand['on']
}

/**
 * The rows a navigation leads to from those of a scope: joined by columns where the contract says which and the set they are in can be
 * read, else read from the link that each row has at its source.
 * @throws HUB_QUERY_UNSUPPORTED naming the navigation where neither is possible
 */
export function relatedRows(from: RowScope, navigation: ExposedNavigation): RelatedRows {
  const { exposure, aliases } = from
  const target = navigation.target === undefined ? undefined : exposure.sets.get(navigation.target)
  const [first, ...rest] = navigation.on
  const hidden = target !== undefined && exposure.readable?.(target) === false && navigation.remoteNavigation !== undefined && target.endpoint === from.set.endpoint
  if (target !== undefined && first !== undefined && !hidden) return { scope: rowScope(exposure, target, aliases, leadsTo(from, navigation, target)), on: [first, ...rest] }
  return linked(from, navigation, target, hidden)
}

/** The type of the rows, where the navigation leads to one that is narrower than their set's. */
function leadsTo({ model, entityType }: RowScope, { name }: ExposedNavigation, target: ExposedSet): string {
  const type = model.entityType(model.navigation(entityType, name)?.target ?? '')?.qualifiedName
  return type !== undefined && model.derivesFrom(type, target.entityType) ? type : target.entityType
}

/**
 * The set a link leads to where that is an exposed one; what it gives are that set's rows, of which further links begin anew unless the set
 * is hidden. Else rows that are reached only this way.
 */
function linked(from: RowScope, navigation: ExposedNavigation, target: ExposedSet | undefined, hidden: boolean): RelatedRows {
  const { set, exposure, model } = from
  const { remoteNavigation } = navigation
  if (remoteNavigation === undefined || (target !== undefined && target.endpoint !== set.endpoint)) throw unsupported(`The navigation property ${navigation.name}`, 'Nothing says how its rows belong together.')
  const link = linkOf(from, remoteNavigation)
  const read = { resource: { path: link.place.path, single: !navigation.toMany, gaps: link.place.gaps }, columns: link.columns }
  const place = { ...link.place, single: !navigation.toMany }
  const declared = targetNavigation(from, remoteNavigation)
  const type = model.entityType(declared?.target ?? '')
  if (target !== undefined) return { on: link.on, scope: { ...narrowed(exposure, target, { aliases: from.aliases, type: type?.qualifiedName }), read, ...(hidden ? { reached: place } : {}) } }
  if (declared === undefined || type === undefined) throw unsupported(`The navigation property ${navigation.name}`, 'It leads to no entity set of this service.')
  const bound = { root: boundOf(from).root, path: [...boundOf(from).path, ...remoteNavigation.split('/')] }
  const contained = unboundSet(exposure, { name: `${set.name}/${navigation.name}`, endpoint: set.endpoint, type, bound })
  return { on: link.on, scope: { ...rowScope(exposure, contained, from.aliases), read, place, bound, ...(declared.containsTarget ? { contained: true as const } : {}) } }
}

/** The scope of rows of a set of which what leads to them says that they are of a type, perhaps narrower than the set's. */
export function narrowed(exposure: Exposure, set: ExposedSet, { aliases, type }: { readonly aliases: RowScope['aliases']; readonly type: string | undefined }): RowScope {
  const isNarrower = type !== undefined && type !== set.entityType && exposure.model.derivesFrom(type, set.entityType)
  return isNarrower ? { ...rowScope(exposure, set, aliases, type), declared: type } : rowScope(exposure, set, aliases)
}

/** The navigation property at the end of a path through complex values of the row. */
function targetNavigation({ model, entityType }: RowScope, path: string): NavigationProperty | undefined {
  const names = path.split('/')
  const last = names.pop() ?? ''
  const holder = names.reduce<StructuredType | undefined>((type, name) => (type === undefined ? undefined : model.structured(name.includes('.') ? name : (model.property(type, name)?.type.name ?? ''))), entityType)
  return holder === undefined ? undefined : model.navigation(holder, last)
}

const boundOf = ({ bound, set }: RowScope): NonNullable<RowScope['bound']> => bound ?? { root: set.name, path: [] }

interface Unbound {
  readonly name: string
  readonly endpoint: string
  readonly type: EntityType
  readonly bound: NonNullable<RowScope['bound']>
}

/** Rows that are no entity set's, with the same means as if they were: what a navigation contains, a singleton, what a function returns. */
export function unboundSet(exposure: Exposure, { name, endpoint, type, bound }: Unbound): ExposedSet {
  const { model } = exposure
  // In a data product each set has types of its own, whose names and navigations are known with it.
  const own = exposure.kind === 'product' ? [...exposure.sets.values()].find((set) => set.endpoint === endpoint && model.derivesFrom(type.qualifiedName, set.entityType)) : undefined
  if (own !== undefined) return Object.freeze({ ...own, name, entityType: type.qualifiedName, remoteSet: '', remoteType: remoteNaming(exposure, endpoint).remoteType(type.qualifiedName) })
  return Object.freeze({
    name, endpoint, entityType: type.qualifiedName, remoteSet: '', remoteType: type.qualifiedName, renamed: new Map(), ...exposedKey(model.key(type)),
    navigations: new Map(model.navigations(type).map((navigation) => [navigation.name, unboundNavigation(exposure, type, navigation, bound)])),
  })
}

/** A navigation of rows reached along `bound`, followed as the contract says. */
export function unboundNavigation({ model, sets }: Exposure, type: StructuredType, navigation: NavigationProperty, { root, path, within = [] }: Unbound['bound'] & { readonly within?: readonly string[] }): ExposedNavigation {
  const target = model.bindingTarget(root, [...path, navigation.name].join('/'))
  const entity = within.length === 0 ? model.entityType(type.qualifiedName) : undefined
  return Object.freeze({
    name: navigation.name, ...(target !== undefined && sets.has(target) ? { target } : {}), toMany: navigation.collection,
    on: entity === undefined ? [] : joinColumns(model, entity, navigation), remoteNavigation: [...within, navigation.name].join('/'),
  })
}

/** A singleton may have no key: there is one row of it, which this column stands for. */
const markColumn: Column = Object.freeze({ name: '~0', type: int32Type })

/** The scope of the row of a singleton. Undefined: the service has none of this name. */
export function singletonScope(exposure: Exposure, name: string, aliases: RowScope['aliases']): RowScope | undefined {
  const { model, endpoints } = exposure
  const singleton = exposure.kind === 'service' ? model.container?.singletons.get(name) : undefined
  const type = model.entityType(singleton?.entityType ?? '')
  const [endpoint] = endpoints.keys()
  if (type === undefined || endpoint === undefined) return undefined
  const bound = { root: name, path: [] }
  const path = encodeURIComponent(name)
  return {
    ...rowScope(exposure, unboundSet(exposure, { name, endpoint, type, bound }), aliases),
    read: model.key(type).length > 0 ? { resource: { path, single: true }, columns: [] } : { resource: { path, single: true, mark: markColumn.name }, columns: [markColumn] }, place: { path, gaps: [], single: true }, bound,
  }
}

/** Where something is found behind each row, and how it is joined with it. */
export interface Link {
  readonly place: Omit<RowPlace, 'single'>
  /** Columns that hold the key which fills the gaps. */
  readonly columns: readonly Column[]
  readonly on: Expand['on']
}

/** The link of each row of a scope: its place, its key, and the name of the navigation. */
const linkOf = (from: RowScope, navigation: string): Link =>
  linkBehind(from, `${castText(from, navigation)}${navigation.split('/').map(encodeURIComponent).join('/')}`)

/** What stands behind the address of each row of a scope; the path from there on begins with a cast where only some of the rows have it. */
export function linkBehind(from: RowScope, path: string): Link {
  const { set, model, entityType } = from
  const reached = from.place ?? from.reached
  const place = reached ?? { path: encodeURIComponent(set.remoteSet), gaps: [], single: false }
  // Under rows of other types there is nothing to be asked for.
  const of = path.startsWith(castSegment(from)) && castSegment(from) !== '' && from.seen === true ? { of: [entityType.qualifiedName, ...model.derivedTypes(entityType.qualifiedName)] } : {}
  const after = `/${path}`
  const above = reached === undefined ? [] : (from.read?.columns ?? [])
  const inherited = above.map(({ name }): JoinPair => ({ from: name, to: name, ...of }))
  const last = place.gaps.at(-1)
  if (place.single && last !== undefined) return { place: { path: place.path, gaps: [...place.gaps.slice(0, -1), { ...last, after: `${last.after}${after}` }] }, columns: above, on: pairs(inherited, from) }
  const own = keyColumns(from, above.length)
  const held = own.length > 0 ? own.map(({ column, name }) => ({ name: set.renamed.get(name) ?? name, column: column.name })) : above.map(({ name }) => ({ name, column: name }))
  const gap: ResourceGap = { key: held, after, ...(place.single ? { unwritten: true as const } : {}) }
  return {
    place: { path: place.path, gaps: [...place.gaps, gap] }, columns: [...above, ...own.map(({ column }) => column)],
    on: pairs([...inherited, ...own.map(({ column, name }) => ({ from: name, to: column.name, ...of }))], from),
  }
}

/** A navigation that only a derived type has needs the cast to it. */
function castText({ model, set, entityType, exposure }: RowScope, navigation: string): string {
  const declared = model.entityType(set.entityType)
  const [name = navigation] = navigation.split('/')
  const known = declared !== undefined && (model.navigation(declared, name) !== undefined || model.property(declared, name) !== undefined)
  return known ? '' : castSegment({ set, entityType, exposure })
}

/** The cast to the type that rows are seen as, where that is not their set's. */
export const castSegment = ({ set, entityType, exposure }: Pick<RowScope, 'set' | 'entityType' | 'exposure'>): string =>
  (entityType.qualifiedName === set.entityType ? '' : `${encodeURIComponent(remoteNaming(exposure, set.endpoint).remoteType(entityType.qualifiedName))}/`)

function pairs([first, ...rest]: readonly JoinPair[], { set }: RowScope): Expand['on'] {
  if (first === undefined) throw unsupported(`A navigation from ${set.name}`, 'Its rows have no key, so that none of them can be addressed.')
  return [first, ...rest]
}

/** Columns for the key of a row, under names that no property has. */
function keyColumns({ set, model, entityType }: RowScope, taken: number): readonly { readonly name: string; readonly column: Column }[] {
  return set.key.map((name, index) => {
    const property = model.property(entityType, name)
    if (property === undefined) throw invalid(`The key ${name} of ${set.name} is no property of its own, so that none of its rows can be addressed.`)
    return { name, column: Object.freeze({ name: `~${taken + index}`, type: valueType(model, property.type) }) }
  })
}
