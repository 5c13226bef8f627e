import { hubError } from '@tributary/errors'
import type { BinaryExpression, ComparisonOperator, Expression, InExpression } from '../expression.js'
import type { Value, ValueType } from '../value.js'
import { isFloating, isNumeric, promote } from '../value-type.js'
import { type Comparator, presentComparator, sameKind } from '../values/compare.js'
import { canonicalNumber } from '../values/decimal-text.js'
import { equalityOf, isNaNValue } from '../values/equality.js'
import { hashKey } from '../values/hash-key.js'
import type { Compiled } from './compiled.js'

/** A comparison made ready: `eq` and `ne` know null, the others are false where a side is null or NaN. @throws HUB_QUERY_TYPE */
export function compileComparison(operator: ComparisonOperator, { left, right }: BinaryExpression, [first, second]: readonly [Compiled, Compiled]): Compiled {
  const type = promote(left.type, right.type)
  if (type === undefined) throw mismatch(operator, left.type, right.type)
  if (operator === 'eq' || operator === 'ne') return compileEquality(operator, type, [first, second])
  const holds = type.base !== 'Edm.Single' && isNumeric(type.base) ? numberOrder(operator, presentComparator(type)) : valueOrder(operator, type)
  return (row) => {
    const a = first(row)
    const b = second(row)
    return a !== null && b !== null && holds(a, b)
  }
}

function compileEquality(operator: 'eq' | 'ne', type: ValueType, [first, second]: readonly [Compiled, Compiled]): Compiled {
  const equal = equalityOf(type)
  return operator === 'eq' ? (row) => equal(first(row), second(row)) : (row) => !equal(first(row), second(row))
}

type Order = 'lt' | 'le' | 'gt' | 'ge'

const areNumbers = (a: Value, b: Value): boolean => !isNaNValue(a) && !isNaNValue(b)

/** Numbers that JavaScript holds are compared by itself, which knows that NaN has no order; texts of numbers exactly. */
function numberOrder(operator: Order, compare: Comparator): (a: Value, b: Value) => boolean {
  switch (operator) {
    case 'lt': return (a, b) => (typeof a === 'number' && typeof b === 'number' ? a < b : areNumbers(a, b) && compare(a, b) < 0)
    case 'le': return (a, b) => (typeof a === 'number' && typeof b === 'number' ? a <= b : areNumbers(a, b) && compare(a, b) <= 0)
    case 'gt': return (a, b) => (typeof a === 'number' && typeof b === 'number' ? a > b : areNumbers(a, b) && compare(a, b) > 0)
    case 'ge': return (a, b) => (typeof a === 'number' && typeof b === 'number' ? a >= b : areNumbers(a, b) && compare(a, b) >= 0)
  }
}

/** Values of other types; of no declared type only those of one kind have an order. */
function valueOrder(operator: Order, type: ValueType): (a: Value, b: Value) => boolean {
  const compare = presentComparator(type)
  const holds = orders[operator]
  if (type.base === 'Edm.Untyped') return (a, b) => sameKind(a, b) && holds(compare(a, b))
  return isNumeric(type.base) ? (a, b) => areNumbers(a, b) && holds(compare(a, b)) : (a, b) => holds(compare(a, b))
}

const orders: Record<Order, (order: number) => boolean> = {
  lt: (order) => order < 0,
  le: (order) => order <= 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
}

/** Membership made ready: constants are looked up, other items compared one by one. @throws HUB_QUERY_TYPE */
export function compileInList(expression: InExpression, operand: Compiled, items: readonly Compiled[]): Compiled {
  const lookup = lookupOf(expression)
  if (lookup !== undefined) return (row) => lookup(operand(row))
  const { type } = expression.operand
  const equalities = expression.items.map((item) => {
    const common = promote(type, item.type)
    if (common === undefined) throw mismatch('in', type, item.type)
    return equalityOf(common)
  })
  return (row) => {
    const value = operand(row)
    return items.some((item, index) => equalities[index]?.(value, item(row)) === true)
  }
}

/** Constants as keys; undefined where an item is computed, or compared as another type than the operand. */
function lookupOf({ operand: { type }, items }: InExpression): ((value: Value) => boolean) | undefined {
  const values = items.flatMap((item) => (item.kind === 'literal' ? [item.value ?? null] : []))
  if (values.length < items.length || type.collection) return undefined
  if (isNumeric(type.base)) return items.some((item) => isFloating(item.type.base)) || isFloating(type.base) ? undefined : numberLookup(values)
  if (!items.every((item) => item.type.base === type.base || item.type.base === 'null')) return undefined
  if (type.base === 'Edm.String') {
    const texts = new Set(values)
    return (value) => texts.has(value ?? null)
  }
  const keys = new Set(values.map((value) => hashKey([type], [value])))
  return (value) => keys.has(hashKey([type], [value]))
}

/** Exact numbers by their one text; NaN is none. */
function numberLookup(values: readonly Value[]): (value: Value) => boolean {
  const texts = new Set(values.map((value) => (value === null ? null : canonicalNumber(value))))
  texts.delete('NaN')
  return (value) => texts.has(value === null || value === undefined ? null : canonicalNumber(value))
}

/** Operands that do not go together. */
export const mismatch = (operator: string, left: Expression['type'], right: Expression['type']): Error =>
  hubError('HUB_QUERY_TYPE', { what: `The operator ${operator}`, position: 0, found: `${left.name} and ${right.name}`, expected: 'types that go together' })
