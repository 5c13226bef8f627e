import type { SearchExpression } from './ast.js'
import { balancedChain, type Operand } from './balanced-chain.js'
import { limitReached } from './limits.js'
import { isSpaceAt, nested, node, skipSpace, spanFrom, take, unexpected, type Scanner } from './scanner.js'
import { isRaw, plainText } from './source-text.js'

/**
 * Reads a `$search` expression: words and phrases with AND, OR, NOT and parentheses; side by side means AND. AND, OR and NOT are
 * words where no operand makes them operators. A value in single quotes is one phrase, whatever it holds.
 * @throws HUB_QUERY_SYNTAX, HUB_QUERY_LIMIT
 * @see OData URL Conventions 4.01, section 5.1.7
 */
export function readSearch(scanner: Scanner): SearchExpression {
  return readQuotedSearch(scanner) ?? readDisjunction(scanner).node
}

function readQuotedSearch(scanner: Scanner): SearchExpression | undefined {
  const from = scanner.at
  if (scanner.text[from] !== "'") return undefined
  const close = scanner.text.indexOf("'", from + 1)
  const next = scanner.text[close + 1]
  if (close <= from + 1 || !(next === undefined || next === ')' || next === ';')) return undefined
  scanner.at = close + 1
  return node(scanner, { kind: 'term' as const, text: plainText(scanner.source, from + 1, close), phrase: true, span: spanFrom(scanner, from) })
}

type Found = Operand<SearchExpression>

function readDisjunction(scanner: Scanner): Found {
  const items = [readConjunction(scanner)]
  while (takeOperator(scanner, 'OR')) items.push(readConjunction(scanner))
  return balancedChain(items, (left, right) => join(scanner, 'or', left, right))
}

function readConjunction(scanner: Scanner): Found {
  const items = [readOperand(scanner)]
  while (takeOperator(scanner, 'AND') || takeJuxtaposition(scanner)) items.push(readOperand(scanner))
  return balancedChain(items, (left, right) => join(scanner, 'and', left, right))
}

function join(scanner: Scanner, kind: 'and' | 'or', left: Found, right: Found): Found {
  const span = Object.freeze({ start: left.extent.start, end: right.extent.end })
  return branch(node(scanner, { kind, left: left.node, right: right.node, span }), Math.max(left.height, right.height) + 1)
}

const branch = (tree: SearchExpression, height: number): Found => ({ node: tree, height, extent: tree.span })

function readOperand(scanner: Scanner): Found {
  const from = scanner.at
  if (takeNot(scanner)) {
    const operand = nested(scanner, () => readOperand(scanner))
    return branch(node(scanner, { kind: 'not' as const, operand: operand.node, span: spanFrom(scanner, from) }), operand.height + 1)
  }
  if (!take(scanner, '(')) return branch(readTerm(scanner), 1)
  skipSpace(scanner)
  const inner = nested(scanner, () => readDisjunction(scanner))
  skipSpace(scanner)
  if (!take(scanner, ')')) throw unexpected(scanner, "AND, OR or ')'")
  if (inner.height > scanner.session.limits.depth) throw limitReached(scanner.session.limits, 'depth', scanner.source.part)
  return { ...inner, extent: spanFrom(scanner, from) }
}

/** NOT is an operator where an operand follows it. */
function takeNot(scanner: Scanner): boolean {
  const from = scanner.at
  if (!take(scanner, 'NOT')) return false
  if (skipSpace(scanner) && beginsOperand(scanner)) return true
  scanner.at = from
  return false
}

/** White space, the operator, white space and then an operand; nothing is read otherwise. */
function takeOperator(scanner: Scanner, operator: 'AND' | 'OR'): boolean {
  const from = scanner.at
  const spaced = skipSpace(scanner) || scanner.text[from - 1] === ')'
  if (spaced && take(scanner, operator) && skipSpace(scanner) && beginsOperand(scanner)) return true
  scanner.at = from
  return false
}

function takeJuxtaposition(scanner: Scanner): boolean {
  const from = scanner.at
  if (skipSpace(scanner) && beginsOperand(scanner) && !operatorFollows(scanner)) return true
  scanner.at = from
  return false
}

function operatorFollows(scanner: Scanner): boolean {
  const from = scanner.at
  const found = take(scanner, 'OR') && skipSpace(scanner) && beginsOperand(scanner)
  scanner.at = from
  return found
}

const beginsOperand = (scanner: Scanner): boolean => scanner.text[scanner.at] === '(' || scanner.text[scanner.at] === '"' || isWordUnit(scanner, scanner.at)

const isWordUnit = (scanner: Scanner, at: number): boolean => {
  const unit = scanner.text[at]
  if (unit === undefined || unit === '(' || unit === ')' || unit === '"' || isSpaceAt(scanner, at)) return false
  return unit !== ';' || !isRaw(scanner.source, at)
}

function readTerm(scanner: Scanner): SearchExpression {
  const from = scanner.at
  if (take(scanner, '"')) return readPhrase(scanner, from)
  while (isWordUnit(scanner, scanner.at)) scanner.at++
  if (scanner.at === from) throw unexpected(scanner, 'a word, a phrase in double quotes, NOT or (')
  const text = plainText(scanner.source, from, scanner.at)
  return node(scanner, { kind: 'term' as const, text, phrase: false, span: spanFrom(scanner, from) })
}

function readPhrase(scanner: Scanner, from: number): SearchExpression {
  let close = scanner.at
  while (close < scanner.text.length && scanner.text[close] !== '"') close += scanner.text[close] === '\\' && /["\\]/.test(scanner.text[close + 1] ?? '') ? 2 : 1
  if (close >= scanner.text.length) throw unexpected(scanner, 'a closing "', scanner.text.length)
  if (close === scanner.at) throw unexpected(scanner, 'a phrase')
  const text = plainText(scanner.source, scanner.at, close).replaceAll(/\\(["\\])/g, '$1')
  scanner.at = close + 1
  if (isWordUnit(scanner, scanner.at) || scanner.text[scanner.at] === '"') throw unexpected(scanner, 'white space, AND, OR or the end')
  return node(scanner, { kind: 'term' as const, text, phrase: true, span: spanFrom(scanner, from) })
}
