import type { Row } from '../harness/odata-server.js'
import type { ModelSet } from './model.js'

/** A text search: words, and what AND, OR and NOT make of them. */
export type Search =
  | { readonly word: string }
  | { readonly not: Search }
  | { readonly operator: 'AND' | 'OR'; readonly left: Search; readonly right: Search }

/** As the URL says it; words with other signs than letters are phrases. */
export function printSearch(search: Search): string {
  if ('word' in search) return /^[a-z]+$/i.test(search.word) ? search.word : `"${search.word}"`
  if ('not' in search) return `NOT (${printSearch(search.not)})`
  return `(${printSearch(search.left)}) ${search.operator} (${printSearch(search.right)})`
}

/** A word is found where it occurs in any text of the row, in whatever case. */
export function finds(search: Search, set: ModelSet, row: Row): boolean {
  if ('not' in search) return !finds(search.not, set, row)
  if ('operator' in search) return search.operator === 'AND' ? finds(search.left, set, row) && finds(search.right, set, row) : finds(search.left, set, row) || finds(search.right, set, row)
  const word = search.word.toLowerCase()
  return set.properties.some(({ name, type }) => type === 'Edm.String' && row[name] !== null && row[name] !== undefined && String(row[name]).toLowerCase().includes(word))
}
