/**
 * Values as the reference computes with them. Nothing here comes from the project's libs: numbers are BigInt with a scale, points in
 * time are nanoseconds, text is compared by the bytes of UTF-8, which is the order of code points.
 */

/** `unscaled × 10^-scale`, exactly. */
export interface Exact {
  readonly unscaled: bigint
  readonly scale: number
}

/** A point in time and the offset it was written with. */
export interface Moment {
  readonly nanos: bigint
  readonly offsetMinutes: number
}

/** The enumeration of the products, with flags. */
export const enumName = 'Product.Color'
export const enumBits: Readonly<Record<string, bigint>> = { Red: 1n, Green: 2n, Blue: 4n }

export type Kind = 'enum' | 'string' | 'boolean' | 'integer' | 'decimal' | 'double' | 'guid' | 'date' | 'time' | 'moment' | 'duration' | 'binary'
export type Datum = null | string | boolean | bigint | number | Exact | Moment

const kinds: Readonly<Record<string, Kind>> = {
  'Edm.String': 'string', 'Edm.Boolean': 'boolean', 'Edm.Byte': 'integer', 'Edm.SByte': 'integer', 'Edm.Int16': 'integer', 'Edm.Int32': 'integer', 'Edm.Int64': 'integer',
  'Edm.Decimal': 'decimal', 'Edm.Single': 'double', 'Edm.Double': 'double', 'Edm.Guid': 'guid', 'Edm.Date': 'date', 'Edm.TimeOfDay': 'time',
  [enumName]: 'enum', 'Edm.DateTimeOffset': 'moment', 'Edm.Duration': 'duration', 'Edm.Binary': 'binary',
}

export function kindOf(type: string): Kind {
  const kind = kinds[type]
  if (kind === undefined) throw new Error(`no kind for ${type}`)
  return kind
}

/** A decimal from its digits. */
export function exactOf(text: string): Exact {
  const [whole = '0', fraction = ''] = text.split('.')
  return { unscaled: BigInt(`${whole}${fraction}`), scale: fraction.length }
}

const second = 1_000_000_000n
const fractionNanos = (digits: string): bigint => BigInt(digits.padEnd(9, '0'))

function timeNanos(text: string): bigint {
  const [clock = '', fraction = ''] = text.split('.')
  const [hours = '0', minutes = '0', seconds = '0'] = clock.split(':')
  return ((BigInt(hours) * 60n + BigInt(minutes)) * 60n + BigInt(seconds)) * second + fractionNanos(fraction)
}

function momentOf(text: string): Moment {
  const [, date = '', clock = '', zone = 'Z'] = /^(.{10})T([\d:.]+)(Z|[+-]\d\d:\d\d)$/.exec(text) ?? []
  const offsetMinutes = zone === 'Z' ? 0 : Number(`${zone[0]}1`) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4)))
  const midnight = BigInt(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1, Number(date.slice(8)))) * 1_000_000n
  return { nanos: midnight + timeNanos(clock) - BigInt(offsetMinutes) * 60n * second, offsetMinutes }
}

function durationNanos(text: string): bigint {
  const [, sign = '', days = '0', hours = '0', minutes = '0', seconds = '0', fraction = ''] = /^(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d+))?S)?)?$/.exec(text) ?? []
  const nanos = (((BigInt(days) * 24n + BigInt(hours)) * 60n + BigInt(minutes)) * 60n + BigInt(seconds)) * second + fractionNanos(fraction)
  return sign === '-' ? -nanos : nanos
}

/** The value of what a row holds or a literal says, by its kind. */
export function read(kind: Kind, raw: unknown): Datum {
  if (raw === null || raw === undefined) return null
  const text = String(raw)
  switch (kind) {
    case 'string': case 'date': return text
    case 'enum': return text.split(',').reduce((bits, name) => bits | (enumBits[name.trim()] ?? 0n), 0n)
    case 'boolean': return raw === true || raw === 'true'
    case 'integer': return BigInt(text)
    case 'decimal': return exactOf(text)
    case 'double': return text === 'INF' ? Infinity : text === '-INF' ? -Infinity : Number(text)
    case 'guid': return text.toLowerCase()
    case 'time': return timeNanos(text)
    case 'moment': return momentOf(text)
    case 'duration': return durationNanos(text)
    case 'binary': return Buffer.from(text, 'base64url').toString('hex')
  }
}

const rank = (less: boolean, more: boolean): number => (less ? -1 : more ? 1 : 0)
const toExact = (value: Datum): Exact => (typeof value === 'bigint' ? { unscaled: value, scale: 0 } : value as Exact)

/** Both numbers on one scale. */
export function aligned(a: Datum, b: Datum): readonly [bigint, bigint, number] {
  const [left, right] = [toExact(a), toExact(b)]
  const scale = Math.max(left.scale, right.scale)
  return [left.unscaled * 10n ** BigInt(scale - left.scale), right.unscaled * 10n ** BigInt(scale - right.scale), scale]
}

/** A number as a double: what an exact engine never makes of it. */
export const doubleOf = (value: Datum): number => {
  const { unscaled, scale } = toExact(value)
  return Number(`${unscaled}e-${scale}`)
}

/** The order of two values of one kind that are not null; a number of one exact kind compares with the other. NaN is lowest. */
export function order(kind: Kind, a: Datum, b: Datum): number {
  switch (kind) {
    case 'integer': case 'decimal': {
      const [left, right] = aligned(a, b)
      return rank(left < right, left > right)
    }
    case 'double': {
      const [left, right] = [a as number, b as number]
      return Number.isNaN(left) || Number.isNaN(right) ? Number(Number.isNaN(right)) - Number(Number.isNaN(left)) : rank(left < right, left > right)
    }
    case 'string': return Buffer.compare(Buffer.from(a as string), Buffer.from(b as string))
    case 'moment': return rank((a as Moment).nanos < (b as Moment).nanos, (a as Moment).nanos > (b as Moment).nanos)
    case 'boolean': return Number(a) - Number(b)
    case 'time': case 'duration': case 'enum': return rank((a as bigint) < (b as bigint), (a as bigint) > (b as bigint))
    case 'guid': case 'date': case 'binary': return rank((a as string) < (b as string), (a as string) > (b as string))
  }
}

/** A text that is equal exactly for equal values: what rows are joined by. */
export function joinText(kind: Kind, value: Datum): string {
  switch (kind) {
    case 'integer': case 'decimal': {
      const { unscaled, scale } = toExact(value)
      const digits = `${unscaled}`.padStart(scale + 1, '0')
      return scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`.replace(/\.?0+$/, '')
    }
    case 'moment': return String((value as Moment).nanos)
    default: return String(value)
  }
}
