import { hubError } from '@tributary/errors'

/**
 * A point on a time line, exact to any number of fractional digits: whole seconds and the digits behind the point, which count
 * upwards also before zero, so that comparing seconds, then digits, is the order.
 */
export interface Instant {
  readonly seconds: number
  /** Fractional digits without trailing zeros. */
  readonly fraction: string
}

/** The fields of a DateTimeOffset as written, in its own offset. */
export interface DateTimeFields {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly fraction: string
  readonly offsetMinutes: number
}

const datePattern = /^(-?\d{4,})-(\d\d)-(\d\d)$/
const timePattern = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?$/
const dateTimePattern = /^(-?\d{4,})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:([Zz])|([+-])(\d\d):?(\d\d))?$/

/** @throws HUB_QUERY_INVALID if the text is none */
export function parseDate(text: string): Pick<DateTimeFields, 'year' | 'month' | 'day'> {
  const parts = datePattern.exec(text)
  const date = { year: Number(parts?.[1]), month: Number(parts?.[2]), day: Number(parts?.[3]) }
  if (parts === null || !isDate(date)) throw malformed('a date', text)
  return date
}

/** @throws HUB_QUERY_INVALID if the text is none */
export function parseTime(text: string): Pick<DateTimeFields, 'hour' | 'minute' | 'second' | 'fraction'> {
  const parts = timePattern.exec(text)
  const time = { hour: Number(parts?.[1]), minute: Number(parts?.[2]), second: Number(parts?.[3] ?? 0), fraction: trimZeros(parts?.[4] ?? '') }
  if (parts === null || !isTime(time)) throw malformed('a time of day', text)
  return time
}

/** A missing offset counts as UTC. @throws HUB_QUERY_INVALID if the text is none */
export function parseDateTime(text: string): DateTimeFields {
  const parts = dateTimePattern.exec(text)
  if (parts === null) throw notDateTime(text)
  const offset = parts[9] === undefined ? 0 : (parts[9] === '-' ? -1 : 1) * (Number(parts[10]) * 60 + Number(parts[11]))
  const fields = {
    year: Number(parts[1]), month: Number(parts[2]), day: Number(parts[3]), hour: Number(parts[4]), minute: Number(parts[5]),
    second: Number(parts[6] ?? 0), fraction: trimZeros(parts[7] ?? ''), offsetMinutes: offset,
  }
  if (!isDate(fields) || !isTime(fields)) throw notDateTime(text)
  return fields
}

const notDateTime = (text: string): Error => malformed('a date with time and offset', text)

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)

const isDate = ({ year, month, day }: Pick<DateTimeFields, 'year' | 'month' | 'day'>): boolean =>
  day >= 1 && day <= (month === 2 && isLeap(year) ? 29 : (monthDays[month - 1] ?? 0))

/** Second 60 is a leap second. */
const isTime = ({ hour, minute, second }: Pick<DateTimeFields, 'hour' | 'minute' | 'second'>): boolean => hour <= 23 && minute <= 59 && second <= 60

/** Days since 1970-01-01 in the proleptic Gregorian calendar. */
export function daysOf({ year, month, day }: Pick<DateTimeFields, 'year' | 'month' | 'day'>): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

/** The date `days` after 1970-01-01. */
export function dateOfDays(days: number): Pick<DateTimeFields, 'year' | 'month' | 'day'> {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365)
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1 }
}

const trimZeros = (digits: string): string => digits.replace(/0+$/, '')

const secondsOfDay = (time: Pick<DateTimeFields, 'hour' | 'minute' | 'second'>): number => time.hour * 3600 + time.minute * 60 + time.second

/** The instant of a DateTimeOffset text, its offset taken into account. */
export function instantOf(text: string): Instant {
  const fields = parseDateTime(text)
  return { seconds: daysOf(fields) * 86_400 + secondsOfDay(fields) - fields.offsetMinutes * 60, fraction: fields.fraction }
}

/** Seconds since midnight of a TimeOfDay text. */
export function instantOfTime(text: string): Instant {
  const fields = parseTime(text)
  return { seconds: secondsOfDay(fields), fraction: fields.fraction }
}

/** The order of two points in time. */
export function compareInstants(a: Instant, b: Instant): -1 | 0 | 1 {
  if (a.seconds !== b.seconds) return a.seconds < b.seconds ? -1 : 1
  return a.fraction === b.fraction ? 0 : a.fraction < b.fraction ? -1 : 1
}

/** The text of an instant in an offset: `2024-02-29T13:05:06.5+01:00`, `Z` for UTC. */
export function dateTimeText(instant: Instant, offsetMinutes: number): string {
  const local = instant.seconds + offsetMinutes * 60
  const days = Math.floor(local / 86_400)
  const time = timeText({ seconds: local - days * 86_400, fraction: instant.fraction })
  return `${dateText(days)}T${time}${offsetText(offsetMinutes)}`
}

/** The text of a date by its days since 1970-01-01. */
export function dateText(days: number): string {
  const { year, month, day } = dateOfDays(days)
  const digits = String(Math.abs(year)).padStart(4, '0')
  return `${year < 0 ? '-' : ''}${digits}-${two(month)}-${two(day)}`
}

/** The text of a time of day by its seconds since midnight. */
export const timeText = ({ seconds, fraction }: Instant): string =>
  `${two(Math.floor(seconds / 3600))}:${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}${fraction === '' ? '' : `.${fraction}`}`

const offsetText = (minutes: number): string =>
  minutes === 0 ? 'Z' : `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`

const two = (number: number): string => String(number).padStart(2, '0')

/** The error for a text that is not what its type says. */
export const malformed = (what: string, text: string): Error =>
  hubError('HUB_QUERY_INVALID', { what: `'${text.slice(0, 60)}' is not ${what}.`, hint: '' })
