import type { OrderItem } from './ast.js'
import { readExpression } from './expression-parser.js'
import { look, node, skipSpace, spanFrom, takeComma, type Scanner, type Scope } from './scanner.js'

/** Reads the items of `$orderby`. @throws HUB_QUERY_SYNTAX @see OData URL Conventions 4.01, section 5.1.5 */
export function readOrderBy(scanner: Scanner, scope: Scope): readonly OrderItem[] {
  const items: OrderItem[] = []
  do {
    skipSpace(scanner)
    const from = scanner.at
    const expression = readExpression(scanner, scope)
    const descending = readDirection(scanner)
    items.push(node(scanner, { expression, descending, span: spanFrom(scanner, from) }))
  } while (takeComma(scanner))
  return Object.freeze(items)
}

function readDirection(scanner: Scanner): boolean {
  const from = scanner.at
  const word = skipSpace(scanner) ? look(scanner, /(?:asc|desc)(?![\p{L}\p{N}_])/iuy)?.[0] : undefined
  if (word === undefined) scanner.at = from
  else scanner.at += word.length
  return word?.toLowerCase() === 'desc'
}
