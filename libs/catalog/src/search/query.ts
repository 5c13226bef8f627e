import type { SearchDocument, SearchKind } from './document.js'

/** What narrows a search; every given part must hold. */
export interface SearchFilter {
  readonly kind?: SearchKind
  readonly environment?: string
  readonly type?: string
  readonly tag?: string
  readonly owner?: string
  readonly capability?: string
  readonly validated?: boolean
}

/**
 * One word of a search, in the forms it may match: as it stands without its separators (`orderdetails`), or all of its parts (`order`, `details`).
 * Forms consist of letters and digits only, lower-case, without diacritics.
 */
export interface SearchTerm {
  readonly whole: string
  readonly parts: readonly string[]
  /** The last form may go on: the user is still typing. */
  readonly prefix: boolean
}

/** What a store is asked: every term must match somewhere in a document. No terms: everything matches. */
export interface SearchQuery {
  readonly terms: readonly SearchTerm[]
  readonly filter: SearchFilter
  readonly limit: number
  readonly offset: number
}

export interface FacetValue {
  readonly value: string
  readonly count: number
}

/** How many matches there are by value; each facet leaves its own filter aside, so that a choice can be changed. */
export interface SearchFacets {
  readonly kind: readonly FacetValue[]
  readonly environment: readonly FacetValue[]
  readonly type: readonly FacetValue[]
  readonly tag: readonly FacetValue[]
}

/** What a store answers, best first. */
export interface SearchMatches {
  readonly total: number
  readonly documents: readonly { readonly document: SearchDocument; readonly score: number }[]
  readonly facets: SearchFacets
}
