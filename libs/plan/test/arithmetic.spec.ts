import * as fc from 'fast-check'
import {
  addDecimals, arithmetic, dateTimeOffsetType, dateType, decimalType, divideDecimals, doubleType, durationType, int32Type, int64Type, negation, nullType, primitiveType, stringType,
  type Value, type ValueType, equalValues,
} from '@tributary/plan'
import type { ArithmeticOperator } from '@tributary/plan'

const compute = (operator: ArithmeticOperator, [left, a]: readonly [ValueType, Value], [right, b]: readonly [ValueType, Value]): Value => {
  const meaning = arithmetic(operator, left, right)
  if (meaning === undefined) throw new Error('not defined')
  return meaning.compute(a, b)
}

const dec = (text: string): readonly [ValueType, Value] => [decimalType, text]
const int = (value: number): readonly [ValueType, Value] => [int32Type, value]
const long = (text: string): readonly [ValueType, Value] => [int64Type, text]
const dbl = (value: number): readonly [ValueType, Value] => [doubleType, value]
const moment = (text: string): readonly [ValueType, Value] => [dateTimeOffsetType, text]
const day = (text: string): readonly [ValueType, Value] => [dateType, text]
const span = (text: string): readonly [ValueType, Value] => [durationType, text]

describe('arithmetic', () => {
  it.each<readonly [readonly [ValueType, Value], ArithmeticOperator, readonly [ValueType, Value], Value]>([
    [int(7), 'div', int(2), '3'],
    [int(-7), 'div', int(2), '-3'],
    [int(-7), 'mod', int(2), '-1'],
    [int(7), 'divby', int(2), '3.5'],
    [int(7), 'divby', int(0), 'INF'],
    [dec('-0.5'), 'divby', dec('0.0'), '-INF'],
    [int(0), 'divby', int(0), 'NaN'],
    [int(2_147_483_647), 'mul', int(2_147_483_647), '4611686014132420609'],
    [long('9007199254740993'), 'add', int(1), '9007199254740994'],
    [dec('0.1'), 'add', dec('0.2'), '0.3'],
    [dec('12345678901234567890123456789.01'), 'mul', dec('98765432109876543210.99'), '1219326311370217952261879286336956256643447340343.2199'],
    [dec('1'), 'div', dec('3'), '0.3333333333333333333333333333333333'],
    [dec('2'), 'div', dec('3'), '0.6666666666666666666666666666666667'],
    [dec('-7.5'), 'mod', int(2), '-1.5'],
    [dec('1.10'), 'sub', int(1), '0.1'],
    [dbl(0.1), 'add', dbl(0.2), 0.1 + 0.2],
    [dbl(1), 'div', dbl(0), Infinity],
    [dbl(1), 'add', dec('0.5'), 1.5],
    [[primitiveType('Edm.Single'), 0.1], 'add', [primitiveType('Edm.Single'), 0.2], Math.fround(Math.fround(0.1) + 0.2)],
    [moment('2024-02-28T23:30:00+02:00'), 'add', span('PT1H'), '2024-02-29T00:30:00+02:00'],
    [moment('2024-03-01T00:00:00.0000001Z'), 'sub', span('PT0.0000002S'), '2024-02-29T23:59:59.9999999Z'],
    [moment('2024-01-02T00:00:00+01:00'), 'sub', moment('2024-01-01T00:00:00Z'), 'PT23H'],
    [day('2024-02-28'), 'add', span('P2D'), '2024-03-01'],
    [day('2024-03-01'), 'sub', day('2024-02-28'), 'P2D'],
    [span('PT90M'), 'add', span('PT45M'), 'PT2H15M'],
    [span('PT90M'), 'sub', span('P1D'), '-PT22H30M'],
    [span('PT90M'), 'mul', dec('1.5'), 'PT2H15M'],
    [int(3), 'mul', span('PT0.1S'), 'PT0.3S'],
    [span('P1D'), 'div', int(7), 'PT3H25M42.85714285714285714285714285714S'],
  ])('%j %s %j = %j', (left, operator, right, result) => expect(compute(operator, left, right)).toBe(result))

  it.each<readonly [ValueType, ArithmeticOperator, ValueType]>([
    [stringType, 'add', int32Type],
    [dateType, 'add', dateType],
    [dateTimeOffsetType, 'mul', int32Type],
    [durationType, 'mod', int32Type],
    [int32Type, 'div', durationType],
    [{ ...int32Type, collection: true }, 'add', int32Type],
  ])('%j %s %j is not defined', (left, operator, right) => expect(arithmetic(operator, left, right)).toBeUndefined())

  it('gives null for null', () => expect(arithmetic('add', nullType, int32Type)?.compute(null, 1)).toBeNull())

  it.each<readonly [readonly [ValueType, Value], ArithmeticOperator, readonly [ValueType, Value]]>([
    [int(1), 'div', int(0)],
    [int(1), 'mod', int(0)],
    [dec('1'), 'div', int(0)],
    [dec('1'), 'mod', int(0)],
    [span('PT1S'), 'divby', int(0)],
    [long('9223372036854775807'), 'add', int(1)],
  ])('%j %s %j fails loudly', (left, operator, right) => {
    expect(() => compute(operator, left, right)).toThrow(expect.objectContaining({ code: 'HUB_QUERY_INVALID' }))
  })

  it('divides integers as big integers do', () => {
    const int64 = fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n })
    fc.assert(fc.property(int64, int64.filter((value) => value !== 0n), (a, b) => {
      expect(compute('div', long(String(a)), long(String(b)))).toBe(String(a / b))
      expect(compute('mod', long(String(a)), long(String(b)))).toBe(String(a % b))
    }))
  })

  it('adds and multiplies decimals as scaled integers do', () => {
    const digits = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n })
    fc.assert(fc.property(digits, digits, (a, b) => {
      expect(equalValues(decimalType, compute('add', dec(`${a}e-7`), dec(`${b}e-7`)), `${a + b}e-7`)).toBe(true)
      expect(equalValues(decimalType, compute('mul', dec(`${a}e-7`), dec(`${b}e-7`)), `${a * b}e-14`)).toBe(true)
    }))
  })

  it('adds up and averages exactly', () => {
    expect(addDecimals('0.1', '0.2')).toBe('0.3')
    expect(divideDecimals('10', '4')).toBe('2.5')
  })

  it('moves date-times as Date does', () => {
    const range = { min: new Date('1700-01-01T00:00:00Z'), max: new Date('2300-01-01T00:00:00Z'), noInvalidDate: true }
    fc.assert(fc.property(fc.date(range), fc.integer({ min: -1e12, max: 1e12 }), (date, ms) => {
      const moved = compute('add', moment(date.toISOString()), span(`${ms < 0 ? '-' : ''}PT${Math.floor(Math.abs(ms) / 1000)}.${String(Math.abs(ms) % 1000).padStart(3, '0')}S`))
      expect(equalValues(dateTimeOffsetType, moved, new Date(date.getTime() + ms).toISOString())).toBe(true)
    }))
  })

  it('negates numbers and durations', () => {
    expect(negation(decimalType)?.compute('1.50', null)).toBe('-1.5')
    expect(negation(durationType)?.compute('PT1S', null)).toBe('-PT1S')
    expect(negation(stringType)).toBeUndefined()
    expect(() => negation(int64Type)?.compute('-9223372036854775808', null)).toThrow(expect.objectContaining({ code: 'HUB_QUERY_INVALID' }))
  })
})
