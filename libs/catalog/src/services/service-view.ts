import type { Environment, Owner } from '../records.js'

/** What a service is, as the API shows it. Addresses are path-absolute: the HTTP face puts its origin before them. */
export interface ServiceView {
  readonly uuid: string
  readonly slug: string
  readonly name: string
  readonly version: string
  readonly description?: string
  readonly tags: readonly string[]
  readonly owner?: Owner
  readonly application: { readonly uuid: string; readonly name: string }
  readonly environment: Omit<Environment, 'application'>
  readonly url: string
  /** `/odata/{slug}/` */
  readonly odataUrl: string
  /** `/graphql/{slug}` */
  readonly graphqlUrl: string
  readonly kind: string
  readonly contractType: string
  readonly specificationVersion: string
  readonly sample: boolean
  readonly registeredAt: string
  readonly changedAt: string
  readonly revision: number
  readonly entitySets: readonly EntitySetView[]
  /** Slugs of the products that use it. */
  readonly usedBy: readonly string[]
  /** What of the contract was skipped or repaired. */
  readonly warnings: readonly ServiceWarning[]
}

/** A service in a listing. */
export type ServiceSummary = Omit<ServiceView, 'entitySets' | 'warnings' | 'usedBy'>

/** Something to know that did not stop a registration. */
export interface ServiceWarning {
  readonly message: string
  readonly line?: number
  readonly column?: number
}

export interface EntitySetView {
  readonly name: string
  /** Qualified name. */
  readonly entityType: string
  readonly label?: string
  readonly description?: string
  /** Names of the key properties; empty: none. */
  readonly keys: readonly string[]
  readonly attributes: readonly AttributeView[]
  readonly navigation: readonly NavigationView[]
  /** Only what the contract declares. */
  readonly capabilities: CapabilitiesView
}

export interface AttributeView {
  readonly name: string
  /** `Edm.String`, `Collection(Edm.Int32)`, `Northwind.Address` */
  readonly type: string
  readonly typeKind: 'primitive' | 'complex' | 'enum'
  readonly key: boolean
  readonly nullable: boolean
  readonly maxLength?: number | 'max'
  readonly precision?: number
  readonly scale?: number | 'variable' | 'floating'
  readonly label?: string
  readonly description?: string
  /** Member names, where it is an enumeration. */
  readonly members?: readonly string[]
}

export interface NavigationView {
  readonly name: string
  /** The entity set it leads to, where the contract binds it. */
  readonly target?: string
  readonly targetType: string
  readonly collection: boolean
  readonly nullable: boolean
  /** Of the target's end. */
  readonly multiplicity: '1' | '0..1' | '*'
  readonly partner?: string
  readonly on: readonly { readonly from: string; readonly to: string }[]
}

/** What is known of the features of a service's source, by entity set. */
export interface CapabilitiesReport {
  /** Of rows that are reached by a path only, and belong to no entity set. */
  readonly paths: readonly CapabilityView[]
  readonly entitySets: readonly { readonly name: string; readonly features: readonly CapabilityView[] }[]
}

/** One thing a source can or cannot do, and how it is known. */
export interface CapabilityView {
  /** From general to special: `filter`, `filter:eq:Edm.String`, `orderby:Edm.Date`, `top` … */
  readonly feature: string
  /** exact: given to the source and believed. inexact: given to it and checked by us. unsupported: done by us. */
  readonly state: 'exact' | 'inexact' | 'unsupported'
  readonly origin: 'declared' | 'probed' | 'learnt' | 'presumed'
  /** In words for people. */
  readonly why: string
  readonly since: string
  /** After this moment it is forgotten. */
  readonly expires?: string
}

export type CapabilityName =
  | 'insertable' | 'updatable' | 'deletable' | 'countable' | 'topSupported' | 'skipSupported' | 'filterable' | 'sortable' | 'expandable' | 'searchable'

/** Declared by Capabilities annotations; what is not there is not known. */
export type CapabilitiesView = Partial<Readonly<Record<CapabilityName, boolean>>>
