import type { Row, ServedProperty } from '../harness/odata-server.js'
import { enumName } from './values.js'

/** Deterministic choices. */
export interface Dice {
  readonly next: () => number
  readonly whole: (from: number, to: number) => number
  readonly pick: <T>(list: readonly T[]) => T
  readonly chance: (probability: number) => boolean
}

export function diceOf(next: () => number): Dice {
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1))
  return {
    next, whole,
    pick: <T>(list: readonly T[]): T => {
      const found = list[whole(0, list.length - 1)]
      if (found === undefined && list.length === 0) throw new Error('nothing to pick from')
      return found as T
    },
    chance: (probability) => next() < probability,
  }
}

/** Case twins, blanks at either end, signs a URL or a literal has to escape, composed and wide letters, characters beyond the basic plane. */
export const words = [
  '', 'a', 'A', 'zebra', 'Zebra', 'ZEBRA', 'Alfreds', 'alfreds', "O'Neil", "''", 'ä', 'Ä', 'Straße', 'STRASSE', '日本', '\uFF21\uFF22', '𝒳-Works', '\u{1F600} ok', '100%', 'a_b', 'a&b=c', 'a+b', 'x/y', '#1?', '(a,b)',
  '"q"', '\\b', ' padded', 'padded ', 'padded', 'a;b', 'null', 'true', '7', '07', 'é', 'e\u0301', '$top', 'line\nbreak', 'tab\there',
]
const tidyWords = ['ALFKI', 'alfki', 'Anatr', 'BERGS', 'bergs', "O'N", 'Ärø', 'ärø', '日本', '𝒳', 'a b', 'x/y', '50%', 'q=1', '\uFF21', 'Zz', 'zZ']

const two = (value: number): string => String(value).padStart(2, '0')
const hex = (dice: Dice, digits: number): string => Array.from({ length: digits }, () => dice.whole(0, 15).toString(16)).join('')
const clock = (dice: Dice): string => `${two(dice.whole(0, 23))}:${two(dice.pick([0, 15, 30, 59]))}:${two(dice.pick([0, 5, 30, 59]))}${dice.pick(['', '', '.5', '.250', '.123456'])}`
const date = (dice: Dice): string => `${dice.pick(['1996', '2000', '2023', '2024'])}-${two(dice.whole(1, 12))}-${two(dice.whole(1, 28))}`

/** A value of a type that is not null, from a small set so that values meet again. */
export function valueOf(type: string, dice: Dice): unknown {
  switch (type) {
    case 'Edm.String': return dice.pick(words)
    case 'Edm.Boolean': return dice.chance(0.5)
    case 'Edm.Byte': return dice.pick([0, 1, 7, 100, 255])
    case 'Edm.SByte': return dice.pick([-128, -7, 0, 7, 127])
    case 'Edm.Int16': return dice.pick([-32_768, -100, 0, 1, 5, 100, 32_767])
    case 'Edm.Int32': return dice.chance(0.1) ? dice.pick([-2_147_483_648, 2_147_483_647]) : dice.whole(-10, 30)
    case 'Edm.Int64': return String(dice.chance(0.5) ? 9_007_199_254_740_990n + BigInt(dice.whole(0, 6)) : BigInt(dice.whole(-20, 20)))
    case 'Edm.Decimal': return dice.chance(0.3) ? `12345678901234567890.${dice.pick(['1', '12', '120', '13'])}` : `${dice.whole(-5, 40)}.${dice.pick(['0', '5', '50', '25', '99', '125'])}`
    case 'Edm.Single': return dice.whole(-40, 80) / 8
    case 'Edm.Double': return dice.chance(0.1) ? dice.pick(['INF', '-INF', 'NaN']) : dice.chance(0.15) ? dice.pick([1e21, -2.5e-9, 0.1, 0.3]) : dice.whole(-80, 160) / 16
    case 'Edm.Guid': {
      const guid = `${dice.pick(['00000000', 'ffffffff', 'a0b1c2d3'])}-${dice.pick(['0000', '0001'])}-4000-8000-00000000${hex(dice, 1)}00${dice.pick(['a', 'f'])}`
      return dice.chance(0.3) ? guid.toUpperCase() : guid
    }
    case 'Edm.Date': return date(dice)
    case 'Edm.TimeOfDay': return clock(dice)
    case 'Edm.DateTimeOffset': return `${date(dice)}T${clock(dice)}${dice.pick(['Z', 'Z', '+02:00', '-05:30'])}`
    case enumName: return dice.pick(['Red', 'Green', 'Blue', 'Red,Green', 'Green,Blue', 'Red,Green,Blue'])
    case 'Edm.Duration': return dice.pick(['PT0S', 'PT1H', 'PT60M', 'P1D', 'PT24H', '-PT30M', 'P2DT3H4M5.5S', 'PT0.25S', 'PT90S'])
    case 'Edm.Binary': return Buffer.from(Array.from({ length: dice.whole(0, 3) }, () => dice.pick([0, 1, 127, 255]))).toString('base64url')
    default: throw new Error(`no values of ${type}`)
  }
}

/** The key with the number `index`; all keys of one type differ, strings also in nothing but case. */
export function keyValue(type: string, index: number): unknown {
  switch (type) {
    case 'Edm.Int32': return index * 3 - 10
    case 'Edm.Int64': return String(index % 2 === 0 ? 9_007_199_254_740_990n + BigInt(index) : BigInt(index))
    case 'Edm.Guid': return `${(index * 2_654_435_761 >>> 0).toString(16).padStart(8, '0')}-0000-4000-8000-0000000000${two(index)}`
    default: return `${tidyWords[index % tidyWords.length]}${index < tidyWords.length ? '' : Math.floor(index / tidyWords.length)}`
  }
}

export const keyTypes = ['Edm.Int32', 'Edm.Int64', 'Edm.String', 'Edm.Guid'] as const
export const allTypes = [
  'Edm.String', 'Edm.String', 'Edm.Boolean', 'Edm.Byte', 'Edm.SByte', 'Edm.Int16', 'Edm.Int32', 'Edm.Int64', 'Edm.Decimal', 'Edm.Decimal', 'Edm.Single', 'Edm.Double', 'Edm.Guid', 'Edm.Date', 'Edm.TimeOfDay',
  'Edm.DateTimeOffset', 'Edm.Duration', 'Edm.Binary', enumName,
] as const

/** The value of a column: often null, often one that was there before. */
export function cell({ type, nullable }: ServedProperty, earlier: readonly Row[], name: string, dice: Dice): unknown {
  if (nullable !== false && dice.chance(0.15)) return null
  const before = earlier.length > 0 && dice.chance(0.25) ? dice.pick(earlier)[name] : undefined
  return before === undefined || (before === null && nullable === false) ? valueOf(type, dice) : before
}
