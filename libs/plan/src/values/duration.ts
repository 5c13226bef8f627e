import { Decimal } from 'decimal.js'
import { type Instant, malformed } from './instant.js'
import { decimalText, toDecimal } from './decimal-text.js'

const pattern = /^([+-])?P(?=\d|T)(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d+))?S)?)?$/

/** The exact length in seconds of a dayTimeDuration text (`P1DT2H3M4.5S`). @throws HUB_QUERY_INVALID if the text is none */
export function durationSeconds(text: string): Decimal {
  const parts = pattern.exec(text)
  if (parts === null) throw malformed('a duration', text)
  const [, minus, days = '0', hours = '0', minutes = '0', seconds = '0', fraction = ''] = parts
  const total = toDecimal(days).times(86_400).plus(toDecimal(hours).times(3600)).plus(toDecimal(minutes).times(60)).plus(toDecimal(`${seconds}.${fraction}0`))
  return minus === '-' ? total.negated() : total
}

/** The text of a length in seconds; days are the largest unit. */
export function durationText(seconds: Decimal): string {
  if (seconds.isZero()) return 'PT0S'
  const whole = seconds.abs().floor()
  const fraction = seconds.abs().minus(whole)
  const rest = whole.mod(86_400).toNumber()
  const days = whole.minus(rest).dividedBy(86_400)
  const date = days.isZero() ? '' : `${decimalText(days)}D`
  const time = [[Math.floor(rest / 3600), 'H'], [Math.floor((rest % 3600) / 60), 'M']] as const
  const second = decimalText(fraction.plus(rest % 60))
  const clock = time.map(([count, unit]) => (count === 0 ? '' : `${count}${unit}`)).join('') + (second === '0' ? '' : `${second}S`)
  return `${seconds.isNegative() ? '-' : ''}P${date}${clock === '' ? '' : `T${clock}`}`
}

/** An instant moved by a length in seconds. */
export function shiftInstant(instant: Instant, seconds: Decimal): Instant {
  const moved = secondsOf(instant).plus(seconds)
  const whole = moved.floor()
  const digits = decimalText(moved.minus(whole))
  return { seconds: whole.toNumber(), fraction: digits === '0' ? '' : digits.slice(2) }
}

/** The length from `b` to `a` in seconds. */
export function betweenInstants(a: Instant, b: Instant): Decimal {
  return secondsOf(a).minus(secondsOf(b))
}

const secondsOf = (instant: Instant): Decimal => toDecimal(instant.seconds).plus(instant.fraction === '' ? 0 : `0.${instant.fraction}`)
