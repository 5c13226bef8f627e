import type { Mask } from './masks.js'
import type { Model } from './model.js'
import type { Query } from './query.js'

/** What is left out of the generated queries on purpose, and why; empty is the aim. */
export interface Exclusion {
  readonly name: string
  readonly reason: string
  /** The query as it may be asked. */
  readonly allowed: (query: Query, model: Model) => Query
}

export const exclusions: readonly Exclusion[] = []

export const allowed = (query: Query, model: Model): Query => exclusions.reduce((asked, exclusion) => exclusion.allowed(asked, model), query)

/** A kind of query that is not asked of sources with a mask. */
export interface Unasked {
  readonly name: string
  readonly reason: string
  readonly applies: (query: Query, mask: Mask) => boolean
}

export const unasked: readonly Unasked[] = []

export const isAsked = (query: Query, mask: Mask): boolean => !unasked.some(({ applies }) => applies(query, mask))
