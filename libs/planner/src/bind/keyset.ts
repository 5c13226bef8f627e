import { hubError } from '@tributary/errors'
import { binary, booleanType, conjunction, type Expression, isFloating, literal, not, nullType, type OrderKey, type Value } from '@tributary/plan'

/**
 * The columns whose values in a row tell where an order stands, or undefined where one of the keys is no plain column, or one whose values are of several types.
 * The order has to end with the key of the set.
 */
export function cursorColumns(order: readonly OrderKey[]): readonly string[] | undefined {
  const names = order.map(({ expression }) => (expression.kind === 'column' && expression.path.length === 1 && expression.type.base !== 'Edm.Untyped' ? expression.path[0] : undefined))
  return names.every((name) => name !== undefined) ? names : undefined
}

/**
 * True exactly for the rows that come after the row with these values in the order: nulls lowest, then NaN.
 * `a,b` after (x,y): a > x or (a = x and b > y).
 * @throws HUB_TOKEN_EXPIRED if the values are not as many as the keys
 */
export function afterCursor(order: readonly OrderKey[], values: readonly Value[]): Expression {
  if (values.length !== order.length || order.length === 0) throw hubError('HUB_TOKEN_EXPIRED')
  const ways: Expression[] = []
  const equal: Expression[] = []
  for (const [index, key] of order.entries()) {
    const value = values[index] ?? null
    const beyond = beyondValue(key, value)
    if (beyond !== undefined) ways.push(conjunction([...equal, beyond]) ?? beyond)
    equal.push(equalTo(key.expression, value))
  }
  const [first, ...rest] = ways
  if (first === undefined) return literal(booleanType, false)
  const bound = ways.length > 1 ? lowerBound(order[0], values[0] ?? null) : undefined
  const after = rest.reduce<Expression>((left, right) => binary('or', left, right), first)
  return bound === undefined ? after : binary('and', bound, after)
}

/** What follows from the disjunction and is simple enough for many a source: without it such a source would send every row again. */
function lowerBound(key: OrderKey | undefined, value: Value): Expression | undefined {
  if (key === undefined || key.descending || value === null || isNaNValue(value)) return undefined
  return binary('ge', key.expression, literal(key.expression.type, value))
}

const nullValue = literal(nullType, null)

const isNaNValue = (value: Value): boolean => Number.isNaN(value) || value === 'NaN'

function equalTo(expression: Expression, value: Value): Expression {
  if (value === null) return binary('eq', expression, nullValue)
  // nothing equals NaN, not even itself: that is how it is told
  return isNaNValue(value) ? binary('ne', expression, expression) : binary('eq', expression, literal(expression.type, value))
}

function beyondValue({ expression, descending }: OrderKey, value: Value): Expression | undefined {
  if (descending) {
    if (value === null) return undefined
    if (isNaNValue(value)) return binary('eq', expression, nullValue)
    // null and NaN come last: neither is ≥ anything
    if (isFloating(expression.type.base)) return not(binary('ge', expression, literal(expression.type, value)))
    return binary('or', binary('lt', expression, literal(expression.type, value)), binary('eq', expression, nullValue))
  }
  if (value === null) return binary('ne', expression, nullValue)
  return isNaNValue(value) ? binary('ge', expression, literal(expression.type, -Infinity)) : binary('gt', expression, literal(expression.type, value))
}
