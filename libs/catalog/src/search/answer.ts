import type { SearchField, SearchKind } from './document.js'
import type { SearchFacets } from './query.js'

/** What a search answers. @see docs/interfaces.md, section 4 */
export interface SearchAnswer {
  readonly total: number
  readonly facets: SearchFacets
  readonly hits: readonly SearchHit[]
  readonly didYouMean: readonly string[]
}

export interface SearchHit {
  readonly kind: SearchKind
  readonly slug: string
  readonly name: string
  readonly title: string
  readonly description: string
  /** Where the web page shows it, path-absolute. */
  readonly url: string
  /** Higher is better; comparable within one answer only. */
  readonly score: number
  readonly matched: readonly MatchedField[]
  /** Name of the service or product it belongs to. */
  readonly service: string
  readonly environment: string
  /** `validated`, `sample`, the contract's type … */
  readonly badges: readonly string[]
}

/** A text in which something matched. */
export interface MatchedField {
  readonly field: SearchField
  readonly text: string
  /** UTF-16 offsets [start, end) of what matched, ascending, not overlapping. */
  readonly highlights: readonly (readonly [number, number])[]
}
