import { hubError } from '@tributary/errors'
import { Decimal } from 'decimal.js'
import type { Value } from '../value.js'

/** What `div`, `divby` and average go by: 34 significant digits, half-even, as IEEE 754 decimal128. */
export const Rounded = Decimal.clone({ precision: 34, rounding: Decimal.ROUND_HALF_EVEN, toExpNeg: -9e15, toExpPos: 9e15 })

const maxDigits = 10_000
/** Sums and products keep every digit; texts beyond `maxDigits` are refused, so nothing is ever rounded. */
const Exact = Decimal.clone({ precision: 4 * maxDigits, toExpNeg: -9e15, toExpPos: 9e15 })

const plainInteger = /^-?\d{1,15}$/

const mostShort = 15

/** A number of up to 15 characters without exponent: no two different ones are the same double, and doubles keep their order. NaN for all other texts. */
function shortNumber(text: string): number {
  const { length } = text
  if (length === 0 || length > mostShort) return Number.NaN
  return text.includes('e') || text.includes('E') ? Number.NaN : Number(text)
}

/** The text of a number as the engine carries it; `INF`, `-INF` and `NaN` stand for the special ones. */
export const numberText = (value: Value): string =>
  typeof value === 'number' ? (Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'NaN' : value > 0 ? 'INF' : '-INF') : String(value)

/** @throws HUB_QUERY_INVALID if the text is no decimal, HUB_LIMIT_EXCEEDED beyond 10,000 digits */
export function toDecimal(value: Value): Decimal {
  const text = numberText(value)
  if (text === 'INF' || text === '-INF') return new Exact(text === 'INF' ? Infinity : -Infinity)
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) && text !== 'NaN') {
    throw hubError('HUB_QUERY_INVALID', { what: `'${text.slice(0, 40)}' is not a number.`, hint: '' })
  }
  const decimal = new Exact(text)
  if (decimal.isFinite() && !decimal.isZero() && (Math.abs(decimal.e) > maxDigits || decimal.precision(true) > maxDigits || decimal.decimalPlaces() > maxDigits)) {
    throw hubError('HUB_LIMIT_EXCEEDED', { limit: maxDigits, what: 'digits of a number', hint: 'Use a number of a reasonable size.' })
  }
  return decimal
}

/** Decimal text without exponent; no digit is lost. */
export function decimalText(decimal: Decimal): string {
  if (decimal.isNaN()) return 'NaN'
  if (!decimal.isFinite()) return decimal.isPositive() ? 'INF' : '-INF'
  return decimal.isZero() ? '0' : decimal.toFixed()
}

/** One text for every way to write a number: no exponent, no trailing zeros, no plus, `0` for both zeros. */
export function canonicalNumber(value: Value): string {
  const text = numberText(value)
  if (plainInteger.test(text) && (text === '0' || (!text.startsWith('0') && !text.startsWith('-0')))) return text
  return decimalText(toDecimal(value))
}

/** Exact order of two numbers in any notation; NaN is lowest. */
export function compareNumberTexts(a: string, b: string): -1 | 0 | 1 {
  if (a === b && a !== 'NaN') return 0
  const short = shortNumber(a) - shortNumber(b)
  if (!Number.isNaN(short)) return sign(short)
  const x = toDecimal(a)
  const y = toDecimal(b)
  if (x.isNaN() || y.isNaN()) return x.isNaN() ? (y.isNaN() ? 0 : -1) : 1
  return sign(x.comparedTo(y))
}

/** −1, 0 or 1 by the sign of a difference. */
export const sign = (difference: number): -1 | 0 | 1 => (difference < 0 ? -1 : difference > 0 ? 1 : 0)
