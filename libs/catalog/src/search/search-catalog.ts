import { hubError } from '@tributary/errors'
import type { SearchCatalog } from '../use-cases.js'
import type { MatchedField, SearchHit } from './answer.js'
import { searchFields, type SearchDocument } from './document.js'
import type { SearchMatches, SearchTerm } from './query.js'
import { fieldText, highlightsOf, termsOf } from './terms.js'

const usualHits = 20
const mostHits = 100

export const searchCatalog: SearchCatalog = async (ports, text, filter, page = {}) => {
  const { limit = usualHits, offset = 0 } = page
  if (!Number.isInteger(limit) || limit < 1 || limit > mostHits) throw invalid('limit', `must be a whole number from 1 to ${mostHits}`)
  if (!Number.isSafeInteger(offset) || offset < 0) throw invalid('offset', 'must be a whole number from 0')
  const terms = termsOf(text)
  const matches = terms.length === 0 && !asksForAll(text) ? nothing : await ports.store.read((catalog) => catalog.search({ terms, filter, limit, offset }))
  return Object.freeze({ total: matches.total, facets: matches.facets, hits: matches.documents.map(({ document, score }) => hitOf(document, score, terms)), didYouMean: [] })
}

/** Signs alone ask for something that is not there; nothing, or a star, asks for everything. */
const asksForAll = (text: string): boolean => ['', '*'].includes(text.trim())

const nothing: SearchMatches = Object.freeze({ total: 0, documents: [], facets: { kind: [], environment: [], type: [], tag: [] } })

function hitOf(document: SearchDocument, score: number, terms: readonly SearchTerm[]): SearchHit {
  const { kind, slug, name, title, description, url, service, environment } = document
  return Object.freeze({
    kind, slug, name, title, description, url, score, service, environment,
    matched: terms.length === 0 ? [] : matchedFields(document, terms),
    badges: [...(document.validated ? ['validated'] : []), document.type],
  })
}

function matchedFields(document: SearchDocument, terms: readonly SearchTerm[]): readonly MatchedField[] {
  return searchFields.flatMap((field) => {
    // A title that repeats the name says nothing new.
    if (field === 'title' && document.title === document.name) return []
    const text = fieldText(document, field)
    const highlights = highlightsOf(text, terms)
    return highlights.length === 0 ? [] : [{ field, text, highlights }]
  })
}

const invalid = (field: string, reason: string) => hubError('HUB_REQUEST_INVALID', { reason: `${field} ${reason}` }, { target: field })
