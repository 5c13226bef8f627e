import type { ExposedSet, Exposure } from '@tributary/catalog'
import type { EdmModel } from '@tributary/edm'
import { columnsOfType } from '../bind/model-types.js'
import { exposedTypeNames } from '../bind/type-names.js'

/**
 * What is called differently at a source than in an exposure, both ways. In a service nothing is; in a data product entity types are
 * cut out and renamed, their properties perhaps too, and complex types and enumerations are copies under other names.
 */
export interface RemoteNaming {
  /** Qualified name at the source. */
  readonly remoteType: (exposed: string) => string
  /** Qualified name here; undefined: it has no counterpart. Entity types are found by their set. */
  readonly exposedType: (remote: string, set?: ExposedSet) => string | undefined
  /** Of a property of an exposed type. */
  readonly remoteProperty: (exposedType: string, name: string) => string
  /** Of a property at the source, in a value of this exposed type; undefined: it is not exposed. */
  readonly exposedProperty: (exposedType: string, name: string) => string | undefined
  /** Exposed sets over a set of the source; several where a product cuts one twice. */
  readonly setsOver: (remoteSet: string) => readonly ExposedSet[]
  /** Of an operation, by its qualified name here; undefined: it is no operation of this source. */
  readonly remoteOperation: (exposed: string) => string | undefined
  /** True where every name is the same. */
  readonly same: boolean
}

const known = new WeakMap<Exposure, Map<string, RemoteNaming>>()

/** The names of an exposure at one of its endpoints. */
export function remoteNaming(exposure: Exposure, endpoint: string): RemoteNaming {
  const ofExposure = known.get(exposure) ?? new Map<string, RemoteNaming>()
  known.set(exposure, ofExposure)
  const found = ofExposure.get(endpoint) ?? (exposure.kind === 'service' ? sameNames(exposure) : productNames(exposure, endpoint))
  ofExposure.set(endpoint, found)
  return found
}

function sameNames({ sets }: Exposure): RemoteNaming {
  return Object.freeze({
    remoteType: (name: string) => name,
    exposedType: (name: string) => name,
    remoteProperty: (_type: string, name: string) => name,
    exposedProperty: (_type: string, name: string) => name,
    setsOver: (remoteSet: string) => [sets.get(remoteSet)].filter((set) => set !== undefined),
    remoteOperation: (name: string) => name,
    same: true,
  })
}

function productNames(exposure: Exposure, endpoint: string): RemoteNaming {
  const { model } = exposure
  const remote = exposure.endpoints.get(endpoint)?.model
  const sets = [...exposure.sets.values()].filter((set) => set.endpoint === endpoint)
  const bySet = Map.groupBy(sets, ({ remoteSet }) => remoteSet)
  const setOfType = new Map(sets.flatMap((set) => [set.entityType, ...model.derivedTypes(set.entityType)].map((name): [string, ExposedSet] => [name, set])))
  const bySetName = new Map(sets.map((set) => [set.name, namesOfSet(exposure, endpoint, set)]))
  const toExposed = new Map([...bySetName.values()].flatMap((names) => [...names]))
  const toRemote = new Map([...toExposed].map(([remote, exposed]) => [exposed, remote]))
  const named = exposure.named?.get(endpoint)
  const copies = new Map([...(named?.types ?? [])].flatMap(([exposed, one]) => (remote?.entityType(one) === undefined ? [[one, exposed] as const] : [])))
  const back = new Map([...setOfType].map(([type, set]) => [type, exposedNames(model, type, set)]))
  return Object.freeze({
    remoteType: (name: string) => (setOfType.get(name)?.entityType === name ? setOfType.get(name)?.remoteType : toRemote.get(name)) ?? named?.types.get(name) ?? name,
    exposedType: (name: string, set?: ExposedSet) => {
      if (name.startsWith('Edm.')) return name
      if (set?.remoteType === name) return set.entityType
      // Each entity of a product has derived types of its own.
      return set === undefined || remote?.entityType(name) === undefined ? toExposed.get(name) ?? copies.get(name) : bySetName.get(set.name)?.get(name)
    },
    remoteProperty: (type: string, name: string) => setOfType.get(type)?.renamed.get(name) ?? name,
    exposedProperty: (type: string, name: string) => {
      const names = back.get(type)
      if (names !== undefined) return names.get(name)
      const structured = model.structured(type)
      return structured === undefined || model.property(structured, name) !== undefined || structured.open ? name : undefined
    },
    setsOver: (remoteSet: string) => bySet.get(remoteSet) ?? [],
    remoteOperation: (name: string) => named?.operations.get(name),
    same: false,
  })
}

/** Complex types, enumerations and derived entity types: the source's names and ours. */
function namesOfSet({ model, endpoints }: Exposure, endpoint: string, set: ExposedSet): ReadonlyMap<string, string> {
  const remote = endpoints.get(endpoint)?.model
  const type = model.entityType(set.entityType)
  return remote === undefined || type === undefined ? new Map() : exposedTypeNames(columnsOfType(model, type), model, remote, set)
}

/** The exposed names of an entity's properties and of the navigation its source knows, by the source's. */
function exposedNames(model: EdmModel, entityType: string, { renamed, navigations }: ExposedSet): ReadonlyMap<string, string> {
  const type = model.entityType(entityType)
  const properties = type === undefined ? [] : model.properties(type).map(({ name }): [string, string] => [renamed.get(name) ?? name, name])
  const followed = [...navigations.values()].flatMap(({ name, remoteNavigation }): [string, string][] => (remoteNavigation === undefined ? [] : [[remoteNavigation, name]]))
  return new Map([...properties, ...followed])
}
