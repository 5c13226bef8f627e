import { enumName, type Kind } from './values.js'

/** Expressions of the generated queries: a tree that is printed for the hub and computed by the reference. */
export type Expression =
  | Property
  | Literal
  | { readonly node: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression; readonly kind: Kind }
  | { readonly node: 'not'; readonly operand: Expression; readonly kind: 'boolean' }
  | { readonly node: 'negate'; readonly operand: Expression; readonly kind: Kind }
  | { readonly node: 'in'; readonly operand: Expression; readonly items: readonly Literal[]; readonly kind: 'boolean' }
  /** `has` of an enumeration's flags. */
  | { readonly node: 'has'; readonly operand: Expression; readonly flags: Literal; readonly kind: 'boolean' }
  /** `cast` and `isof`. */
  | { readonly node: 'typed'; readonly test: 'cast' | 'isof'; readonly operand: Expression; readonly type: string; readonly kind: Kind }
  /** How many texts a collection holds, or what is true of any or all of them. */
  | { readonly node: 'marks'; readonly from: Start; readonly name: string; readonly operator: 'any' | 'all' | 'count'; readonly test?: { readonly operator: string; readonly value: Literal }; readonly kind: Kind }
  /** A property that `$compute` made. */
  | { readonly node: 'computed'; readonly alias: string; readonly expression: Expression; readonly kind: Kind }
  | { readonly node: 'call'; readonly name: string; readonly given: readonly Expression[]; readonly kind: Kind }
  | Lambda
  | { readonly node: 'count'; readonly from: Start; readonly navigation: string; readonly kind: 'integer' }
  | { readonly node: 'related'; readonly from: Start; readonly navigation: string; readonly operator: 'eq' | 'ne'; readonly kind: 'boolean' }

/** Where a path begins: the row (no variable) or a range variable, and the to-one navigations it follows. */
export interface Start {
  readonly variable?: string
  readonly through: readonly string[]
}

export interface Property {
  readonly node: 'property'
  readonly from: Start
  readonly name: string
  readonly kind: Kind
}

export interface Literal {
  readonly node: 'literal'
  /** As a row holds it; null is null. */
  readonly raw: unknown
  readonly kind: Kind
}

export interface Lambda {
  readonly node: 'lambda'
  readonly operator: 'any' | 'all'
  readonly from: Start
  readonly navigation: string
  readonly variable: string
  readonly body?: Expression
  readonly kind: 'boolean'
}

export const property = (name: string, kind: Kind, from: Start = { through: [] }): Property => ({ node: 'property', from, name, kind })
export const literal = (kind: Kind, raw: unknown): Literal => ({ node: 'literal', kind, raw })
export const call = (kind: Kind, name: string, ...given: readonly Expression[]): Expression => ({ node: 'call', name, given, kind })
export const test = (operator: string, left: Expression, right: Expression): Expression => ({ node: 'binary', operator, left, right, kind: 'boolean' })
export const compute = (kind: Kind, operator: string, left: Expression, right: Expression): Expression => ({ node: 'binary', operator, left, right, kind })
export const not = (operand: Expression): Expression => ({ node: 'not', operand, kind: 'boolean' })

/** OData URL Conventions 4.01, section 5.1.1.15: what binds tighter is higher. */
const strength: Readonly<Record<string, number>> = { or: 1, and: 2, eq: 3, ne: 3, lt: 4, le: 4, gt: 4, ge: 4, add: 5, sub: 5, mul: 6, div: 6, divby: 6, mod: 6 }

const pathOf = ({ variable, through }: Start, ...names: readonly string[]): string => [...(variable === undefined ? [] : [variable]), ...through, ...names].join('/')

/** The expression as the URL says it, with no more parentheses than it needs. */
export function print(expression: Expression): string {
  switch (expression.node) {
    case 'property': return pathOf(expression.from, expression.name)
    case 'literal': return printLiteral(expression.kind, expression.raw)
    case 'not': return `not (${print(expression.operand)})`
    case 'negate': return `-(${print(expression.operand)})`
    case 'in': return `${within(expression.operand, 9)} in (${expression.items.map(print).join(',')})`
    case 'has': return `${within(expression.operand, 9)} has ${print(expression.flags)}`
    case 'typed': return `${expression.test}(${print(expression.operand)},${expression.type})`
    case 'computed': return expression.alias
    case 'marks': return `${pathOf(expression.from, expression.name)}/${printMarks(expression)}`
    case 'call': return `${expression.name}(${expression.given.map(print).join(',')})`
    case 'lambda': return `${pathOf(expression.from, expression.navigation)}/${expression.operator}(${expression.body === undefined ? '' : `${expression.variable}:${print(expression.body)}`})`
    case 'count': return `${pathOf(expression.from, expression.navigation)}/$count`
    case 'related': return `${pathOf(expression.from, expression.navigation)} ${expression.operator} null`
    case 'binary': {
      const level = strength[expression.operator] ?? 0
      return `${within(expression.left, level)} ${expression.operator} ${within(expression.right, level + 1)}`
    }
  }
}

function printMarks({ operator, test }: Extract<Expression, { node: 'marks' }>): string {
  if (operator === 'count') return '$count'
  return test === undefined ? 'any()' : `${operator}(m:m ${test.operator} ${print(test.value)})`
}

const bindsBy = (expression: Expression): number =>
  expression.node === 'binary' ? strength[expression.operator] ?? 0 : expression.node === 'related' ? 3 : expression.node === 'not' || expression.node === 'negate' || expression.node === 'in' || expression.node === 'has' ? 8 : 10

const within = (expression: Expression, least: number): string => (bindsBy(expression) < least ? `(${print(expression)})` : print(expression))

/** A literal of OData's URL language. */
export function printLiteral(kind: Kind, raw: unknown): string {
  if (raw === null) return 'null'
  const text = String(raw)
  if (kind === 'string') return `'${text.replaceAll("'", "''")}'`
  if (kind === 'enum') return `${enumName}'${text}'`
  if (kind === 'duration') return `duration'${text}'`
  return kind === 'binary' ? `binary'${text}'` : text
}

/** Every expression in the tree, itself first. */
export function* parts(expression: Expression): Generator<Expression> {
  yield expression
  switch (expression.node) {
    case 'binary':
      yield* parts(expression.left)
      yield* parts(expression.right)
      return
    case 'not': case 'negate': case 'typed': case 'has': return yield* parts(expression.operand)
    case 'computed': return yield* parts(expression.expression)
    case 'in':
      yield* parts(expression.operand)
      for (const item of expression.items) yield* parts(item)
      return
    case 'call':
      for (const one of expression.given) yield* parts(one)
      return
    case 'lambda':
      if (expression.body !== undefined) yield* parts(expression.body)
      return
    default:
  }
}
