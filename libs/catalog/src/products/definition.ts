/** What a data product is made of, as its author writes it. @see docs/interfaces.md, section 2 */
export interface ProductDefinition {
  readonly name: string
  readonly description?: string
  readonly entities: readonly ProductEntity[]
  readonly relationships: readonly ProductRelationship[]
  /** Which operations of the services are published with it; `all` where left out. */
  readonly operations?: PublishedOperations
}

/** `bound`: those that are called on what the product exposes; `all`: those that services import as well. Either way only those that name nothing else. */
export type PublishedOperations = 'all' | 'bound' | 'none'

export interface ProductEntity {
  /** Name of the exposed entity set. */
  readonly name: string
  /** Slug of the service. */
  readonly service: string
  readonly entitySet: string
  /** The service's property names; all of them where left out. */
  readonly select?: readonly string[]
  /** The service's property name → exposed name. */
  readonly rename?: Readonly<Record<string, string>>
}

/** How many rows an end of a relationship has. */
export type Multiplicity = '1' | '0..1' | '*'

export interface ProductRelationship {
  /** Entities of the product, by exposed name. */
  readonly from: string
  readonly to: string
  /** Name of the navigation property on `from`. */
  readonly name: string
  /** Name of the navigation property on `to` that leads back. */
  readonly inverse?: string
  /** Exposed property names; equal by value of their Edm type. */
  readonly on: readonly { readonly from: string; readonly to: string }[]
  /** Of the `to` end; `0..1` where left out. */
  readonly multiplicity?: Multiplicity
  /** Of the `from` end; `*` where left out. */
  readonly inverseMultiplicity?: Multiplicity
}
