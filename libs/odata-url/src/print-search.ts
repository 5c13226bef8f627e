import type { SearchExpression } from './ast.js'

const precedence = Object.freeze({ or: 1, and: 2, not: 3, term: 4 })

/**
 * Prints a search expression without percent-encoding.
 * @param bareSemicolons whether words may hold `;`, which the caller then encodes; otherwise such words are put in quotes
 * @see OData URL Conventions 4.01, section 5.1.7
 */
export function searchText(search: SearchExpression, bareSemicolons: boolean): string {
  if (search.kind === 'term' && /^(?:AND|OR|NOT)$/.test(search.text)) return search.phrase ? phrase(search.text) : search.text
  return text(search, bareSemicolons)
}

function text(search: SearchExpression, bareSemicolons: boolean): string {
  switch (search.kind) {
    case 'term':
      return search.phrase || !isWord(search.text, bareSemicolons) ? phrase(search.text) : search.text
    case 'not':
      return `NOT ${grouped(search.operand, precedence.not, bareSemicolons)}`
    case 'and':
    case 'or':
      return chain(search, bareSemicolons)
  }
}

/** Chains lean left and may be long: the left side is walked in a loop. */
function chain(search: Extract<SearchExpression, { kind: 'and' | 'or' }>, bareSemicolons: boolean): string {
  const tail: string[] = []
  let tree: SearchExpression = search
  while (tree.kind === search.kind) {
    tail.push(` ${search.kind.toUpperCase()} ${grouped(tree.right, precedence[search.kind] + 1, bareSemicolons)}`)
    tree = tree.left
  }
  return grouped(tree, precedence[search.kind], bareSemicolons) + tail.toReversed().join('')
}

const grouped = (search: SearchExpression, least: number, bareSemicolons: boolean): string =>
  precedence[search.kind] < least ? `(${text(search, bareSemicolons)})` : text(search, bareSemicolons)

const phrase = (words: string): string => `"${words.replaceAll(/["\\]/g, String.raw`\$&`)}"`

/** AND, OR and NOT are words only where nothing stands beside them; a word in single quotes would be read as a phrase. */
const isWord = (word: string, bareSemicolons: boolean): boolean =>
  /^(?!')[^ \t()"]+$/u.test(word) && !/^(?:AND|OR|NOT)$/.test(word) && (bareSemicolons || !word.includes(';'))
