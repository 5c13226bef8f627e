import { hubError } from '@tributary/errors'
import type { BinaryExpression, ComparisonOperator, Expression, InExpression } from '../expression.js'
import type { Value, ValueType } from '../value.js'
import { isFloating, isNumeric, promote } from '../value-type.js'
import { presentComparator, sameKind } from '../values/compare.js'
import { canonicalNumber } from '../values/decimal-text.js'
import { equalityOf, isNaNValue } from '../values/equality.js'
import { hashKey } from '../values/hash-key.js'
import type { Compiled } from './compiled.js'

/** A comparison made ready: `eq` and `ne` know null, the others are false where a side is null or NaN. @throws HUB_QUERY_TYPE */
export function compileComparison(operator: ComparisonOperator, { left, right }: BinaryExpression, [first, second]: readonly [Compiled, Compiled]): Compiled {
  const type = promote(left.type, right.type)
  if (type === undefined) throw mismatch(operator, left.type, right.type)
  if (operator === 'eq' || operator === 'ne') return compileEquality(operator, type, [first, second])
  const compare = presentComparator(type)
  const holds = orders[operator]
  const ordered = orderedValues(type)
  return (row) => {
    const a = first(row)
    const b = second(row)
    return a !== null && b !== null && ordered(a, b) && holds(compare(a, b))
  }
}

function compileEquality(operator: 'eq' | 'ne', type: ValueType, [first, second]: readonly [Compiled, Compiled]): Compiled {
  const equal = equalityOf(type)
  return operator === 'eq' ? (row) => equal(first(row), second(row)) : (row) => !equal(first(row), second(row))
}

const always = (): boolean => true
const numbersAlone = (a: Value, b: Value): boolean => !isNaNValue(a) && !isNaNValue(b)

/** Which values of a type have an order at all. */
const orderedValues = ({ base }: ValueType): ((a: Value, b: Value) => boolean) => (isNumeric(base) ? numbersAlone : base === 'Edm.Untyped' ? sameKind : always)

const orders: Record<'lt' | 'le' | 'gt' | 'ge', (order: number) => boolean> = {
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
