import type { CatalogPorts } from './catalog-ports.js'
import type { DataRows } from './ports.js'
import type { ContractSummary, Contract } from './records.js'
import type { PageRequest, ServiceFilter, Slice } from './store.js'
import type { ProductDefinition } from './products/definition.js'
import type { ProductSummary, ProductView, RelationshipSuggestion, SavedProduct } from './products/product-view.js'
import type { SampleLandscape } from './samples/landscape.js'
import type { SearchFilter } from './search/query.js'
import type { SearchAnswer } from './search/answer.js'
import type { ContractChanges } from './services/compare-contracts.js'
import type { ConnectionRequest, Curation, Registration, RegistrationOptions, RegistrationRequest } from './services/registration.js'
import type { CapabilitiesReport, EntitySetView, ServiceSummary, ServiceView } from './services/service-view.js'

/**
 * The use cases by their signatures: plain functions over the ports. The HTTP faces call them; they know nothing of HTTP.
 */

/** Who asks, for the audit. */
export interface Asked {
  readonly actor: string
}

/**
 * Registers a service in one call, or updates it: the same call twice changes nothing.
 * @throws HUB_REQUEST_INVALID, HUB_SOURCE_ADDRESS_REFUSED, HUB_SLUG_TAKEN, HUB_SERVICE_EXISTS, HUB_CONTRACT_*, and without a given contract HUB_SOURCE_*
 */
export type RegisterService = (ports: CatalogPorts, request: RegistrationRequest, options: RegistrationOptions) => Promise<Registration>

/** Replaces the connection; what was learnt of the source is forgotten. @throws HUB_SERVICE_NOT_FOUND, HUB_REQUEST_INVALID, HUB_SOURCE_ADDRESS_REFUSED */
export type ChangeConnection = (ports: CatalogPorts, slug: string, connection: ConnectionRequest, asked: Asked) => Promise<ServiceView>

/**
 * Changes what people say of a service. `revision`: the one the change is meant for; left out: whatever it is now.
 * @throws HUB_SERVICE_NOT_FOUND, HUB_REQUEST_INVALID, HUB_PRECONDITION_FAILED
 */
export type CurateService = (ports: CatalogPorts, slug: string, curation: Curation, options: Asked & { readonly revision?: number }) => Promise<ServiceView>

/** Reads the contract again from the source; what was learnt of the source is forgotten, also where the contract is the same. @throws HUB_SERVICE_NOT_FOUND, HUB_SOURCE_*, HUB_CONTRACT_* */
export type RefreshService = (ports: CatalogPorts, slug: string, options: Asked & { readonly dryRun?: boolean; readonly signal?: AbortSignal }) => Promise<Registration>

/** Frees the slug at once. `force` removes it although products use it, and marks those broken. @throws HUB_SERVICE_NOT_FOUND, HUB_SERVICE_IN_USE */
export type RemoveService = (ports: CatalogPorts, slug: string, options: Asked & { readonly force?: boolean }) => Promise<void>

export type ListServices = (ports: CatalogPorts, filter: ServiceFilter, page: PageRequest) => Promise<Slice<ServiceSummary>>
/** @throws HUB_SERVICE_NOT_FOUND */
export type GetService = (ports: CatalogPorts, slug: string) => Promise<ServiceView>
/** The contract as registered: the newest, or one of the history by its ordinal. @throws HUB_SERVICE_NOT_FOUND, HUB_RESOURCE_NOT_FOUND */
export type GetContract = (ports: CatalogPorts, slug: string, ordinal?: number) => Promise<Contract>
/** Newest first. @throws HUB_SERVICE_NOT_FOUND */
export type ListVersions = (ports: CatalogPorts, slug: string) => Promise<readonly ContractSummary[]>
/** What changed from one ordinal to another. @throws HUB_SERVICE_NOT_FOUND, HUB_RESOURCE_NOT_FOUND */
export type CompareVersions = (ports: CatalogPorts, slug: string, ordinals: { readonly from: number; readonly to: number }) => Promise<ContractChanges>
/** @throws HUB_SERVICE_NOT_FOUND, HUB_RESOURCE_NOT_FOUND (did you mean) */
export type GetEntitySet = (ports: CatalogPorts, slug: string, entitySet: string) => Promise<EntitySetView>
/** What was declared, probed and learnt of the source, by entity set. @throws HUB_SERVICE_NOT_FOUND */
export type GetCapabilities = (ports: CatalogPorts, slug: string) => Promise<CapabilitiesReport>
/** A few rows (1–200, 20 where left out) of a service's or product's entity set. @throws HUB_SERVICE_NOT_FOUND, HUB_RESOURCE_NOT_FOUND, HUB_SOURCE_* */
export type PreviewRows = (ports: CatalogPorts, slug: string, entitySet: string, rows?: number) => Promise<DataRows>

/**
 * Creates or replaces a data product.
 * @throws HUB_PRODUCT_INVALID with a detail for each wrong field, HUB_SLUG_TAKEN, HUB_REQUEST_INVALID for a malformed slug
 */
export type PutProduct = (ports: CatalogPorts, slug: string, definition: ProductDefinition, options: Asked & { readonly sample?: boolean; readonly dryRun?: boolean }) => Promise<SavedProduct>
/** @throws HUB_PRODUCT_NOT_FOUND */
export type GetProduct = (ports: CatalogPorts, slug: string) => Promise<ProductView>
export type ListProducts = (ports: CatalogPorts, page: PageRequest) => Promise<Slice<ProductSummary>>
/** @throws HUB_PRODUCT_NOT_FOUND */
export type RemoveProduct = (ports: CatalogPorts, slug: string, asked: Asked) => Promise<void>
/** Relationships between entity sets of these services (at least one) that keys and names propose, best first. @throws HUB_SERVICE_NOT_FOUND */
export type SuggestRelationships = (ports: CatalogPorts, services: readonly string[]) => Promise<readonly RelationshipSuggestion[]>

/** Searches everything that is published; an empty text finds all. `limit` 1–100, 20 where left out. */
export type SearchCatalog = (ports: CatalogPorts, text: string, filter: SearchFilter, page?: Partial<PageRequest>) => Promise<SearchAnswer>

/** Fills an empty store with the samples; does nothing in a store that holds something or held the samples before. True if they were seeded now. */
export type SeedSamples = (ports: CatalogPorts, landscape: SampleLandscape, asked: Asked) => Promise<boolean>
/** Removes every service and product marked as a sample; answers their slugs. Products of others that use them are marked broken. */
export type RemoveSamples = (ports: CatalogPorts, asked: Asked) => Promise<readonly string[]>
