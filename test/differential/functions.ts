import { aligned, exactOf, type Datum, type Exact, type Kind, type Moment } from './values.js'

/** The canonical functions as the reference computes them. None is called with null. */

const text = (value: Datum | undefined): string => value as string
const points = (value: Datum | undefined): readonly string[] => [...text(value)]
const whole = (value: number): bigint => BigInt(value)

const nanosOfDay = 86_400_000_000_000n
const floorDivide = (a: bigint, b: bigint): bigint => (a - (((a % b) + b) % b)) / b

/** A moment's own clock, as if it were UTC. */
const local = ({ nanos, offsetMinutes }: Moment): bigint => nanos + BigInt(offsetMinutes) * 60_000_000_000n
const localDate = (moment: Moment): string => new Date(Number(floorDivide(local(moment), nanosOfDay)) * 86_400_000).toISOString().slice(0, 10)
const localTime = (moment: Moment): bigint => local(moment) - floorDivide(local(moment), nanosOfDay) * nanosOfDay

const dateOf = (kind: Kind, value: Datum | undefined): string => (kind === 'date' ? text(value) : localDate(value as Moment))
const timeOf = (kind: Kind, value: Datum | undefined): bigint => (kind === 'time' ? value as bigint : localTime(value as Moment))

function rounded(rule: 'round' | 'floor' | 'ceiling', kind: Kind, value: Datum | undefined): Datum {
  if (kind === 'double') {
    const number = value as number
    if (rule !== 'round' || !Number.isFinite(number)) return rule === 'ceiling' ? Math.ceil(number) : Math.floor(number)
    const magnitude = Math.floor(Math.abs(number))
    return Math.sign(number) * (Math.abs(number) - magnitude >= 0.5 ? magnitude + 1 : magnitude)
  }
  const [unscaled, , scale] = aligned(value ?? null, { unscaled: 0n, scale: 0 })
  const unit = 10n ** BigInt(scale)
  const magnitude = unscaled < 0n ? -unscaled : unscaled
  const nearest = (magnitude * 2n + unit) / (unit * 2n)
  const result = rule === 'floor' ? floorDivide(unscaled, unit) : rule === 'ceiling' ? -floorDivide(-unscaled, unit) : unscaled < 0n ? -nearest : nearest
  return { unscaled: result, scale: 0 }
}

function fractionOf(nanos: bigint): Exact {
  return { unscaled: nanos % 1_000_000_000n, scale: 9 }
}

/** Applies a function; `kind` is that of the first argument. */
export function apply(name: string, kind: Kind, [a, b, c]: readonly Datum[]): Datum {
  switch (name) {
    case 'contains': return text(a).includes(text(b))
    case 'startswith': return text(a).startsWith(text(b))
    case 'endswith': return text(a).endsWith(text(b))
    case 'tolower': return text(a).toLowerCase()
    case 'toupper': return text(a).toUpperCase()
    case 'trim': return text(a).trim()
    case 'concat': return text(a) + text(b)
    case 'length': return whole(points(a).length)
    case 'indexof': {
      const at = text(a).indexOf(text(b))
      return whole(at < 0 ? -1 : points(text(a).slice(0, at)).length)
    }
    case 'substring': return points(a).slice(Number(b), c === undefined ? undefined : Number(b) + Number(c)).join('')
    case 'matchesPattern': return new RegExp(text(b), 'u').test(text(a))
    case 'year': return BigInt(dateOf(kind, a).slice(0, 4))
    case 'month': return BigInt(dateOf(kind, a).slice(5, 7))
    case 'day': return BigInt(dateOf(kind, a).slice(8, 10))
    case 'hour': return timeOf(kind, a) / 3_600_000_000_000n
    case 'minute': return timeOf(kind, a) / 60_000_000_000n % 60n
    case 'second': return timeOf(kind, a) / 1_000_000_000n % 60n
    case 'fractionalseconds': return fractionOf(timeOf(kind, a))
    case 'date': return localDate(a as Moment)
    case 'time': return localTime(a as Moment)
    case 'totaloffsetminutes': return whole((a as Moment).offsetMinutes)
    case 'totalseconds': return { unscaled: a as bigint, scale: 9 }
    case 'round': case 'floor': case 'ceiling': return rounded(name, kind, a)
    default: throw new Error(`the reference has no function ${name}`)
  }
}

/** Applies an arithmetic operator to two numbers that are not null. */
export function calculate(operator: string, kind: Kind, a: Datum, b: Datum): Datum {
  if (kind === 'double') return calculateDouble(operator, a as number, b as number)
  const [left, right, scale] = aligned(a, b)
  const exact = (unscaled: bigint, at: number): Datum => (kind === 'integer' ? unscaled / 10n ** BigInt(at) : { unscaled, scale: at })
  switch (operator) {
    case 'add': return exact(left + right, scale)
    case 'sub': return exact(left - right, scale)
    case 'mul': return exact(left * right, scale * 2)
    case 'mod': return exact(left % right, scale)
    // the divisors of decimals in the generated queries have no other factors than 2 and 5, so few digits are enough
    default: return kind === 'integer' && operator === 'div' ? left / right : { unscaled: left * 10n ** 12n / right, scale: 12 }
  }
}

function calculateDouble(operator: string, a: number, b: number): number {
  switch (operator) {
    case 'add': return a + b
    case 'sub': return a - b
    case 'mul': return a * b
    case 'mod': return a % b
    default: return a / b
  }
}

export const negated = (kind: Kind, value: Datum): Datum => {
  if (kind === 'double') return -(value as number)
  if (kind === 'decimal') return { ...(value as Exact), unscaled: -(value as Exact).unscaled }
  return -(value as bigint)
}

export { exactOf }
