import type { SearchDocument, SearchField } from './document.js'
import type { SearchTerm } from './query.js'
import { tokensOf, wordsOf } from './words.js'

/** What is asked for, as terms; the last one may be the beginning of a word, unless the text ends with a blank. */
export function termsOf(text: string): readonly SearchTerm[] {
  const words = wordsOf(text)
  const open = words.length > 0 && words.at(-1)?.end === text.length
  const terms = new Map<string, SearchTerm>()
  words.forEach((word, index) => {
    const prefix = open && index === words.length - 1
    const term = Object.freeze({ whole: word.text, parts: Object.freeze(word.parts.map((part) => part.text)), prefix })
    terms.set(JSON.stringify(term), term)
  })
  return Object.freeze([...terms.values()])
}

/** The text of a field; tags are listed with a blank between. */
export const fieldText = (document: SearchDocument, field: SearchField): string => {
  const value = document[field]
  return typeof value === 'string' ? value : value.join(' ')
}

/** What a store indexes, by field: distinct tokens of letters and digits. */
export function indexTokens(document: SearchDocument): Readonly<Record<SearchField, readonly string[]>> {
  const distinct = (field: SearchField) => [...new Set(tokensOf(fieldText(document, field)).map((token) => token.text))]
  return { name: distinct('name'), title: distinct('title'), tags: distinct('tags'), description: distinct('description'), service: distinct('service') }
}

/** True if one of a term's forms is met by these tokens. */
export const termMatches = (term: SearchTerm, tokens: ReadonlySet<string>): boolean =>
  formMatches([term.whole], term.prefix, tokens) || (term.parts.length > 0 && formMatches(term.parts, term.prefix, tokens))

const formMatches = (form: readonly string[], prefix: boolean, tokens: ReadonlySet<string>): boolean =>
  form.every((part, index) => tokens.has(part) || (prefix && index === form.length - 1 && startsOne(part, tokens)))

const startsOne = (beginning: string, tokens: ReadonlySet<string>): boolean => {
  for (const token of tokens) if (token.startsWith(beginning)) return true
  return false
}

/** Where the terms occur in a text: [start, end) in UTF-16 units, ascending, merged where they touch. */
export function highlightsOf(text: string, terms: readonly SearchTerm[]): readonly (readonly [number, number])[] {
  const forms = terms.flatMap((term) => [term.whole, ...term.parts].map((form, index, all) => ({ form, prefix: term.prefix && (index === 0 || index === all.length - 1) })))
  const spans = tokensOf(text).flatMap((token): [number, number][] => {
    const hits = forms.filter(({ form, prefix }) => token.text === form || (prefix && token.text.startsWith(form)))
    if (hits.length === 0) return []
    const longest = Math.max(...hits.map(({ form }) => form.length))
    // Offsets of a part of a token are known only where folding kept its length.
    const end = token.text.length === token.end - token.start ? token.start + longest : token.end
    return [[token.start, end]]
  })
  return merged(spans.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]))
}

function merged(spans: readonly [number, number][]): readonly (readonly [number, number])[] {
  const found: [number, number][] = []
  for (const span of spans) {
    const last = found.at(-1)
    if (last !== undefined && span[0] <= last[1]) last[1] = Math.max(last[1], span[1])
    else found.push([...span])
  }
  return found
}
