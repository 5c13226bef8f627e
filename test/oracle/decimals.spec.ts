import { arithmetic, type ArithmeticOperator, call, castValue, compareValues, compile, decimalType, doubleType, equalValues, int32Type, literal, type Value } from '@tributary/plan'
import * as fc from 'fast-check'
import { decimalText } from './values.js'

/** A decimal as a scaled integer: what is computed with BigInt shares nothing with the library our evaluator uses. */
interface Scaled {
  readonly digits: bigint
  readonly scale: number
}

const scaled: fc.Arbitrary<Scaled> = fc.tuple(fc.oneof(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.bigInt({ min: -1000n, max: 1000n })), fc.nat(18)).map(([digits, scale]) => ({ digits, scale }))
const textOf = ({ digits, scale }: Scaled): string => decimalText(digits, scale)

/** The same number with other zeros, or with an exponent. */
const spelt: fc.Arbitrary<(number: Scaled) => string> = fc.constantFrom(textOf, ({ digits, scale }) => `${digits}e-${scale}`, ({ digits, scale }) => decimalText(digits * 1000n, scale + 3))

const compute = (operator: ArithmeticOperator, a: string, b: string): Value => arithmetic(operator, decimalType, decimalType)?.compute(a, b)

const align = (a: Scaled, b: Scaled): readonly [bigint, bigint, number] => {
  const scale = Math.max(a.scale, b.scale)
  return [a.digits * 10n ** BigInt(scale - a.scale), b.digits * 10n ** BigInt(scale - b.scale), scale]
}

const absolute = (value: bigint): bigint => (value < 0n ? -value : value)

const digitsOf = (value: bigint): number => String(value).length
const whole = ([top, bottom]: readonly [bigint, bigint]): bigint => top / bottom

/** `numerator / denominator` (both positive) with 34 significant digits, half to even, as text. */
function quotient(numerator: bigint, denominator: bigint): string {
  let shift = 34 - (digitsOf(numerator) - digitsOf(denominator))
  const at = (places: number): readonly [bigint, bigint] => (places >= 0 ? [numerator * 10n ** BigInt(places), denominator] : [numerator, denominator * 10n ** BigInt(-places)])
  if (digitsOf(whole(at(shift))) > 34) shift -= 1
  if (digitsOf(whole(at(shift))) < 34) shift += 1
  const [top, bottom] = at(shift)
  const [down, rest] = [top / bottom, top % bottom]
  const up = 2n * rest > bottom || (2n * rest === bottom && down % 2n === 1n)
  const rounded = down + (up ? 1n : 0n)
  return shift >= 0 ? decimalText(rounded, shift) : String(rounded * 10n ** BigInt(-shift))
}

let cases = 0

/** The pairs of which our decimal is not the expected one. */
function different(...pairs: readonly (readonly [mine: Value, expected: string])[]): readonly unknown[] {
  cases += pairs.length
  return pairs.filter(([mine, expected]) => !equalValues(decimalType, mine, expected))
}

const runs = { numRuns: 3000 }

describe('decimals are what whole numbers of any size say', () => {
  afterAll(() => console.info(`BigInt: ${cases} results of decimals are the same`))

  it('added, subtracted and multiplied, without losing a digit', () => {
    fc.assert(fc.property(scaled, scaled, spelt, (a, b, spell) => {
      const [x, y, scale] = align(a, b)
      expect(different(
        [compute('add', spell(a), textOf(b)), decimalText(x + y, scale)], [compute('sub', textOf(a), spell(b)), decimalText(x - y, scale)],
        [compute('mul', spell(a), spell(b)), decimalText(a.digits * b.digits, a.scale + b.scale)],
      )).toEqual([])
    }), runs)
  })

  it('divided with 34 digits, half to even; the remainder has the sign of the dividend', () => {
    fc.assert(fc.property(scaled, scaled.filter(({ digits }) => digits !== 0n), spelt, (a, b, spell) => {
      const [x, y, scale] = align(a, b)
      const negative = x !== 0n && x < 0n !== y < 0n
      const expected = x === 0n ? '0' : `${negative ? '-' : ''}${quotient(absolute(x), absolute(y))}`
      expect(different([compute('div', spell(a), textOf(b)), expected], [compute('divby', textOf(a), spell(b)), expected], [compute('mod', spell(a), spell(b)), decimalText(x % y, scale)])).toEqual([])
    }), runs)
  })

  it.each(['div', 'mod'] as const)('%s by zero fails; divby zero is infinite, or NaN, by the sign of the dividend', (operator) => {
    fc.assert(fc.property(scaled, spelt, (a, spell) => {
      cases += 2
      expect(() => compute(operator, spell(a), '0.00')).toThrow(expect.objectContaining({ code: 'HUB_QUERY_INVALID' }))
      expect(compute('divby', spell(a), '0')).toBe(a.digits === 0n ? 'NaN' : a.digits < 0n ? '-INF' : 'INF')
    }))
  })

  it('compared exactly, however they are written', () => {
    fc.assert(fc.property(scaled, scaled, spelt, (a, b, spell) => {
      const [x, y] = align(a, b)
      cases += 2
      expect([compareValues(decimalType, spell(a), textOf(b)), equalValues(decimalType, spell(a), textOf(a))]).toEqual([x < y ? -1 : x > y ? 1 : 0, true])
    }), runs)
  })

  it('rounded half away from zero, down and up, and cast by leaving the fraction off', () => {
    fc.assert(fc.property(scaled, spelt, (a, spell) => {
      const unit = 10n ** BigInt(a.scale)
      const [trunk, rest] = [a.digits / unit, a.digits % unit]
      const round = (name: 'round' | 'floor' | 'ceiling'): Value => compile(call(name, decimalType, literal(decimalType, spell(a))), [])([])
      expect(different(
        [round('round'), String(2n * absolute(rest) >= unit ? trunk + (a.digits < 0n ? -1n : 1n) : trunk)],
        [round('floor'), String(rest !== 0n && a.digits < 0n ? trunk - 1n : trunk)], [round('ceiling'), String(rest !== 0n && a.digits > 0n ? trunk + 1n : trunk)],
      )).toEqual([])
      const fits = trunk >= -(2n ** 31n) && trunk < 2n ** 31n
      expect([castValue(spell(a), decimalType, int32Type), castValue(spell(a), decimalType, doubleType)]).toEqual([fits ? Number(trunk) : null, Number(textOf(a))])
      cases += 2
    }), runs)
  })
})
