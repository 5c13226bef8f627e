import type { BaseType, Value, ValueType } from '../value.js'
import { isFloating, isInteger, isNumeric, itemOf, stringType } from '../value-type.js'
import { canonicalNumber, decimalText, numberText, toDecimal } from '../values/decimal-text.js'
import { durationSeconds } from '../values/duration.js'
import { enumNumber, enumText } from '../values/enum-value.js'
import { geoText, parseGeo } from '../values/geo-text.js'
import { dateText, daysOf, instantOfTime, parseDate, parseDateTime, timeText } from '../values/instant.js'
import { castUntyped } from './cast-untyped.js'

const ranges: Partial<Record<BaseType, readonly [bigint, bigint]>> = {
  'Edm.Byte': [0n, 255n],
  'Edm.SByte': [-128n, 127n],
  'Edm.Int16': [-32_768n, 32_767n],
  'Edm.Int32': [-2_147_483_648n, 2_147_483_647n],
  'Edm.Int64': [-(2n ** 63n), 2n ** 63n - 1n],
}

/**
 * A value as a value of another type: null where it cannot be one. Numbers become whole by leaving the fraction off, and have to fit; texts have to be a literal of
 * the type, a date and time without offset is one of UTC; enumerations go to and from the integer of the member; collections item by item; structured values
 * stay what they are. Beyond the specification a DateTimeOffset gives its Date and TimeOfDay, and a Date its midnight in UTC.
 * @see OData URL Conventions 4.01 section 5.1.1.10.1
 */
export function castValue(value: Value, from: ValueType, to: ValueType): Value {
  if (value === null || value === undefined) return null
  if (to.collection) {
    if (!Array.isArray(value)) return null
    const [item, target] = [itemOf(from), itemOf(to)]
    return value.map((inner: Value) => castValue(inner, item, target))
  }
  if (from.collection) return null
  if (to.base === 'Edm.Untyped' || (from.base === to.base && from.base !== 'enum')) return value
  if (from.base === 'Edm.Untyped') return castUntyped(value, to, castValue)
  if (to.base === 'Edm.String') return castToString(value, from)
  if (from.base === 'Edm.String') return castText(String(value), to)
  if (from.base === 'enum' || to.base === 'enum') return castEnum(value, from, to)
  if (isNumeric(to.base)) return isNumeric(from.base) ? castNumber(numberText(value), to.base) : null
  if (from.base === 'Edm.DateTimeOffset') return castDateTime(String(value), to.base)
  return from.base === 'Edm.Date' && to.base === 'Edm.DateTimeOffset' ? `${String(value)}T00:00:00Z` : null
}

function castToString(value: Value, from: ValueType): Value {
  if (from.base === 'Edm.Geography' || from.base === 'Edm.Geometry') return geoText(value, from.base === 'Edm.Geography' ? 4326 : 0) ?? null
  if (from.base === 'structured' || typeof value === 'object') return null
  return isNumeric(from.base) && !isFloating(from.base) ? canonicalNumber(value) : typeof value === 'number' ? numberText(value) : String(value)
}

function castEnum(value: Value, from: ValueType, to: ValueType): Value {
  if (from.base === 'enum' && to.base === 'enum') return from.name === to.name ? value : null
  if (to.base === 'enum') {
    if (!isInteger(from.base)) return null
    const number = BigInt(numberText(value))
    const range = ranges[to.underlying ?? 'Edm.Int32']
    const fits = range === undefined || (number >= range[0] && number <= range[1])
    return fits ? (enumText(to, number) ?? null) : null
  }
  const number = enumNumber(from, String(value))
  return number === undefined || !isInteger(to.base) ? null : castNumber(String(number), to.base)
}

function castDateTime(text: string, to: BaseType): Value {
  if (to !== 'Edm.Date' && to !== 'Edm.TimeOfDay') return null
  const fields = parseDateTime(text)
  if (to === 'Edm.Date') return dateText(daysOf(fields))
  return timeText({ seconds: fields.hour * 3600 + fields.minute * 60 + fields.second, fraction: fields.fraction })
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
  'Edm.Binary': (text) => /^[\w-]*={0,2}$/.test(text) && text.replaceAll('=', '').length % 4 !== 1,
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

const offset = /(?:[Zz]|[+-]\d\d:?\d\d)$/

function castText(text: string, to: ValueType): Value {
  if (isNumeric(to.base)) return castNumberText(text, to.base)
  switch (to.base) {
    case 'Edm.Boolean': return text === 'true' ? true : text === 'false' ? false : null
    case 'enum': return text.split(',').length === 1 || to.flags === true ? enumOf(text, to) : null
    case 'Edm.Geography': case 'Edm.Geometry': return parseGeo(text) ?? null
    case 'Edm.DateTimeOffset': return shapes[to.base]?.(text) !== true ? null : offset.test(text) ? text : `${text}Z`
    default: return shapes[to.base]?.(text) === true ? text : null
  }
}

function enumOf(text: string, to: ValueType): Value {
  const names = text.split(',').map((name) => name.trim())
  if (names.every((name) => to.members?.has(name) === true)) return names.join(',')
  return /^-?\d+$/.test(text) ? castValue(text, integerText, to) : null
}

/** An integer given as text. */
const integerText: ValueType = Object.freeze({ ...stringType, base: 'Edm.Int64' })
