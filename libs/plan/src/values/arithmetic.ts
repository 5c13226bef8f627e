import { hubError } from '@tributary/errors'
import type { ArithmeticOperator } from '../expression.js'
import type { Value, ValueType } from '../value.js'
import { decimalType, durationType, int64Type, isFloating, isInteger, isNumeric, nullType, primitiveType } from '../value-type.js'
import { decimalText, numberText, Rounded, toDecimal } from './decimal-text.js'
import { betweenInstants, durationSeconds, durationText, shiftInstant } from './duration.js'
import { dateText, dateTimeText, daysOf, type Instant, instantOf, parseDate, parseDateTime } from './instant.js'

/** An arithmetic operator over two types: the result's type, and how values that are not null are computed. */
export interface Arithmetic {
  readonly type: ValueType
  readonly compute: (a: Value, b: Value) => Value
}

/**
 * What an operator means for two types; undefined if it is not defined for them. Integers give Int64 (`divby` Decimal), sums and
 * products of Decimal are exact, its quotients have 34 digits half-even. Null with anything is null.
 * `divby` zero gives INF, -INF or NaN by the sign of the dividend. `compute` @throws HUB_QUERY_INVALID on any other division by zero and on leaving Int64.
 * @see OData URL Conventions 4.01 sections 5.1.1.2 and 5.1.1.16
 */
export function arithmetic(operator: ArithmeticOperator, left: ValueType, right: ValueType): Arithmetic | undefined {
  if (left.collection || right.collection) return undefined
  if (left.base === 'null' || right.base === 'null') return { type: left.base === 'null' ? (right.base === 'null' ? nullType : right) : left, compute: () => null }
  if (isNumeric(left.base) && isNumeric(right.base)) return numericArithmetic(operator, left, right)
  return temporalArithmetic(operator, left, right)
}

function numericArithmetic(operator: ArithmeticOperator, left: ValueType, right: ValueType): Arithmetic {
  if (isFloating(left.base) || isFloating(right.base)) {
    const single = left.base !== 'Edm.Double' && right.base !== 'Edm.Double'
    const type = primitiveType(single ? 'Edm.Single' : 'Edm.Double')
    const compute = floatOperators[operator]
    return { type, compute: single ? (a, b) => Math.fround(compute(toFloat(a), toFloat(b))) : (a, b) => compute(toFloat(a), toFloat(b)) }
  }
  if (isInteger(left.base) && isInteger(right.base) && operator !== 'divby') {
    const compute = integerOperators[operator]
    return { type: int64Type, compute: (a, b) => int64Text(compute(BigInt(numberText(a)), BigInt(numberText(b)))) }
  }
  return { type: decimalType, compute: (a, b) => decimalOperators[operator](a, b) }
}

const toFloat = (value: Value): number => (typeof value === 'number' ? value : value === 'INF' ? Infinity : value === '-INF' ? -Infinity : Number(value))

const floatOperators: Record<ArithmeticOperator, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  divby: (a, b) => a / b,
  mod: (a, b) => a % b,
}

const integerOperators: Record<Exclude<ArithmeticOperator, 'divby'>, (a: bigint, b: bigint) => bigint> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => (b === 0n ? failDivision() : a / b),
  mod: (a, b) => (b === 0n ? failDivision() : a % b),
}

const decimalOperators: Record<ArithmeticOperator, (a: Value, b: Value) => string> = {
  add: (a, b) => decimalText(toDecimal(a).plus(toDecimal(b))),
  sub: (a, b) => decimalText(toDecimal(a).minus(toDecimal(b))),
  mul: (a, b) => decimalText(toDecimal(a).times(toDecimal(b))),
  div: (a, b) => divideDecimals(a, b),
  divby: (a, b) => (toDecimal(b).isZero() ? decimalText(toDecimal(a).dividedBy(toDecimal(b).abs())) : divideDecimals(a, b)),
  mod: (a, b) => (toDecimal(b).isZero() ? failDivision() : decimalText(toDecimal(a).mod(toDecimal(b)))),
}

/** A quotient of decimals with 34 significant digits, half-even. @throws HUB_QUERY_INVALID on division by zero */
export function divideDecimals(a: Value, b: Value): string {
  const divisor = toDecimal(b)
  if (divisor.isZero()) return failDivision()
  return decimalText(Rounded.div(toDecimal(a), divisor))
}

/** Exact sum of numbers in any notation, as decimal text. */
export const addDecimals = (a: Value, b: Value): string => decimalText(toDecimal(a).plus(toDecimal(b)))

function failDivision(): never {
  throw hubError('HUB_QUERY_INVALID', { what: 'An expression of the query divides by zero.', hint: 'Exclude such rows first, e.g. with ne 0 and ….' })
}

function int64Text(value: bigint): string {
  if (value !== BigInt.asIntN(64, value)) {
    throw hubError('HUB_QUERY_INVALID', { what: `The result ${value} of an integer computation does not fit into Edm.Int64.`, hint: 'Compute with decimals, e.g. with cast(…,Edm.Decimal).' })
  }
  return String(value)
}

// ── Dates, times, durations ──────────────────────────────────────────────────────────────────────────────────────────

function temporalArithmetic(operator: ArithmeticOperator, left: ValueType, right: ValueType): Arithmetic | undefined {
  if (operator === 'add' || operator === 'sub') {
    const compute = shifts[`${left.base} ${operator} ${right.base}`]
    return compute === undefined ? undefined : { type: operator === 'sub' && left.base === right.base ? durationType : left, compute }
  }
  if (left.base === 'Edm.Duration' && isNumeric(right.base)) {
    if (operator === 'mul') return { type: durationType, compute: (a, b) => durationText(durationSeconds(String(a)).times(finite(b))) }
    if (operator === 'div' || operator === 'divby') return { type: durationType, compute: divideDuration }
  }
  if (isNumeric(left.base) && right.base === 'Edm.Duration' && operator === 'mul') {
    return { type: durationType, compute: (a, b) => durationText(durationSeconds(String(b)).times(finite(a))) }
  }
  return undefined
}

function divideDuration(a: Value, b: Value): Value {
  const divisor = finite(b)
  return divisor.isZero() ? failDivision() : durationText(Rounded.div(durationSeconds(String(a)), divisor))
}

function finite(value: Value): ReturnType<typeof toDecimal> {
  const number = toDecimal(value)
  if (!number.isFinite()) throw hubError('HUB_QUERY_INVALID', { what: 'A duration is multiplied or divided by a number that is not finite.', hint: '' })
  return number
}

const shiftDateTime = (text: string, duration: string, direction: 1 | -1): string =>
  dateTimeText(shiftInstant(instantOf(text), durationSeconds(duration).times(direction)), parseDateTime(text).offsetMinutes)

/** A date moves by the whole days that result: it stands for its midnight. */
const shiftDate = (text: string, duration: string, direction: 1 | -1): string =>
  dateText(Math.floor(shiftInstant(midnight(text), durationSeconds(duration).times(direction)).seconds / 86_400))

const midnight = (text: string): Instant => ({ seconds: daysOf(parseDate(text)) * 86_400, fraction: '' })

const shifts: Readonly<Record<string, (a: Value, b: Value) => Value>> = {
  'Edm.DateTimeOffset add Edm.Duration': (a, b) => shiftDateTime(String(a), String(b), 1),
  'Edm.DateTimeOffset sub Edm.Duration': (a, b) => shiftDateTime(String(a), String(b), -1),
  'Edm.DateTimeOffset sub Edm.DateTimeOffset': (a, b) => durationText(betweenInstants(instantOf(String(a)), instantOf(String(b)))),
  'Edm.Date add Edm.Duration': (a, b) => shiftDate(String(a), String(b), 1),
  'Edm.Date sub Edm.Duration': (a, b) => shiftDate(String(a), String(b), -1),
  'Edm.Date sub Edm.Date': (a, b) => durationText(betweenInstants(midnight(String(a)), midnight(String(b)))),
  'Edm.Duration add Edm.Duration': (a, b) => durationText(durationSeconds(String(a)).plus(durationSeconds(String(b)))),
  'Edm.Duration sub Edm.Duration': (a, b) => durationText(durationSeconds(String(a)).minus(durationSeconds(String(b)))),
}

/** How a value of the type is negated; undefined if it cannot be. `compute` @throws HUB_QUERY_INVALID on leaving Int64. */
export function negation(type: ValueType): Arithmetic | undefined {
  if (type.collection) return undefined
  if (type.base === 'null') return { type, compute: () => null }
  if (isFloating(type.base)) return { type, compute: (a) => -toFloat(a) }
  if (type.base === 'Edm.Decimal') return { type, compute: (a) => decimalText(toDecimal(a).negated()) }
  if (isInteger(type.base)) return { type: int64Type, compute: (a) => int64Text(-BigInt(numberText(a))) }
  if (type.base === 'Edm.Duration') return { type: durationType, compute: (a) => durationText(durationSeconds(String(a)).negated()) }
  return undefined
}
