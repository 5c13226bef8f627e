import { createHash } from 'node:crypto'
import type { EdmModel, EntitySet, EntityType } from '@tributary/edm'
import type { Endpoint, ExposedNavigation, ExposedSet, Exposure } from '../exposure.js'
import type { ServiceEndpoint } from '../records.js'
import { joinColumns } from './join-columns.js'
import { exposedKey } from './key-aliases.js'

/** A registered service as the proxy reads it. */
export function endpointOf(service: ServiceEndpoint, model: EdmModel): Endpoint {
  const { slug, kind, url, connection } = service
  return Object.freeze({ slug, kind, url, model, connection, identity: identityOf(service) })
}

/** What is learnt of a service belongs to its address, its connection and its contract. */
export const identityOf = ({ uuid, url, connectionVersion, contract }: ServiceEndpoint): string =>
  createHash('sha256').update(JSON.stringify([uuid, url, connectionVersion, contract.hash])).digest('base64url')

/** A service as it is: its own model, its own names. */
export function serviceExposure(service: Pick<ServiceEndpoint, 'slug' | 'name' | 'revision'>, endpoint: Endpoint): Exposure {
  const { model } = endpoint
  const sets = [...(model.container?.entitySets.values() ?? [])].flatMap((set) => {
    const type = model.entityType(set.entityType)
    return type === undefined ? [] : [exposedSet(endpoint, set, type)]
  })
  return Object.freeze({
    slug: service.slug,
    kind: 'service',
    title: service.name,
    revision: service.revision,
    model,
    sets: new Map(sets.map((set) => [set.name, set])),
    endpoints: new Map([[endpoint.slug, endpoint]]),
  })
}

function exposedSet({ slug, model }: Endpoint, set: EntitySet, type: EntityType): ExposedSet {
  const navigations = model.navigations(type).map((navigation): [string, ExposedNavigation] => {
    const target = model.bindingTarget(set.name, navigation.name)
    const isSet = target !== undefined && model.container?.entitySets.has(target) === true
    return [
      navigation.name,
      Object.freeze({
        name: navigation.name,
        ...(isSet ? { target } : {}),
        toMany: navigation.collection,
        on: joinColumns(model, type, navigation),
        remoteNavigation: navigation.name,
      }),
    ]
  })
  return Object.freeze({
    name: set.name,
    entityType: type.qualifiedName,
    endpoint: slug,
    remoteSet: set.name,
    remoteType: type.qualifiedName,
    renamed: new Map(),
    ...exposedKey(model.key(type)),
    navigations: new Map(navigations),
  })
}
