import type { SearchExpression } from './ast.js'

const precedence = Object.freeze({ or: 1, and: 2, not: 3, term: 4 })

/**
 * Prints a search expression without percent-encoding.
 * @param bareSemicolons whether words may hold `;`, which the caller then encodes; otherwise such words are put in quotes
 * @see OData URL Conventions 4.01, section 5.1.7
 */
export function searchText(search: SearchExpression, bareSemicolons: boolean): string {
  if (search.kind === 'term' && !search.phrase && operatorWord.test(search.text)) return search.text
  const printed = text(search, bareSemicolons)
  // A value that begins with a single quote might be taken for one phrase.
  return printed.startsWith("'") ? `(${printed})` : printed
}

/** Words that are operators where operands stand beside them: within parentheses of their own they are words. */
const operatorWord = /^(?:AND|OR|NOT)$/

function text(search: SearchExpression, bareSemicolons: boolean): string {
  switch (search.kind) {
    case 'term':
      if (search.phrase || !isWord(search.text, bareSemicolons)) return phrase(search.text)
      return operatorWord.test(search.text) ? `(${search.text})` : search.text
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

const isWord = (word: string, bareSemicolons: boolean): boolean => /^[^ \t()"]+$/u.test(word) && (bareSemicolons || !word.includes(';'))
