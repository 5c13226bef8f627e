import type { AggregateExpression, Binary, Expression, Key, List, Literal, NamedArgument, Path, PathRoot, PathSegment, Unary } from './ast.js'
import { balancedChain } from './balanced-chain.js'
import { inexpressible, understandsIn, type Dialect } from './dialect.js'
import { precedence, unaryPrecedence } from './operators.js'
import { searchText } from './print-search.js'
import { encodeQueryText } from './url-encoding.js'

/**
 * Prints an expression as percent-encoded query text. Parsed again it gives the same tree (but for spans), unless the dialect made
 * it an or-chain.
 * @throws HUB_QUERY_UNSUPPORTED for what the dialect cannot say
 */
export const printExpression = (expression: Expression, dialect: Dialect): string => encodeQueryText(expressionText(expression, dialect))

/** Prints an expression without percent-encoding. @throws HUB_QUERY_UNSUPPORTED */
export function expressionText(given: Expression, dialect: Dialect): string {
  const expression = sayable(given, dialect)
  switch (expression.kind) {
    case 'literal':
      return literalText(expression)
    case 'alias':
      return `@${expression.name}`
    case 'binary':
      return binaryText(expression, dialect)
    case 'unary':
      return unaryText(expression, dialect)
    case 'call':
      return callText(expression.name, expression.arguments, dialect)
    case 'typeName':
      return expression.collection ? `Collection(${expression.name})` : expression.name
    case 'list':
      return `[${expression.items.map((item) => expressionText(item, dialect)).join(',')}]`
    case 'json':
      return jsonText(expression, dialect)
    case 'path':
      return pathText(expression, dialect)
  }
}

/** Prints a literal without percent-encoding. */
export function literalText({ type, text, enumType }: Literal): string {
  switch (type) {
    case 'Edm.String':
      return quoted(text)
    case 'Edm.Duration':
    case 'Edm.Binary':
    case 'Edm.Geography':
    case 'Edm.Geometry':
      return `${type.slice('Edm.'.length).toLowerCase()}${quoted(text)}`
    case 'enum':
      return `${enumType ?? ''}${quoted(text)}`
    case 'null':
      return 'null'
    default:
      return text
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Prints `(3)` or `(A='x',B=2)` without percent-encoding; a key of segments as a predicate, too. */
export const keyText = ({ parts }: Key): string =>
  `(${parts.map(({ name, value }) => (name === undefined ? '' : `${name}=`) + (value.kind === 'alias' ? `@${value.name}` : literalText(value))).join(',')})`

/** Prints `(a=1,b=@b)` without percent-encoding. @throws HUB_QUERY_UNSUPPORTED */
export const argumentsText = (args: readonly NamedArgument[], dialect: Dialect): string =>
  `(${args.map(({ name, value }) => `${name}=${expressionText(value, dialect)}`).join(',')})`

// ── Operators ────────────────────────────────────────────────────────────────────────────────────────────────────────

const precedenceOf = (expression: Expression): number =>
  expression.kind === 'binary' ? precedence[expression.operator] : expression.kind === 'unary' ? unaryPrecedence : Number.POSITIVE_INFINITY

/** In parentheses where it binds less tightly than needed. */
function grouped(expression: Expression, least: number, dialect: Dialect): string {
  const text = expressionText(expression, dialect)
  return precedenceOf(sayable(expression, dialect)) < least ? `(${text})` : text
}

/** Operators lean left and their chains may be long: the left side is walked in a loop. */
function binaryText(expression: Binary, dialect: Dialect): string {
  const tail: string[] = []
  let tree: Expression = expression
  while (tree.kind === 'binary') {
    const { operator, left, right }: Binary = tree
    tail.push(` ${operator} ${operator === 'in' ? membersText(right, dialect) : grouped(right, precedence[operator] + 1, dialect)}`)
    tree = sayable(left, dialect)
    if (precedenceOf(tree) < precedence[operator]) return withTail(`(${expressionText(tree, dialect)})`, tail)
  }
  return withTail(expressionText(tree, dialect), tail)
}

const withTail = (first: string, tail: readonly string[]): string => first + tail.toReversed().join('')

function membersText(right: Expression, dialect: Dialect): string {
  // Without parentheses an array would be read as the list of what to compare with.
  if (right.kind === 'json') return `(${expressionText(right, dialect)})`
  if (right.kind !== 'list' || !right.items.every(({ kind }) => kind === 'literal' || kind === 'alias')) return grouped(right, precedence.in + 1, dialect)
  return `(${right.items.map((item) => expressionText(item, dialect)).join(',')})`
}

/** The expression in words the dialect has: `a in (x,y)` becomes `a eq x or a eq y` where there is no `in`. */
function sayable(expression: Expression, dialect: Dialect): Expression {
  if (expression.kind !== 'binary') return expression
  const { operator, left, right, span } = expression
  if (operator === 'divby' && dialect.version === '4.0') throw inexpressible('divby', dialect)
  if (operator !== 'in' || understandsIn(dialect)) return expression
  if (right.kind !== 'list') throw inexpressible('in with a collection', dialect)
  return orChain(left, right, span)
}

function orChain(left: Expression, { items }: List, span: Expression['span']): Expression {
  if (items.length === 0) return { kind: 'literal', type: 'Edm.Boolean', text: 'false', span }
  const terms = items.map((item): Expression => ({ kind: 'binary', operator: 'eq', left, right: item, span }))
  return balancedChain(terms, (one, other): Expression => ({ kind: 'binary', operator: 'or', left: one, right: other, span }))
}

/** A minus before a number would be its sign: everything but paths and calls is put in parentheses. */
function unaryText({ operator, operand }: Unary, dialect: Dialect): string {
  if (operator === 'not') return `not ${grouped(operand, unaryPrecedence, dialect)}`
  const text = expressionText(operand, dialect)
  return operand.kind === 'path' || operand.kind === 'call' || operand.kind === 'alias' ? `-${text}` : `-(${text})`
}

// ── Calls, JSON, paths ───────────────────────────────────────────────────────────────────────────────────────────────

const only401: ReadonlySet<string> = new Set(['case', 'matchesPattern', 'hassubset', 'hassubsequence'])

function callText(name: string, args: readonly Expression[], dialect: Dialect): string {
  if (dialect.version === '4.0' && only401.has(name)) throw inexpressible(name, dialect)
  const texts = args.map((argument) => expressionText(argument, dialect))
  if (name !== 'case') return `${name}(${texts.join(',')})`
  // Spaces about the colon: `10:20` would be a time of day.
  return `case(${texts.map((text, index) => text + (index === texts.length - 1 ? '' : index % 2 === 0 ? ' : ' : ',')).join('')})`
}

function jsonText({ text, members }: Extract<Expression, { kind: 'json' }>, dialect: Dialect): string {
  if (members === undefined) return text
  return `{${members.map(({ name, value }) => `${JSON.stringify(name)}:${expressionText(value, dialect)}`).join(',')}}`
}

function pathText({ root, segments }: Path, dialect: Dialect): string {
  const parts = segments.map((segment) => segmentText(segment, dialect))
  return (root.kind === 'implicit' ? parts : [rootText(root, dialect), ...parts]).join('/')
}

function rootText(root: Exclude<PathRoot, { kind: 'implicit' }>, dialect: Dialect): string {
  switch (root.kind) {
    case '$it':
      return '$it'
    case '$this':
      if (dialect.version === '4.0') throw inexpressible('$this', dialect)
      return '$this'
    case '$these':
      return '$these'
    case 'variable':
      return root.name
    case 'alias':
      return `@${root.name}`
    case '$root':
      return `$root/${root.set}${root.arguments === undefined ? '' : argumentsText(root.arguments, dialect)}${root.key === undefined ? '' : keyText(root.key)}`
  }
}

function segmentText(segment: PathSegment, dialect: Dialect): string {
  switch (segment.kind) {
    case 'property':
      return segment.name
    case 'navigation':
    case 'unknown':
      return segment.name + (segment.key === undefined ? '' : keyText(segment.key))
    case 'cast':
      return segment.type
    case 'annotation':
      return `@${segment.term}`
    case 'function':
      return segment.name + argumentsText(segment.arguments, dialect)
    case 'lambda':
      return `${segment.operator}(${segment.predicate === undefined ? '' : `${segment.variable ?? ''}:${expressionText(segment.predicate, dialect)}`})`
    case 'filter':
      if (dialect.version === '4.0') throw inexpressible('/$filter', dialect)
      return `$filter(${expressionText(segment.predicate, dialect)})${segment.key === undefined ? '' : keyText(segment.key)}`
    case 'aggregate':
      return `aggregate(${aggregateText(segment.aggregate, dialect)})`
    case 'customAggregate':
      return segment.name
    case 'count':
      return countText(segment, dialect)
  }
}

function countText({ filter, search }: Extract<PathSegment, { kind: 'count' }>, dialect: Dialect): string {
  const options = [
    ...(filter === undefined ? [] : [`$filter=${expressionText(filter, dialect)}`]),
    ...(search === undefined ? [] : [`$search=${searchText(search, false)}`]),
  ]
  if (options.length === 0) return '$count'
  if (dialect.version === '4.0') throw inexpressible('/$count with options', dialect)
  return `$count(${options.join(';')})`
}

/** Prints `Amount with sum from Time with average as Total` without percent-encoding. @throws HUB_QUERY_UNSUPPORTED */
export function aggregateText({ expression, method, from, alias }: AggregateExpression, dialect: Dialect): string {
  const steps = from.map((step) => ` from ${step.paths.map((path) => expressionText(path, dialect)).join(',')}${methodText(step.method)}`)
  return `${expressionText(expression, dialect)}${methodText(method)}${steps.join('')}${alias === undefined ? '' : ` as ${alias}`}`
}

const methodText = (method: string | undefined): string => (method === undefined ? '' : ` with ${method}`)
