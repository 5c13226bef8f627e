import type { EdmModel } from '@tributary/edm'

/**
 * What `/odata/{slug}/` serves, compiled: a service endpoint as it is, or a data product over several.
 * Immutable; a running request keeps the one it began with.
 */
export interface Exposure {
  readonly slug: string
  readonly kind: 'service' | 'product'
  readonly title: string
  /** Raised with every change of the service, product or connection behind it. */
  readonly revision: number
  /** The exposed model: what `$metadata` shows and the binder binds against. */
  readonly model: EdmModel
  /** By exposed name. */
  readonly sets: ReadonlyMap<string, ExposedSet>
  /** Endpoints behind the sets, by slug. */
  readonly endpoints: ReadonlyMap<string, Endpoint>
  /** Of a data product: what it takes from an endpoint under names of its own, by slug. */
  readonly named?: ReadonlyMap<string, EndpointNames>
  /** Whether the rows of a set can be read from it, as far as is known when a query is bound; where not, from the rows they belong to. Undefined: all can. */
  readonly readable?: (set: ExposedSet) => boolean
  /** Whether the rows of a set were seen to come with their versions, whatever the contract says. Undefined: none were. */
  readonly versioned?: (set: ExposedSet) => boolean
}

/** What a data product takes from one endpoint beside entity sets: the product's name → the endpoint's own. */
export interface EndpointNames {
  /** Qualified names of types; several of the product's may be copies of one. */
  readonly types: ReadonlyMap<string, string>
  /** Qualified names of actions and functions. */
  readonly operations: ReadonlyMap<string, string>
  /** Names of action and function imports. */
  readonly imports: ReadonlyMap<string, string>
}

/** One exposed entity set and where its rows come from. */
export interface ExposedSet {
  readonly name: string
  /** Qualified name in the exposed model. */
  readonly entityType: string
  /** Slug of the endpoint. */
  readonly endpoint: string
  readonly remoteSet: string
  /** Qualified name in the endpoint's own model. */
  readonly remoteType: string
  /** Exposed → remote property names, only where they differ. */
  readonly renamed: ReadonlyMap<string, string>
  /** Exposed names of the key, a path where a part stands in a complex value; empty: none. */
  readonly key: readonly string[]
  /** Path of a part of the key → the alias by which addresses name it, only where there is one. */
  readonly keyAliases?: ReadonlyMap<string, string>
  readonly navigations: ReadonlyMap<string, ExposedNavigation>
}

/** How a navigation property of an exposed set is followed. */
export interface ExposedNavigation {
  readonly name: string
  /** Exposed set it leads to; undefined: contained or unbound, reachable only through its parent. */
  readonly target?: string
  readonly toMany: boolean
  /** Join columns (exposed names): from a relationship, or a referential constraint of this navigation or its partner. Empty: none known. */
  readonly on: readonly { readonly from: string; readonly to: string }[]
  /** The remote's own navigation property, where both ends live in one service. */
  readonly remoteNavigation?: string
}

/** A registered service endpoint as the proxy needs it. */
export interface Endpoint {
  readonly slug: string
  /** Which adapter reads it: `odata`, `memory` … */
  readonly kind: string
  readonly url: string
  readonly model: EdmModel
  /** Sealed (AES-GCM); opened only in the proxy. */
  readonly connection: SealedConnection
  /** What capabilities learnt belong to: changes with URL, connection or contract. */
  readonly identity: string
}

/** Base64url of an AES-256-GCM box; what is in it is a `Connection` of libs/source as JSON. */
export type SealedConnection = string & { readonly sealed: unique symbol }
