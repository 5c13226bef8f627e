import type { Span } from './ast.js'

/** A tree while it is built: its height, and where it stood with the parentheses about it. */
export interface Operand<N> {
  readonly node: N
  readonly height: number
  readonly extent: Span
}

const leaningLimit = 32
/** Parts of a balanced chain lean, too. Small enough that the printed text of the whole, parsed again, gives the same tree. */
const partLimit = 16

/**
 * Joins the operands of an associative operator: leaning left up to 32 of them, balanced beyond, so that the height grows with the
 * logarithm of a chain's length. `a or b or c` is `(a or b) or c`.
 */
export const balancedChain = <T>(items: readonly T[], join: Join<T>): T =>
  items.length <= leaningLimit ? items.reduce((left, right) => join(left, right)) : balanced(items, join)

type Join<T> = (left: T, right: T) => T

function balanced<T>(items: readonly T[], join: Join<T>): T {
  if (items.length <= partLimit) return items.reduce((left, right) => join(left, right))
  const middle = Math.ceil(items.length / 2)
  return join(balanced(items.slice(0, middle), join), balanced(items.slice(middle), join))
}
