import { binary, booleanType, type Column, column, columnsOf, compilePredicate, type Expression, type LambdaExpression, literal, not, transformExpression, walkExpression } from '@tributary/plan'

/** What has to be true of a related row, over that row's own columns. */
export interface RelatedCondition {
  /** Undefined: any related row will do. */
  readonly predicate?: Expression
  /** No related row may be such a one. */
  readonly anti: boolean
}

/**
 * A conjunct over the hidden column of a navigation as a condition on related rows; undefined where it reads anything else, or where a row
 * without related rows meets it in a way that no semi-join says.
 */
export function relatedCondition(part: Expression, navigation: Column): RelatedCondition | undefined {
  // what stands below $root is the same for every row: nothing is joined
  if (navigation.name.startsWith('~$root')) return undefined
  const read = columnsOf(part)
  if (read.size !== 1 || !read.has(navigation.name)) return undefined
  return navigation.type.collection ? ofMany(part, navigation) : ofOne(part, navigation)
}

/** `Customer/Country eq 'Germany'`: true of no row whose customer is missing. */
function ofOne(part: Expression, navigation: Column): RelatedCondition | undefined {
  if (compilePredicate(part, [navigation])([null])) return undefined
  if (isRowPresent(part)) return { anti: false }
  let whole = false
  const predicate = transformExpression(part, (inner) => {
    if (inner.kind !== 'column') return inner
    const [, first, ...rest] = inner.path
    whole ||= first === undefined
    return first === undefined ? inner : column(inner.type, first, ...rest)
  })
  return whole ? undefined : { predicate, anti: false }
}

/** `Customer ne null`. */
const isRowPresent = (part: Expression): boolean =>
  part.kind === 'binary' && part.operator === 'ne' && part.left.kind === 'column' && part.left.path.length === 1 && part.right.kind === 'literal' && part.right.value === null

function ofMany(part: Expression, navigation: Column): RelatedCondition | undefined {
  if (part.kind === 'unary' && part.operator === 'not') {
    const inner = part.operand.kind === 'lambda' ? ofMany(part.operand, navigation) : undefined
    return inner === undefined ? undefined : { ...inner, anti: !inner.anti }
  }
  if (part.kind === 'lambda') return ofLambda(part, navigation)
  return ofCount(part)
}

function ofLambda(part: LambdaExpression, navigation: Column): RelatedCondition | undefined {
  const { collection, operator, predicate } = part
  if (collection.kind !== 'column' || collection.path.length !== 1 || collection.path[0] !== navigation.name) return undefined
  if (predicate === undefined) return { anti: false }
  if (columnsOf(predicate).size > 0) return undefined
  const over = ofVariable(predicate, part.variable)
  if (over === undefined) return undefined
  return operator === 'any' ? { predicate: over, anti: false } : { predicate: notTrue(over), anti: true }
}

/** The predicate over the columns of the variable's row; undefined where it needs the row itself, or hides the variable by another. */
function ofVariable(predicate: Expression, name: string): Expression | undefined {
  let possible = true
  walkExpression(predicate, (inner) => {
    if ((inner.kind === 'lambda' || inner.kind === 'filtered') && inner.variable === name) possible = false
    if (inner.kind === 'variable' && inner.name === name && inner.path.length === 0) possible = false
  })
  if (!possible) return undefined
  return transformExpression(predicate, (inner) => {
    if (inner.kind !== 'variable' || inner.name !== name) return inner
    const [first, ...rest] = inner.path
    return first === undefined ? inner : column(inner.type, first, ...rest)
  })
}

/** True where the predicate is false or null. */
const notTrue = (predicate: Expression): Expression => (mayBeNull(predicate) ? binary('ne', predicate, literal(booleanType, true)) : not(predicate))

function mayBeNull(predicate: Expression): boolean {
  switch (predicate.kind) {
    case 'in': case 'lambda': case 'isof': case 'instance': return false
    case 'literal': return predicate.value === null
    case 'binary': {
      if (predicate.operator === 'and' || predicate.operator === 'or') return mayBeNull(predicate.left) || mayBeNull(predicate.right)
      return predicate.operator === 'has'
    }
    case 'unary': return mayBeNull(predicate.operand)
    case 'call': case 'cast': case 'column': case 'variable': case 'filtered': case 'make': return true
  }
}

/** `Orders/$count gt 0` and its like ask for any row, `Orders/$count eq 0` for none; so do counts of rows that meet a condition. */
function ofCount(part: Expression): RelatedCondition | undefined {
  if (part.kind !== 'binary' || part.left.kind !== 'call' || part.left.name !== 'length' || part.right.kind !== 'literal') return undefined
  const [counted] = part.left.arguments
  const condition = counted === undefined ? undefined : countedRows(counted)
  const anti = asksForNone(part.operator, Number(part.right.value ?? Number.NaN))
  return condition === undefined || anti === undefined ? undefined : { ...condition, anti }
}

/** The rows of the navigation that are counted; undefined where it is not rows of its own columns alone. */
function countedRows(counted: Expression): Pick<RelatedCondition, 'predicate'> | undefined {
  if (counted.kind === 'column') return counted.path.length === 1 ? {} : undefined
  if (counted.kind !== 'filtered' || counted.collection.kind !== 'column' || counted.collection.path.length !== 1 || columnsOf(counted.predicate).size > 0) return undefined
  const predicate = ofVariable(counted.predicate, counted.variable)
  return predicate === undefined ? undefined : { predicate }
}

/** Whether a comparison of a number of rows asks that there be none (true), that there be one (false), or neither. */
function asksForNone(operator: string, limit: number): boolean | undefined {
  if ((limit === 0 && (operator === 'gt' || operator === 'ne')) || (limit === 1 && operator === 'ge')) return false
  return (limit === 0 && (operator === 'eq' || operator === 'le')) || (limit === 1 && operator === 'lt') ? true : undefined
}
