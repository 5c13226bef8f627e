import type { SealedConnection } from './exposure.js'
import type { ProductDefinition } from './products/definition.js'

/** What the catalog keeps, as frozen values. Moments are ISO 8601 text in UTC. */

/** What publishes services: an ERP, a shop. Unique by name. */
export interface Application {
  readonly uuid: string
  readonly name: string
}

/** Where an application runs. Unique by name within its application. */
export interface Environment {
  readonly uuid: string
  readonly application: Application
  readonly name: string
  /** `Production`, `Non-Production` … */
  readonly type: string
}

/** Who answers for a service: contact data. */
export interface Owner {
  readonly name: string
  readonly email?: string
}

/** A service endpoint: one service in one environment, addressed by its slug. Unique by (environment, name) and by slug. */
export interface ServiceEndpoint {
  readonly uuid: string
  readonly slug: string
  readonly name: string
  readonly description?: string
  readonly tags: readonly string[]
  readonly owner?: Owner
  readonly environment: Environment
  /** Which adapter reads it: `odata` … */
  readonly kind: string
  /** Service root, ends in `/`; `sample:…` for the samples. */
  readonly url: string
  readonly connection: SealedConnection
  /** Raised with every change of the connection and every refresh: what was learnt of the source belongs to it. */
  readonly connectionVersion: number
  /** The contract served now. */
  readonly contract: ContractSummary
  readonly sample: boolean
  readonly registeredAt: string
  readonly changedAt: string
  /** The catalog's revision at its last change. */
  readonly revision: number
}

/** One revision of a service's contract, without its content. */
export interface ContractSummary {
  readonly uuid: string
  /** 1 for the first; the newest is what is served. */
  readonly ordinal: number
  /** As the publisher calls it: `1.0.0`. */
  readonly version: string
  /** `CSDL`, `Open API` … */
  readonly type: string
  readonly specificationVersion: string
  readonly contentType: string
  /** SHA-256 of the content, hexadecimal. */
  readonly hash: string
  readonly publishedAt: string
}

/** A contract as it was registered. */
export interface Contract extends ContractSummary {
  readonly content: string
}

/** A data product: entities of several services and the relationships between them. */
export interface Product {
  readonly uuid: string
  readonly slug: string
  readonly definition: ProductDefinition
  /** Why it cannot be served now; empty: it can. */
  readonly broken: readonly string[]
  readonly sample: boolean
  readonly createdAt: string
  readonly changedAt: string
  /** The catalog's revision at its last change. */
  readonly revision: number
}

/** Who did what to which subject. */
export interface AuditEvent {
  readonly at: string
  readonly actor: string
  /** `service.registered`, `service.changed`, `service.refreshed`, `service.curated`, `service.removed`, `product.saved`, `product.removed`, `connection.changed` … */
  readonly action: string
  /** Slug. */
  readonly subject: string
  readonly detail: string
}
