import type { BaseType, Value, ValueType } from '../value.js'
import { isFloating, isInteger, isNumeric } from '../value-type.js'
import { canonicalNumber, decimalText, numberText, toDecimal } from '../values/decimal-text.js'
import { durationSeconds } from '../values/duration.js'
import { dateText, daysOf, instantOfTime, parseDate, parseDateTime, timeText } from '../values/instant.js'

const ranges: Partial<Record<BaseType, readonly [bigint, bigint]>> = {
  'Edm.Byte': [0n, 255n],
  'Edm.SByte': [-128n, 127n],
  'Edm.Int16': [-32_768n, 32_767n],
  'Edm.Int32': [-2_147_483_648n, 2_147_483_647n],
  'Edm.Int64': [-(2n ** 63n), 2n ** 63n - 1n],
}

/**
 * A value as a value of another primitive type: null where it cannot be one.
 * @see OData URL Conventions 4.01 section 5.1.1.9.1
 */
export function castValue(value: Value, from: ValueType, to: ValueType): Value {
  if (value === null || value === undefined) return null
  if (from.collection || to.collection) return null
  if (from.base === to.base && from.base !== 'enum') return value
  if (to.base === 'Edm.String') return castToString(value, from)
  if (isNumeric(to.base)) return isNumeric(from.base) ? castNumber(numberText(value), to.base) : from.base === 'Edm.String' ? castNumberText(String(value), to.base) : null
  if (from.base === 'Edm.DateTimeOffset') return castDateTime(String(value), to.base)
  if (from.base === 'Edm.Date' && to.base === 'Edm.DateTimeOffset') return `${String(value)}T00:00:00Z`
  if (from.base === 'Edm.String') return castText(String(value), to)
  return from.base === 'enum' && to.base === 'enum' && from.name === to.name ? value : null
}

function castToString(value: Value, from: ValueType): Value {
  if (from.base === 'structured' || typeof value === 'object') return null
  return isNumeric(from.base) && !isFloating(from.base) ? canonicalNumber(value) : typeof value === 'number' ? numberText(value) : String(value)
}

function castDateTime(text: string, to: BaseType): Value {
  const fields = parseDateTime(text)
  if (to === 'Edm.Date') return dateText(daysOf(fields))
  if (to === 'Edm.TimeOfDay') return timeText({ seconds: fields.hour * 3600 + fields.minute * 60 + fields.second, fraction: fields.fraction })
  return null
}

const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$|^-?INF$|^NaN$/

const castNumberText = (text: string, to: BaseType): Value => (numberPattern.test(text) ? castNumber(text, to) : null)

function castNumber(text: string, to: BaseType): Value {
  if (isFloating(to)) {
    const number = text === 'INF' ? Infinity : text === '-INF' ? -Infinity : Number(text)
    return to === 'Edm.Single' ? Math.fround(number) : number
  }
  const exact = toDecimal(text)
  if (to === 'Edm.Decimal') return exact.isFinite() ? decimalText(exact) : null
  const range = ranges[to]
  if (!exact.isFinite() || range === undefined || !isInteger(to)) return null
  const whole = BigInt(decimalText(exact.trunc()))
  if (whole < range[0] || whole > range[1]) return null
  return to === 'Edm.Int64' ? String(whole) : Number(whole)
}

const shapes: Partial<Record<BaseType, (text: string) => boolean>> = {
  'Edm.Guid': (text) => /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text),
  'Edm.Date': (text) => parses(() => parseDate(text)),
  'Edm.DateTimeOffset': (text) => parses(() => parseDateTime(text)),
  'Edm.TimeOfDay': (text) => parses(() => instantOfTime(text)),
  'Edm.Duration': (text) => parses(() => durationSeconds(text)),
}

function parses(parse: () => unknown): boolean {
  try {
    parse()
    return true
  } catch {
    return false
  }
}

function castText(text: string, to: ValueType): Value {
  if (to.base === 'Edm.Boolean') return text === 'true' ? true : text === 'false' ? false : null
  if (to.base === 'enum') return to.members?.has(text) === true ? text : null
  return shapes[to.base]?.(text) === true ? text : null
}
