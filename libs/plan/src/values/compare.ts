import type { BaseType, Value, ValueType } from '../value.js'
import { isFloating, isNumeric } from '../value-type.js'
import { compareNumberTexts, numberText, sign } from './decimal-text.js'
import { durationSeconds } from './duration.js'
import { enumNumber } from './enum-value.js'
import { compareInstants, daysOf, instantOf, instantOfTime, parseDate } from './instant.js'

/** Compares two values of one type that are not null. */
export type Comparator = (a: Value, b: Value) => -1 | 0 | 1

/**
 * The order of two values of a type: null (and absent) lowest, then NaN, false before true, strings by Unicode code point, guids without case,
 * numbers exactly, date-times by instant.
 */
export function compareValues(type: ValueType, a: Value, b: Value): -1 | 0 | 1 {
  return comparatorOf(type)(a, b)
}

/** `compareValues` of one type, to be kept where many values are compared. */
export function comparatorOf(type: ValueType): Comparator {
  const compare = presentComparator(type)
  return (a, b) => {
    if (a === null || a === undefined) return b === null || b === undefined ? 0 : -1
    if (b === null || b === undefined) return 1
    return compare(a, b)
  }
}

/** The order of two values that are not null, to be kept where many are compared. */
export function presentComparator(type: ValueType): Comparator {
  if (isFloating(type.base)) return type.base === 'Edm.Single' ? compareSingles : compareDoubles
  if (isNumeric(type.base)) return compareExact
  if (type.base === 'enum') return (a, b) => compareEnums(type, a, b)
  return comparators[type.base] ?? compareStructured
}

const toDouble = (value: Value): number => (typeof value === 'number' ? value : value === 'INF' ? Infinity : value === '-INF' ? -Infinity : Number(value))

const orderDoubles = (x: number, y: number): -1 | 0 | 1 =>
  Number.isNaN(x) || Number.isNaN(y) ? sign(Number(Number.isNaN(y)) - Number(Number.isNaN(x))) : x < y ? -1 : x > y ? 1 : 0

const compareDoubles: Comparator = (a, b) => orderDoubles(toDouble(a), toDouble(b))
const compareSingles: Comparator = (a, b) => orderDoubles(Math.fround(toDouble(a)), Math.fround(toDouble(b)))

/** Integers and decimals in any notation. */
export const compareExact: Comparator = (a, b) =>
  typeof a === 'number' && typeof b === 'number' && Number.isSafeInteger(a) && Number.isSafeInteger(b) ? sign(a - b) : compareNumberTexts(numberText(a), numberText(b))

/** Unicode code point order: surrogates sort above the rest of the basic plane, as the characters they stand for. */
export function compareStrings(a: string, b: string): -1 | 0 | 1 {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const x = a.charCodeAt(index)
    const y = b.charCodeAt(index)
    if (x !== y) return sign(codePointRank(x) - codePointRank(y))
  }
  return sign(a.length - b.length)
}

const codePointRank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit)

const ordinal = (a: string, b: string): -1 | 0 | 1 => (a === b ? 0 : a < b ? -1 : 1)

const compareEnums = (type: ValueType, a: Value, b: Value): -1 | 0 | 1 => {
  const x = enumNumber(type, String(a))
  const y = enumNumber(type, String(b))
  return x === undefined || y === undefined ? compareStrings(String(a), String(b)) : x < y ? -1 : x > y ? 1 : 0
}

const dash = 45
const colon = 58
const letterT = 84
const letterZ = 90

/** `2024-01-31…`: texts that begin so compare as their dates. */
const beginsWithDate = (text: string): boolean => text.charCodeAt(4) === dash && text.charCodeAt(7) === dash && text.charCodeAt(0) !== dash

/** `2024-01-31T10:00:00…Z`, the way nearly all are written: those compare by their first 19 characters, then by their fraction. */
const isPlainUtc = (text: string): boolean =>
  beginsWithDate(text) && text.charCodeAt(10) === letterT && text.charCodeAt(16) === colon && text.charCodeAt(text.length - 1) === letterZ

const plainSeconds = 19

function comparePlainSeconds(a: string, b: string): -1 | 0 | 1 {
  for (let index = 0; index < plainSeconds; index++) {
    const difference = a.charCodeAt(index) - b.charCodeAt(index)
    if (difference !== 0) return sign(difference)
  }
  return 0
}

function compareDates(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0
  if (a.length === 10 && b.length === 10 && beginsWithDate(a) && beginsWithDate(b)) return ordinal(a, b)
  return sign(daysOf(parseDate(a)) - daysOf(parseDate(b)))
}

function compareDateTimes(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0
  if (isPlainUtc(a) && isPlainUtc(b)) {
    const seconds = comparePlainSeconds(a, b)
    if (seconds !== 0) return seconds
    if (a.length === b.length) return ordinal(a, b)
  }
  return compareInstants(instantOf(a), instantOf(b))
}

const base64Bytes = (value: Value): Buffer => Buffer.from(String(value), 'base64url')

const comparators: Partial<Record<BaseType, Comparator>> = {
  'Edm.String': (a, b) => compareStrings(String(a), String(b)),
  'Edm.Boolean': (a, b) => sign(Number(a) - Number(b)),
  'Edm.Guid': (a, b) => ordinal(String(a).toLowerCase(), String(b).toLowerCase()),
  'Edm.Date': (a, b) => compareDates(String(a), String(b)),
  'Edm.TimeOfDay': (a, b) => compareInstants(instantOfTime(String(a)), instantOfTime(String(b))),
  'Edm.DateTimeOffset': (a, b) => compareDateTimes(String(a), String(b)),
  'Edm.Duration': (a, b) => sign(durationSeconds(String(a)).comparedTo(durationSeconds(String(b)))),
  'Edm.Binary': (a, b) => sign(Buffer.compare(base64Bytes(a), base64Bytes(b))),
  'Edm.Untyped': (a, b) => compareUntyped(a, b),
}

/** Structured and geo values have no order of their own; their canonical JSON makes equality and a stable order. */
const compareStructured: Comparator = (a, b) => ordinal(canonicalJson(a), canonicalJson(b))

const ranks: Readonly<Record<string, number>> = { boolean: 0, number: 1, string: 2, object: 3 }

/** Values that say themselves what they are: booleans, then numbers, then texts, then all else. */
const compareUntyped: Comparator = (a, b) => {
  const kinds = (ranks[typeof a] ?? 4) - (ranks[typeof b] ?? 4)
  if (kinds !== 0) return sign(kinds)
  if (typeof a === 'number') return compareDoubles(a, b)
  return typeof a === 'string' ? compareStrings(a, String(b)) : compareStructured(a, b)
}

/** True if two values of no declared type have an order at all: they are of one kind. */
export const sameKind = (a: Value, b: Value): boolean => typeof a === typeof b && typeof a !== 'object'

/** JSON with the names of objects sorted and control information left out. */
export function canonicalJson(value: Value): string {
  if (Array.isArray(value)) return `[${value.map((item: Value) => canonicalJson(item)).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([name, item]) => item !== undefined && !name.startsWith('@') && !name.includes('@odata.'))
    return `{${entries.toSorted(([a], [b]) => ordinal(a, b)).map(([name, item]) => `${JSON.stringify(name)}:${canonicalJson(item)}`).join(',')}}`
  }
  return JSON.stringify(value ?? null)
}
