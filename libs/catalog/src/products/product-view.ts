import type { AttributeView, EntitySetView } from '../services/service-view.js'
import type { Multiplicity, ProductDefinition } from './definition.js'

/** A data product as the API shows it. Addresses are path-absolute. */
export interface ProductView {
  readonly uuid: string
  readonly slug: string
  readonly name: string
  readonly description?: string
  /** `/odata/{slug}/` */
  readonly odataUrl: string
  /** `/graphql/{slug}` */
  readonly graphqlUrl: string
  /** As its author wrote it: entities and relationships. */
  readonly definition: ProductDefinition
  /** What it exposes; empty where it is broken. */
  readonly entitySets: readonly EntitySetView[]
  /** Slugs of the services it is made of. */
  readonly services: readonly string[]
  /** Why it cannot be served now; empty: it can. */
  readonly broken: readonly string[]
  readonly sample: boolean
  readonly createdAt: string
  readonly changedAt: string
  readonly revision: number
}

/** A product in a listing. */
export type ProductSummary = Omit<ProductView, 'entitySets'>

export interface SavedProduct {
  readonly outcome: 'created' | 'changed' | 'unchanged'
  readonly product: ProductView
}

/** A relationship that names or keys propose. */
export interface RelationshipSuggestion {
  readonly from: SuggestedEnd
  readonly to: SuggestedEnd
  /** Proposed name of the navigation property. */
  readonly name: string
  readonly on: readonly { readonly from: string; readonly to: string }[]
  readonly multiplicity: Multiplicity
  readonly inverseMultiplicity: Multiplicity
  /** For people: why. */
  readonly reason: string
  /** 0–1, higher is better. */
  readonly score: number
}

export interface SuggestedEnd {
  /** Slug. */
  readonly service: string
  readonly entitySet: string
  readonly columns: readonly Pick<AttributeView, 'name' | 'type'>[]
}
