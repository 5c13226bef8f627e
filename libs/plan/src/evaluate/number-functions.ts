import { Decimal } from 'decimal.js'
import type { Value, ValueType } from '../value.js'
import { isFloating } from '../value-type.js'
import { decimalText, toDecimal } from '../values/decimal-text.js'

/** How `round`, `floor` and `ceiling` work on a type: doubles stay doubles, everything else is exact decimal text. Midpoints round away from zero. */
export function rounding(name: 'round' | 'floor' | 'ceiling', type: ValueType): (value: Value) => Value {
  if (isFloating(type.base)) return (value) => floatRoundings[name](Number(value))
  return (value) => {
    const number = toDecimal(value)
    return number.isFinite() ? decimalText(number.toDecimalPlaces(0, modes[name])) : decimalText(number)
  }
}

const modes = { round: Decimal.ROUND_HALF_UP, floor: Decimal.ROUND_FLOOR, ceiling: Decimal.ROUND_CEIL } as const

const floatRoundings = {
  // adding a half would round 0.49999999999999994 up
  round: (x: number): number => (Math.abs(x % 1) >= 0.5 ? Math.trunc(x) + Math.sign(x) : Math.trunc(x)),
  floor: Math.floor,
  ceiling: Math.ceil,
} as const
