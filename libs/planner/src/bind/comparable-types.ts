import type { ComparisonOperator, ValueType } from '@tributary/plan'

const incomparable: ReadonlySet<string> = new Set(['structured', 'Edm.Stream', 'Edm.Geography', 'Edm.Geometry'])

/** True for types whose values have an order and an equality we vouch for. */
export const comparable = (type: ValueType): boolean => !incomparable.has(type.base)

/** True for complex values whose properties are known. */
export const hasEquality = (type: ValueType): boolean => type.base === 'structured' && type.properties !== undefined

/** True if values of the type may stand on both sides of the operator. Binary values have no order; complex ones and collections are equal or not. */
export function isComparedBy(operator: ComparisonOperator, type: ValueType): boolean {
  if (operator !== 'eq' && operator !== 'ne') return comparable(type) && !type.collection && type.base !== 'Edm.Binary'
  return comparable(type) || hasEquality(type)
}
