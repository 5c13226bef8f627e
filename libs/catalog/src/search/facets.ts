import type { SearchDocument } from './document.js'
import type { SearchFacets, SearchFilter } from './query.js'

/** The facets, and the values a document has in each. */
export const facetValues: Readonly<Record<keyof SearchFacets, (document: SearchDocument) => readonly string[]>> = Object.freeze({
  kind: (document: SearchDocument) => [document.kind],
  environment: (document: SearchDocument) => (document.environment === '' ? [] : [document.environment]),
  type: (document: SearchDocument) => [document.type],
  tag: (document: SearchDocument) => document.tags,
})

/** True if the document passes every given part of the filter. */
export const passesFilter = (document: SearchDocument, filter: SearchFilter): boolean =>
  (filter.kind === undefined || document.kind === filter.kind) &&
  (filter.environment === undefined || document.environment === filter.environment) &&
  (filter.type === undefined || document.type === filter.type) &&
  (filter.tag === undefined || document.tags.includes(filter.tag)) &&
  (filter.owner === undefined || document.owner === filter.owner) &&
  (filter.capability === undefined || document.capabilities.includes(filter.capability)) &&
  (filter.validated === undefined || document.validated === filter.validated)

/** The filter without one of its parts. */
export function filterWithout(filter: SearchFilter, part: keyof SearchFilter): SearchFilter {
  const { [part]: _left, ...rest } = filter
  return rest
}
