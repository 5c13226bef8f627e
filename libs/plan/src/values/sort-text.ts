import type { BaseType, Value, ValueType } from '../value.js'
import { isNumeric } from '../value-type.js'
import { canonicalJson } from './compare.js'
import { canonicalNumber, decimalText } from './decimal-text.js'
import { durationSeconds } from './duration.js'
import { enumNumber } from './enum-value.js'
import { daysOf, instantOf, instantOfTime, parseDate, type Instant } from './instant.js'

/** The text of a value whose order by code points is the order of the values; null for null. */
export type SortText = (value: Value) => string | null

/**
 * Makes texts of the values of one type which compare, code point by code point, exactly as `comparatorOf` compares the values: what is
 * sorted elsewhere is sorted as here, whatever its type, precision or zone.
 */
export function sortTextOf(type: ValueType): SortText {
  const text = presentText(type)
  return (value) => (value === null || value === undefined ? null : text(value))
}

function presentText(type: ValueType): (value: Value) => string {
  if (type.collection) return structuredText
  if (type.base === 'Edm.Single') return (value) => numberSortText(Math.fround(toDouble(value)))
  if (type.base === 'Edm.Double') return (value) => numberSortText(toDouble(value))
  if (isNumeric(type.base)) return numberSortText
  if (type.base === 'enum') return (value) => enumText(type, String(value))
  return texts[type.base] ?? structuredText
}

const toDouble = (value: Value): number => (value === 'INF' ? Infinity : value === '-INF' ? -Infinity : Number(value))

/** Below the digits: NaN is lowest, then minus infinity. */
const special: Readonly<Record<string, string>> = { NaN: '.', '-INF': '/', INF: '3' }
/** Numbers have at most 10,000 digits before or behind the point. */
const exponentOffset = 50_000

/** Sign, number of digits before the point, digits; all of it turned round where the number is negative. */
function numberSortText(value: Value): string {
  const text = canonicalNumber(value === 0 ? 0 : value)
  if (text === '0') return '1'
  const named = special[text]
  if (named !== undefined) return named
  const negative = text.startsWith('-')
  const [whole = '0', fraction = ''] = (negative ? text.slice(1) : text).split('.')
  const zeros = whole === '0' ? (/^0*/.exec(fraction)?.[0].length ?? 0) : 0
  const exponent = exponentOffset + (whole === '0' ? -zeros : whole.length)
  const digits = (whole === '0' ? fraction.slice(zeros) : whole + fraction).replace(/0+$/, '')
  return negative ? `0${turned(`${exponent}${digits}`)}~` : `2${exponent}${digits}`
}

const turned = (digits: string): string => {
  let text = ''
  for (let index = 0; index < digits.length; index++) text += String.fromCharCode(105 - digits.charCodeAt(index))
  return text
}

const enumText = (type: ValueType, text: string): string => {
  const number = enumNumber(type, text)
  return number === undefined ? `~${text}` : numberSortText(String(number))
}

/** Seconds fit 16 digits for any year a date can be written with. */
const secondsOffset = 4_000_000_000_000_000
const instantText = ({ seconds, fraction }: Instant): string => `${String(seconds + secondsOffset).padStart(16, '0')}.${fraction}`

/** Canonical JSON compares by UTF-16 units. */
const structuredText = (value: Value): string => Buffer.from(canonicalJson(value), 'utf16le').swap16().toString('hex')

const texts: Partial<Record<BaseType, (value: Value) => string>> = {
  'Edm.String': String,
  'Edm.Boolean': (value) => (value === true ? '1' : '0'),
  'Edm.Guid': (value) => String(value).toLowerCase(),
  'Edm.Date': (value) => numberSortText(daysOf(parseDate(String(value)))),
  'Edm.TimeOfDay': (value) => instantText(instantOfTime(String(value))),
  'Edm.DateTimeOffset': (value) => instantText(instantOf(String(value))),
  'Edm.Duration': (value) => numberSortText(decimalText(durationSeconds(String(value)))),
  'Edm.Binary': (value) => Buffer.from(String(value), 'base64url').toString('hex'),
}

