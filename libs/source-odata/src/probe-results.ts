import { comparatorOf, decimalType, isInteger, type Value, type ValueType } from '@tributary/plan'

/** Whether sums of a type's values do not depend on the order of rows. */
export const isSummed = ({ base }: ValueType): boolean => isInteger(base) || base === 'Edm.Decimal'

/** Whether two results are the same: numbers by value, all else as it is written. */
export function sameResult(type: ValueType, a: Value, b: Value): boolean {
  if (a === null || b === null || a === undefined || b === undefined) return (a ?? null) === (b ?? null)
  return isSummed(type) ? comparatorOf(decimalType)(String(a), String(b)) === 0 : a === b
}
