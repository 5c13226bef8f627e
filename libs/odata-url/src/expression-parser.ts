import type { BinaryOperator, Expression, List, Span } from './ast.js'
import { balancedChain, type Operand } from './balanced-chain.js'
import { readJson } from './json-parser.js'
import { readAlias } from './key-parser.js'
import { limitReached } from './limits.js'
import { readLiteral } from './literals.js'
import { operatorAt, precedence, unaryPrecedence } from './operators.js'
import { readPrimary } from './primary-parser.js'
import { isSpaceAt, look, node, skipSpace, spanFrom, take, unexpected, type Scanner, type Scope } from './scanner.js'
import { rawOffset } from './source-text.js'

/** An operand on the stack: a tree, or a run of `and` or `or` that has not ended. */
type Pile = Operand<Expression> & { readonly chain?: { readonly operator: 'and' | 'or'; readonly items: Operand<Expression>[] } }

type Pending =
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly precedence: number }
  | { readonly kind: 'unary'; readonly operator: 'not' | 'negate'; readonly precedence: number; readonly start: number }
  | { readonly kind: 'parenthesis'; readonly precedence: 0; readonly start: number }

/** The two stacks of operator precedence parsing: parentheses and operators need no recursion. */
interface Stacks {
  readonly operands: Pile[]
  readonly pending: Pending[]
  parentheses: number
}

/**
 * Reads an expression up to where no operator follows; the cursor then stands before any white space that comes after it.
 * Runs of more than 32 `and` or `or` become balanced trees (both are associative), so that no walk of the tree recurses deeply.
 * @throws HUB_QUERY_SYNTAX, HUB_QUERY_LIMIT
 * @see OData URL Conventions 4.01, section 5.1.1
 */
export function readExpression(scanner: Scanner, scope: Scope): Expression {
  const stacks: Stacks = { operands: [], pending: [], parentheses: 0 }
  do readOperand(scanner, scope, stacks)
  while (readOperator(scanner, scope, stacks))
  reduce(scanner, stacks, 1)
  return settle(scanner, stacks.operands.pop()!).node
}

const notWord = /not(?=[ \t+(])/iy

function readOperand(scanner: Scanner, scope: Scope, stacks: Stacks): void {
  for (;;) {
    const start = scanner.at
    if (take(scanner, '(')) {
      if (++stacks.parentheses > scanner.session.limits.depth) throw limitReached(scanner.session.limits, 'depth', scanner.source.part)
      stacks.pending.push({ kind: 'parenthesis', precedence: 0, start })
      skipSpace(scanner)
    } else if (beginsWithN(scanner) && look(scanner, notWord) !== undefined) {
      scanner.at += 3
      skipSpace(scanner)
      stacks.pending.push({ kind: 'unary', operator: 'not', precedence: unaryPrecedence, start })
    } else if (!readMinus(scanner, stacks)) break
  }
  stacks.operands.push(leaf(readPrimary(scanner, scope)))
}

/** A minus is a sign where a number follows, and an operator anywhere else. */
function readMinus(scanner: Scanner, stacks: Stacks): boolean {
  const start = scanner.at
  if (scanner.text[start] !== '-' || readLiteral(scanner) !== undefined) {
    scanner.at = start
    return false
  }
  scanner.at++
  skipSpace(scanner)
  stacks.pending.push({ kind: 'unary', operator: 'negate', precedence: unaryPrecedence, start })
  return true
}

/** Looked at first, because few operands are negated. */
const beginsWithN = ({ text, at }: Scanner): boolean => text[at] === 'n' || text[at] === 'N'

/** True if an operator was read and an operand must follow. */
function readOperator(scanner: Scanner, scope: Scope, stacks: Stacks): boolean {
  for (;;) {
    const before = scanner.at
    const spaced = skipSpace(scanner)
    if (stacks.parentheses > 0 && take(scanner, ')')) {
      closeParenthesis(scanner, stacks)
      continue
    }
    const operator = lookOperator(scanner, spaced || scanner.text[before - 1] === ')')
    if (operator === undefined) {
      if (stacks.parentheses > 0) throw unexpected(scanner, "an operator or ')'")
      scanner.at = before
      return false
    }
    scanner.at += operator.length
    reduce(scanner, stacks, precedence[operator])
    stacks.pending.push({ kind: 'binary', operator, precedence: precedence[operator] })
    skipSpace(scanner)
    const list = operator === 'in' ? readList(scanner, scope) : undefined
    if (list === undefined) return true
    stacks.operands.push(leaf(list))
  }
}

function lookOperator(scanner: Scanner, allowed: boolean): BinaryOperator | undefined {
  const operator = allowed ? operatorAt(scanner.text, scanner.at) : undefined
  if (operator === undefined) return undefined
  const next = scanner.at + operator.length
  if (isSpaceAt(scanner, next) || scanner.text[next] === '(') return operator
  throw unexpected(scanner, `white space and what ${operator} works on`, next)
}

/** Builds every pending operation that binds at least as tightly. */
function reduce(scanner: Scanner, stacks: Stacks, least: number): void {
  for (;;) {
    const top = stacks.pending.at(-1)
    if (top === undefined || top.kind === 'parenthesis' || top.precedence < least) return
    stacks.pending.pop()
    if (top.kind === 'unary') buildUnary(scanner, stacks, top)
    else buildBinary(scanner, stacks, top.operator)
  }
}

function closeParenthesis(scanner: Scanner, stacks: Stacks): void {
  reduce(scanner, stacks, 1)
  const open = stacks.pending.pop()
  stacks.parentheses--
  const inner = settle(scanner, stacks.operands.pop()!)
  stacks.operands.push(open?.kind === 'parenthesis' ? { node: inner.node, height: inner.height, extent: spanFrom(scanner, open.start) } : inner)
}

function buildUnary(scanner: Scanner, stacks: Stacks, { operator, start }: Extract<Pending, { kind: 'unary' }>): void {
  const operand = settle(scanner, stacks.operands.pop()!)
  const span = Object.freeze({ start: rawOffset(scanner.source, start), end: operand.extent.end })
  stacks.operands.push(branch(scanner, node(scanner, { kind: 'unary' as const, operator, operand: operand.node, span }), operand.height + 1))
}

function buildBinary(scanner: Scanner, stacks: Stacks, operator: BinaryOperator): void {
  const right = settle(scanner, stacks.operands.pop()!)
  const left = stacks.operands.pop()!
  if (operator === 'and' || operator === 'or') {
    if (left.chain?.operator === operator) {
      left.chain.items.push(right)
      stacks.operands.push(left)
    } else {
      const { node: tree, height, extent } = left
      stacks.operands.push({ node: tree, height, extent, chain: { operator, items: [settle(scanner, left), right] } })
    }
    return
  }
  stacks.operands.push(join(scanner, operator, settle(scanner, left), right))
}

/** Ends a run of `and` or `or`. */
function settle(scanner: Scanner, operand: Pile): Operand<Expression> {
  const { chain } = operand
  if (chain === undefined) return operand
  return balancedChain(chain.items, (left, right) => join(scanner, chain.operator, left, right))
}

function join(scanner: Scanner, operator: BinaryOperator, left: Operand<Expression>, right: Operand<Expression>): Operand<Expression> {
  const span: Span = Object.freeze({ start: left.extent.start, end: right.extent.end })
  const binary = node(scanner, { kind: 'binary' as const, operator, left: left.node, right: right.node, span })
  return branch(scanner, binary, Math.max(left.height, right.height) + 1)
}

const leaf = (tree: Expression): Operand<Expression> => ({ node: tree, height: 1, extent: tree.span })

function branch(scanner: Scanner, tree: Expression, height: number): Operand<Expression> {
  if (height > scanner.session.limits.depth) throw limitReached(scanner.session.limits, 'depth', scanner.source.part)
  return { node: tree, height, extent: tree.span }
}

/** Right of `in`: `(…)` with literals or `[…]`; undefined (and nothing read) where an ordinary operand stands. */
function readList(scanner: Scanner, scope: Scope): Expression | undefined {
  if (scanner.text[scanner.at] === '[') return readJson(scanner, scope, 'list')
  const from = scanner.at
  if (!take(scanner, '(')) return undefined
  skipSpace(scanner)
  if (take(scanner, ')')) return listNode(scanner, from, [])
  const first = readItem(scanner)
  skipSpace(scanner)
  const next = scanner.text[scanner.at]
  if (first === undefined || (next !== ',' && next !== ')')) {
    scanner.at = from
    return undefined
  }
  return readItems(scanner, from, first)
}

function readItems(scanner: Scanner, from: number, first: Expression): Expression {
  const items = [first]
  const { limits } = scanner.session
  while (take(scanner, ',')) {
    skipSpace(scanner)
    const item = readItem(scanner)
    if (item === undefined) throw unexpected(scanner, 'a literal or a parameter alias')
    if (items.push(item) > limits.listItems) throw limitReached(limits, 'listItems', scanner.source.part)
    skipSpace(scanner)
  }
  if (!take(scanner, ')')) throw unexpected(scanner, "',' or ')'")
  return listNode(scanner, from, items)
}

const readItem = (scanner: Scanner): Expression | undefined => (scanner.text[scanner.at] === '@' ? readAlias(scanner) : readLiteral(scanner))

const listNode = (scanner: Scanner, from: number, items: Expression[]): List =>
  node(scanner, { kind: 'list' as const, items: Object.freeze(items), span: spanFrom(scanner, from) })
