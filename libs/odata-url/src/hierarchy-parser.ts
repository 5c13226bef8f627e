import type { Transformation } from './ast.js'
import { readHierarchy } from './groupby-parser.js'
import { readOrderBy } from './order-parser.js'
import { expect, look, skipSpace, takeSeparator, takeWord, unexpected, type Scanner, type Scope } from './scanner.js'

type Ancestors = Pick<Extract<Transformation, { kind: 'ancestors' | 'descendants' }>, 'hierarchy' | 'apply' | 'maxDistance' | 'keepStart'>
type Traverse = Pick<Extract<Transformation, { kind: 'traverse' }>, 'hierarchy' | 'order' | 'apply' | 'orderby'>

/**
 * Reads the parameters of `ancestors` and `descendants`: a hierarchy, the transformations that choose where to start, then perhaps a
 * distance and `keep start`.
 * @throws HUB_QUERY_SYNTAX
 * @see OData Extension for Data Aggregation 4.0, section 6.2.1
 */
export function readAncestors(scanner: Scanner, scope: Scope): Ancestors {
  const { hierarchy } = readHierarchy(scanner, scope)
  skipSpace(scanner)
  expect(scanner, ',', "',' and a set transformation")
  skipSpace(scanner)
  const apply = scanner.session.grammar.apply(scanner, scope)
  if (!takeSeparator(scanner)) return { hierarchy, apply, keepStart: false }
  const digits = look(scanner, /[1-9]\d*/y)?.[0]
  if (digits === undefined) {
    readKeepStart(scanner, 'a distance or keep start')
    return { hierarchy, apply, keepStart: true }
  }
  scanner.at += digits.length
  const maxDistance = Math.min(Number(digits), Number.MAX_SAFE_INTEGER)
  const keepStart = takeSeparator(scanner)
  if (keepStart) readKeepStart(scanner, 'keep start')
  return { hierarchy, apply, maxDistance, keepStart }
}

function readKeepStart(scanner: Scanner, expected: string): void {
  const from = scanner.at
  if (!takeWord(scanner, 'keep') || !skipSpace(scanner) || !takeWord(scanner, 'start')) throw unexpected(scanner, expected, from)
}

/**
 * Reads the parameters of `traverse`: a hierarchy, the order, then perhaps transformations and how siblings are ordered.
 * @throws HUB_QUERY_SYNTAX
 * @see OData Extension for Data Aggregation 4.0, section 6.2.2
 */
export function readTraverse(scanner: Scanner, scope: Scope, transforms: (scanner: Scanner) => boolean): Traverse {
  const { hierarchy, nodeType } = readHierarchy(scanner, scope)
  if (!takeSeparator(scanner)) throw unexpected(scanner, "',' and preorder or postorder")
  const order = takeWord(scanner, 'preorder') ? 'preorder' : takeWord(scanner, 'postorder') ? 'postorder' : undefined
  if (order === undefined) throw unexpected(scanner, 'preorder or postorder')
  if (!takeSeparator(scanner)) return { hierarchy, order, orderby: Object.freeze([]) }
  const apply = transforms(scanner) ? { apply: scanner.session.grammar.apply(scanner, { ...scope, type: nodeType, current: nodeType }) } : {}
  const orderby = apply.apply === undefined || takeSeparator(scanner) ? readOrderBy(scanner, { ...scope, type: nodeType, current: nodeType }) : Object.freeze([])
  return { hierarchy, order, ...apply, orderby }
}
