import type { BinaryOperator } from './ast.js'

/** How tightly operators bind; a higher number binds tighter. @see OData URL Conventions 4.01, section 5.1.1.17 */
export const precedence: Readonly<Record<BinaryOperator, number>> = Object.freeze({
  or: 1, and: 2, eq: 3, ne: 3, lt: 4, le: 4, gt: 4, ge: 4, add: 5, sub: 5, mul: 6, div: 6, divby: 6, mod: 6, has: 8, in: 8,
})

/** `not` and the minus bind tighter than arithmetic, looser than `has` and `in`. */
export const unaryPrecedence = 7

const operators: ReadonlyMap<string, BinaryOperator> = new Map((Object.keys(precedence) as BinaryOperator[]).map((operator) => [operator, operator]))

/** The operator a word is, in any case; undefined if it is none. */
export const operatorOf = (word: string): BinaryOperator | undefined => operators.get(word) ?? operators.get(word.toLowerCase())
