import type { Application, CapabilityObservation, ContractSummary, Environment, Product, SealedConnection, ServiceEndpoint } from '@tributary/catalog'
import type { ObservationRow } from './journal-rows.js'
import type { ProductRow } from './product-rows.js'
import type { ApplicationRow, ContractRow, EnvironmentRow, ServiceRow } from './service-rows.js'

/** Rows become the catalog's frozen records: what a column holds as null is left out. */

export const applicationOf = ({ uuid, name }: ApplicationRow): Application => Object.freeze({ uuid, name })

export function environmentOf(row: EnvironmentRow): Environment {
  const { uuid, name, type } = row
  return Object.freeze({ uuid, application: applicationOf(joined(row.application)), name, type })
}

export function contractOf(row: ContractRow): ContractSummary {
  const { uuid, ordinal, version, type, specificationVersion, contentType, hash, publishedAt } = row
  return Object.freeze({ uuid, ordinal, version, type, specificationVersion, contentType, hash, publishedAt })
}

export function serviceOf(row: ServiceRow): ServiceEndpoint {
  const { uuid, slug, name, kind, url, connectionVersion, sample, registeredAt, changedAt, revision } = row
  return Object.freeze({
    uuid, slug, name,
    ...(row.description === null ? {} : { description: row.description }),
    tags: Object.freeze([...row.tags]),
    ...(row.ownerName === null ? {} : { owner: Object.freeze({ name: row.ownerName, ...(row.ownerEmail === null ? {} : { email: row.ownerEmail }) }) }),
    environment: environmentOf(joined(row.environment)),
    kind, url,
    connection: row.connection as SealedConnection,
    connectionVersion,
    contract: contractOf(joined(row.contract)),
    sample, registeredAt, changedAt, revision,
  })
}

export function productOf(row: ProductRow): Product {
  const { uuid, slug, definition, broken, sample, createdAt, changedAt, revision } = row
  return Object.freeze({ uuid, slug, definition, broken: Object.freeze([...broken]), sample, createdAt, changedAt, revision })
}

export function observationOf(row: ObservationRow): CapabilityObservation {
  const { endpoint, identity, entitySet, feature, trust, origin, why, since, expires } = row
  return Object.freeze({ endpoint, identity, entitySet, feature, trust, origin, why, since, ...(expires === null ? {} : { expires }) })
}

/** Relations are always loaded with their rows, and the schema makes them mandatory. */
function joined<T>(related: T | undefined): T {
  if (related === undefined) throw new Error('a mandatory relation was not loaded')
  return related
}
