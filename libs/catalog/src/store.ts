import type { CapabilityObservation } from './ports.js'
import type { Application, AuditEvent, Contract, ContractSummary, Environment, Product, ServiceEndpoint } from './records.js'
import type { SearchDocument } from './search/document.js'
import type { SearchMatches, SearchQuery } from './search/query.js'

/** A page of a listing; `limit` rows from `offset`. */
export interface PageRequest {
  readonly limit: number
  readonly offset: number
}

/** Some rows of a listing, and how many there are in all. */
export interface Slice<T> {
  readonly total: number
  readonly items: readonly T[]
}

/** Which services are listed; every given part must hold. Names are compared as they are written. */
export interface ServiceFilter {
  readonly application?: string
  readonly environment?: string
  readonly environmentType?: string
  readonly kind?: string
  readonly tag?: string
  readonly owner?: string
  readonly sample?: boolean
}

/** What identifies an endpoint beside its slug. */
export interface ServiceIdentity {
  readonly application: string
  readonly environment: string
  readonly name: string
}

/** What can be read of the catalog, at one moment. */
export interface CatalogReads {
  revision(): Promise<number>
  application(name: string): Promise<Application | undefined>
  environment(application: string, name: string): Promise<Environment | undefined>
  /** Slugs taken that are `base` or `base-…`. */
  slugs(base: string): Promise<readonly string[]>
  service(slug: string): Promise<ServiceEndpoint | undefined>
  serviceOf(identity: ServiceIdentity): Promise<ServiceEndpoint | undefined>
  /** Ordered by slug. */
  services(filter: ServiceFilter, page: PageRequest): Promise<Slice<ServiceEndpoint>>
  /** By its uuid. */
  contract(uuid: string): Promise<Contract | undefined>
  /** Newest first. */
  contracts(serviceUuid: string): Promise<readonly ContractSummary[]>
  product(slug: string): Promise<Product | undefined>
  /** Ordered by slug. */
  products(page: PageRequest): Promise<Slice<Product>>
  /** Products with an entity of this service, ordered by slug. */
  productsUsing(serviceSlug: string): Promise<readonly Product[]>
  search(query: SearchQuery): Promise<SearchMatches>
  /** Newest first. */
  auditOf(subject: string, limit: number): Promise<readonly AuditEvent[]>
  /** A named fact about the store itself, e.g. that the samples were seeded. */
  mark(name: string): Promise<string | undefined>
}

/** What can be changed within one transaction. `revision()` answers the revision the transaction will leave behind once something was written. */
export interface CatalogWrites extends CatalogReads {
  saveApplication(application: Application): Promise<void>
  saveEnvironment(environment: Environment): Promise<void>
  /** Inserts or replaces by uuid; its contract must have been added or be there. */
  saveService(service: ServiceEndpoint): Promise<void>
  /** Adds a contract to a service (which may be saved later in the same transaction). */
  addContract(serviceUuid: string, contract: Contract): Promise<void>
  /** With its contracts, observations and search documents. */
  removeService(uuid: string): Promise<void>
  saveProduct(product: Product): Promise<void>
  removeProduct(uuid: string): Promise<void>
  /** Replaces the search documents of a service or product. */
  index(slug: string, documents: readonly SearchDocument[]): Promise<void>
  audit(event: AuditEvent): Promise<void>
  setMark(name: string, value: string): Promise<void>
}

/**
 * Where the catalog is kept. Implementations: in memory (`@tributary/catalog/testing`), SQLite and PostgreSQL (`@tributary/catalog-store`);
 * all pass `describeCatalogStore`.
 */
export abstract class CatalogStore {
  /** Reads at one moment: nothing that commits meanwhile is seen. */
  abstract read<T>(work: (catalog: CatalogReads) => Promise<T>): Promise<T>
  /**
   * One transaction: all of it or, if `work` throws, nothing. Changes are made one after the other, also over several processes.
   * Any write raises the revision by one, in the same transaction.
   */
  abstract change<T>(work: (catalog: CatalogWrites) => Promise<T>): Promise<T>
  /** The present revision; cheap, called with every request. */
  abstract revision(): Promise<number>
  /** Keeps what was learnt, one fact per (endpoint, identity, entity set, feature): the newest wins. Raises no revision; facts of unknown endpoints are dropped. */
  abstract recordObservations(batch: readonly CapabilityObservation[]): Promise<void>
  abstract observations(endpoint: string, identity: string): Promise<readonly CapabilityObservation[]>
  abstract close(): Promise<void>
}
