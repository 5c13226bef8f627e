import type { Endpoint, ExposedNavigation, ExposedSet, Exposure, SealedConnection } from '@tributary/catalog'
import { readCsdl, type EdmModel } from '@tributary/edm'

/** A relationship of a test's product, by exposed names. */
export interface Relationship {
  readonly from: string
  readonly name: string
  readonly to: string
  readonly toMany: boolean
  /** The source's own navigation property. */
  readonly remote?: string
  readonly on: readonly { readonly from: string; readonly to: string }[]
}

export const endpointOf = (slug: string, url: string, contract: string, kind = 'odata'): Endpoint => ({
  slug, kind, url, model: readCsdl(contract), connection: 'open' as SealedConnection, identity: `${slug}@${url}`,
})

function setsOf(model: EdmModel, endpointOfSet: (set: string) => Endpoint, relationships: readonly Relationship[]): ReadonlyMap<string, ExposedSet> {
  const sets = [...(model.container?.entitySets.values() ?? [])].map((set): ExposedSet => {
    const endpoint = endpointOfSet(set.name)
    const type = model.entityType(set.entityType)
    if (type === undefined) throw new Error(`no type for ${set.name}`)
    const own = model.navigations(type).map((navigation): ExposedNavigation => {
      const target = model.bindingTarget(set.name, navigation.name)
      const on = navigation.constraints.map(({ property, referencedProperty }) => ({ from: property, to: referencedProperty }))
      const given = relationships.find((one) => one.from === set.name && one.name === navigation.name)
      return { name: navigation.name, ...(target === undefined ? {} : { target }), toMany: navigation.collection, on: given?.on ?? on, ...(given?.remote === undefined ? {} : { remoteNavigation: given.remote }) }
    })
    return {
      name: set.name, entityType: set.entityType, endpoint: endpoint.slug, remoteSet: set.name,
      remoteType: endpoint.model.container?.entitySets.get(set.name)?.entityType ?? set.entityType,
      renamed: new Map(), key: model.key(type).map(({ path }) => path), navigations: new Map(own.map((one) => [one.name, one])),
    }
  })
  return new Map(sets.map((set) => [set.name, set]))
}

/** What a service exposes: its own model. */
export const serviceExposure = (endpoint: Endpoint, relationships: readonly Relationship[] = [], revision = 1): Exposure => ({
  slug: endpoint.slug, kind: 'service', title: endpoint.slug, revision, model: endpoint.model,
  sets: setsOf(endpoint.model, () => endpoint, relationships), endpoints: new Map([[endpoint.slug, endpoint]]),
})

/** A product over several endpoints, its model written by the test. */
export const productExposure = (slug: string, contract: string, parts: { readonly endpointOfSet: Readonly<Record<string, Endpoint>>; readonly relationships: readonly Relationship[] }): Exposure => {
  const model = readCsdl(contract)
  const endpointOfSet = (set: string): Endpoint => {
    const endpoint = parts.endpointOfSet[set]
    if (endpoint === undefined) throw new Error(`no endpoint for ${set}`)
    return endpoint
  }
  return {
    slug, kind: 'product', title: slug, revision: 1, model, sets: setsOf(model, endpointOfSet, parts.relationships),
    endpoints: new Map(Object.values(parts.endpointOfSet).map((endpoint) => [endpoint.slug, endpoint])),
  }
}
