import type { BinaryOperator } from './ast.js'
import { isLetter } from './letters.js'

/** How tightly operators bind; a higher number binds tighter. @see OData URL Conventions 4.01, section 5.1.1.17 */
export const precedence: Readonly<Record<BinaryOperator, number>> = Object.freeze({
  or: 1, and: 2, eq: 3, ne: 3, lt: 4, le: 4, gt: 4, ge: 4, add: 5, sub: 5, mul: 6, div: 6, divby: 6, mod: 6, has: 8, in: 8,
})

/** `not` and the minus bind tighter than arithmetic, looser than `has` and `in`. */
export const unaryPrecedence = 7

const names = Object.keys(precedence) as BinaryOperator[]
const longest = Math.max(...names.map(({ length }) => length))

/** The Latin letters that stand at a place as one number, five bits for each whatever its case; 0 for none, and for more than any operator has. */
function lettersAt(text: string, at: number): number {
  let letters = 0
  for (let end = at, unit = text.charCodeAt(end); isLetter(unit); unit = text.charCodeAt(++end)) {
    if (end - at === longest) return 0
    letters = letters * 32 + (unit & 0x1f)
  }
  return letters
}

const operators: ReadonlyMap<number, BinaryOperator> = new Map(names.map((name) => [lettersAt(name, 0), name]))

/** The operator that stands at a place as a word of its own, in any case; undefined: none. No string is made of what is looked at. */
export const operatorAt = (text: string, at: number): BinaryOperator | undefined => operators.get(lettersAt(text, at))
