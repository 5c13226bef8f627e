import type { ExposedNavigation, Exposure } from '@tributary/catalog'
import type { ODataUrl, ResourceSegment } from '@tributary/odata-url'
import type { Expression } from '@tributary/plan'
import { bindKey } from './bind-key.js'
import { requireNavigation, requireTarget } from './navigations.js'
import { invalid, resourceNotFound, unknownProperty, unsupported } from './refusal.js'
import { type RowScope, rowScope } from './row-scope.js'

/** One entity set on the way of a resource path, and which of its rows are meant. */
export interface AddressStep {
  readonly scope: RowScope
  /** How it was reached from the step before; undefined: the path begins here. */
  readonly navigation?: ExposedNavigation
  /** The rows' key, where one row is meant by it. */
  readonly key?: Expression
  /** Qualified name of a derived type, where the path casts. */
  readonly cast?: string
}

/** What a resource path addresses: a way through entity sets, then perhaps into a row. */
export interface Address {
  readonly steps: readonly [AddressStep, ...AddressStep[]]
  /** One row (a key, or a to-one navigation); otherwise many. */
  readonly single: boolean
  readonly property: readonly string[]
  readonly tail: 'none' | 'value' | 'count'
}

/** The last entity set of the way: where the answer's rows are. */
export const lastStep = (address: Address): AddressStep => address.steps[address.steps.length - 1] ?? address.steps[0]

/**
 * Resolves the resource path of a URL.
 * @throws HUB_RESOURCE_NOT_FOUND, HUB_QUERY_UNKNOWN_PROPERTY, HUB_QUERY_INVALID, HUB_QUERY_UNSUPPORTED
 */
export function resolveAddress(url: ODataUrl, exposure: Exposure): Address {
  if (url.resource.kind !== 'path') throw invalid(`A ${url.resource.kind} request has no rows.`)
  const [first, ...rest] = url.resource.segments
  if (first === undefined) throw invalid('The resource path is empty.')
  let address = enter(first, exposure, url)
  for (const segment of rest) address = follow(address, segment, exposure)
  return address
}

function enter(segment: ResourceSegment, exposure: Exposure, url: ODataUrl): Address {
  if (segment.kind === 'singleton') throw unsupported(`The singleton ${segment.name}`)
  if (segment.kind === 'operation') throw unsupported(`The operation ${segment.name}`)
  if (segment.kind !== 'entitySet' && segment.kind !== 'unknown') throw unsupported(`A path that begins with $${segment.kind}`)
  const set = exposure.sets.get(segment.name)
  if (set === undefined) throw resourceNotFound(`The entity set ${segment.name}`, segment.name, exposure.sets.keys())
  const scope = rowScope(exposure, set, url.options.aliases)
  return withKey({ steps: [{ scope }], single: false, property: [], tail: 'none' }, segment.key)
}

type WithKey = Extract<ResourceSegment, { readonly kind: 'entitySet' }>['key']

function withKey(address: Address, key: WithKey): Address {
  if (key === undefined) return address
  const last = lastStep(address)
  if (address.single) throw invalid(`A key is given for ${last.scope.set.name}, which is a single row already.`)
  return { ...address, steps: replaceLast(address, { ...last, key: bindKey(key, last.scope) }), single: true }
}

function replaceLast({ steps: [first, ...rest] }: Address, step: AddressStep): readonly [AddressStep, ...AddressStep[]] {
  return rest.length === 0 ? [step] : [first, ...rest.slice(0, -1), step]
}

function follow(address: Address, segment: ResourceSegment, exposure: Exposure): Address {
  if (address.tail !== 'none') throw invalid(`Nothing may follow $${address.tail}.`)
  switch (segment.kind) {
    case 'navigation': return followNavigation(address, segment, exposure)
    case 'property': return followProperty(address, segment.name)
    case 'unknown': return followUnknown(address, segment)
    case 'cast': return followCast(address, segment, exposure)
    case 'count':
      if (address.property.length > 0) throw unsupported('The number of items of a collection property', 'Read the property and count its items.')
      if (address.single) throw invalid('$count counts a collection, and the path leads to one row.')
      return { ...address, tail: 'count' }
    case 'value':
      if (address.property.length === 0) throw unsupported('The media stream of an entity')
      return { ...address, tail: 'value' }
    case 'ref': throw unsupported('$ref')
    case 'operation': throw unsupported(`The operation ${segment.name}`)
    case 'filter': case 'each': case 'query': throw unsupported(`/$${segment.kind} in a path`)
    case 'ordinal': throw unsupported('Addressing a member of a collection by its position')
    case 'batch': case 'all': case 'entity': case 'crossjoin': throw invalid(`$${segment.kind} may only begin a path.`)
    case 'entitySet': case 'singleton': throw invalid(`${segment.name} may only begin a path.`)
  }
}

function requireRow(address: Address, name: string): void {
  if (address.property.length > 0) return
  if (!address.single) throw invalid(`${name} needs one row of ${lastStep(address).scope.set.name}.`, `Give a key: ${lastStep(address).scope.set.name}(…)/${name}.`)
}

function followNavigation(address: Address, segment: Extract<ResourceSegment, { readonly kind: 'navigation' }>, exposure: Exposure): Address {
  requireRow(address, segment.name)
  if (address.property.length > 0) throw unsupported(`The navigation property ${segment.name} of a complex value`)
  const from = lastStep(address).scope.set
  const navigation = requireNavigation(from, segment.name)
  const target = requireTarget(navigation, exposure)
  const scope = rowScope(exposure, target, lastStep(address).scope.aliases)
  const steps: Address['steps'] = [...address.steps, { scope, navigation }]
  return withKey({ ...address, steps, single: !navigation.toMany }, segment.key)
}

function followProperty(address: Address, name: string): Address {
  requireRow(address, name)
  return { ...address, property: [...address.property, name] }
}

function followUnknown(address: Address, segment: Extract<ResourceSegment, { readonly kind: 'unknown' }>): Address {
  const { scope } = lastStep(address)
  const { model, entityType } = scope
  if (address.property.length === 0) {
    if (model.navigation(entityType, segment.name) !== undefined || scope.set.navigations.has(segment.name)) throw unsupported(`The navigation property ${segment.name}`)
    const known = [...model.properties(entityType), ...model.navigations(entityType)].map(({ name }) => name)
    throw unknownProperty(entityType.qualifiedName, segment.name, known)
  }
  throw unknownProperty(address.property.join('/'), segment.name, [])
}

function followCast(address: Address, segment: Extract<ResourceSegment, { readonly kind: 'cast' }>, exposure: Exposure): Address {
  const last = lastStep(address)
  const { scope } = last
  if (address.property.length > 0) throw unsupported(`The cast to ${segment.type} of a property`)
  const type = exposure.model.entityType(segment.type)
  if (type === undefined || !exposure.model.derivesFrom(type.qualifiedName, scope.entityType.qualifiedName)) {
    throw invalid(`${segment.type} is no entity type derived from ${scope.entityType.qualifiedName}.`)
  }
  if (type.qualifiedName === scope.entityType.qualifiedName) return withKey(address, segment.key)
  if (exposure.kind !== 'service') throw unsupported(`The cast to ${segment.type} in a data product`)
  const inner = rowScope(exposure, scope.set, scope.aliases, type.qualifiedName)
  return withKey({ ...address, steps: replaceLast(address, { ...last, scope: inner, cast: type.qualifiedName }) }, segment.key)
}
