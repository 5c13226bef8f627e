import { DatabaseSync } from 'node:sqlite'
import * as fc from 'fast-check'
import {
  compareValues, dateTimeOffsetType, dateType, decimalType, doubleType, durationType, enumType, equalValues, hashKey, int32Type, int64Type, nullType, primitiveType, promote, stringType,
  timeOfDayType, type Value, type ValueType, booleanType,
} from '@tributary/plan'

const guidType = primitiveType('Edm.Guid')
const binaryType = primitiveType('Edm.Binary')
const color = enumType('Shop.Color', new Map([['Red', 1n], ['Green', 2n], ['Blue', 4n]]))

const scaledText = ([digits, scale]: readonly [bigint, number]): string => `${digits}e-${scale}`

describe('the order of values', () => {
  const ascending: readonly (readonly [ValueType, ...Value[]])[] = [
    [stringType, null, '', 'A', 'Z', 'a', 'ab', 'b', 'é', '\uFFFD', '😀'],
    [int32Type, null, -5, 0, 3, 20],
    [int64Type, null, '-9223372036854775808', '-1', '0', '9007199254740992', '9007199254740993', '9223372036854775807'],
    [decimalType, null, '-INF', '-12.50', '-0.001', '0', '0.10000000000000000000000000000000001', '0.2', '10', '1e2', 'INF'],
    [doubleType, null, Number.NaN, -Infinity, -1.5, 0, 1e-300, 5, Infinity],
    [booleanType, null, false, true],
    [guidType, null, '0A000000-0000-0000-0000-000000000000', '0b000000-0000-0000-0000-000000000000', '0C000000-0000-0000-0000-000000000000'],
    [dateType, null, '-0044-03-15', '0001-01-01', '1999-12-31', '2000-01-01', '10000-01-01'],
    [timeOfDayType, null, '00:00', '07:59:59.999', '07:59:59.9999', '08:00'],
    [dateTimeOffsetType, null, '2024-01-01T00:00:00+02:00', '2023-12-31T23:00:00Z', '2023-12-31T23:00:00.0000000001Z', '2023-12-31T20:00:00-04:00'],
    [durationType, null, '-P1D', '-PT0.5S', 'PT0S', 'PT59.9S', 'PT1M', 'P1D', 'PT25H'],
    [binaryType, null, '', 'AA', 'AAA', '_w'],
    [color, null, 'Red', 'Green', 'Red,Green', 'Blue'],
  ]
  it.each(ascending.map(([type, ...values]) => [type.name, type, values] as const))('%s', (_, type, values) => {
    for (const [i, a] of values.entries()) {
      for (const [j, b] of values.entries()) expect([a, b, compareValues(type, a, b)]).toEqual([a, b, Math.sign(i - j)])
    }
  })

  it('treats an absent value as null', () => {
    expect(compareValues(int32Type, undefined, null)).toBe(0)
    expect(compareValues(int32Type, undefined, -1)).toBe(-1)
  })

  it('orders strings as SQLite does with its binary collation', () => {
    const database = new DatabaseSync(':memory:')
    const statement = database.prepare('select (?1 > ?2) - (?1 < ?2) as answer')
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 6 }), fc.string({ unit: 'binary', maxLength: 6 }), (a, b) => {
      fc.pre(!a.includes('\0') && !b.includes('\0'))
      expect(compareValues(stringType, a, b)).toBe(statement.get(a, b)?.['answer'])
    }), { numRuns: 1000 })
    database.close()
  })

  it('orders Int64 as big integers', () => {
    const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    fc.assert(fc.property(int64, fc.oneof(int64, fc.constantFrom(0n, 1n)), (a, step) => {
      for (const b of [step, a + step, a]) expect(compareValues(int64Type, String(a), String(b))).toBe(a < b ? -1 : a > b ? 1 : 0)
    }))
  })

  it('orders decimals as their scaled integers', () => {
    const scaled = fc.tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.integer({ min: 0, max: 30 }))
    fc.assert(fc.property(scaled, scaled, (a, b) => {
      const x = a[0] * 10n ** BigInt(30 - a[1])
      const y = b[0] * 10n ** BigInt(30 - b[1])
      expect(compareValues(decimalType, scaledText(a), scaledText(b))).toBe(x < y ? -1 : x > y ? 1 : 0)
    }))
  })

  it('orders date-times by instant, as Date does to the millisecond', () => {
    const offset = fc.integer({ min: -14 * 60, max: 14 * 60 })
    const range = { min: new Date('1600-01-01T00:00:00Z'), max: new Date('2400-01-01T00:00:00Z'), noInvalidDate: true }
    const written = fc.tuple(fc.date(range), offset).map(([date, minutes]) => {
      const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, -1)
      const digits = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60].map((part) => String(part).padStart(2, '0'))
      return [date.getTime(), `${local}${minutes < 0 ? '-' : '+'}${digits.join(':')}`] as const
    })
    fc.assert(fc.property(written, written, ([a, textA], [b, textB]) => {
      expect(compareValues(dateTimeOffsetType, textA, textB)).toBe(Math.sign(a - b))
      expect(hashKey([dateTimeOffsetType], [textA]) === hashKey([dateTimeOffsetType], [textB])).toBe(a === b)
    }))
  })

  it('orders date-times in UTC to the last digit of their fraction', () => {
    const written = fc.tuple(fc.integer({ min: 0, max: 99 }), fc.stringMatching(/^\d{0,9}$/)).map(([second, digits]) => {
      const text = new Date(Date.UTC(2024, 0, 1) + second * 1000).toISOString().slice(0, 19)
      return [BigInt(second) * 10n ** 9n + BigInt(digits.padEnd(9, '0')), `${text}${digits === '' ? '' : `.${digits}`}Z`] as const
    })
    fc.assert(fc.property(written, written, ([a, textA], [b, textB]) => {
      expect([textA, textB, compareValues(dateTimeOffsetType, textA, textB)]).toEqual([textA, textB, a < b ? -1 : a > b ? 1 : 0])
    }))
  })

  it('orders short decimals as long ones', () => {
    const short = fc.tuple(fc.integer({ min: -(10 ** 7), max: 10 ** 7 }), fc.integer({ min: 0, max: 6 })).map(([digits, scale]) => [digits * 10 ** (6 - scale), (digits / 10 ** scale).toFixed(scale)] as const)
    fc.assert(fc.property(short, short, ([a, textA], [b, textB]) => {
      expect([textA, textB, compareValues(decimalType, textA, textB)]).toEqual([textA, textB, Math.sign(a - b)])
      expect(compareValues(decimalType, `${textA}${textA.includes('.') ? '' : '.'}00000000000000000000`, textB)).toBe(Math.sign(a - b))
    }))
  })

  it('refuses a number of absurd size instead of computing with it', () => {
    expect(() => compareValues(decimalType, '1e999999999', '1')).toThrow(expect.objectContaining({ code: 'HUB_LIMIT_EXCEEDED' }))
  })
})

describe('equality', () => {
  it.each<readonly [string, ValueType, Value, Value, boolean]>([
    ['null and null', stringType, null, undefined, true],
    ['null and a value', stringType, null, '', false],
    ['NaN and NaN', doubleType, Number.NaN, Number.NaN, false],
    ['decimals of different scale', decimalType, '12.50', '12.5', true],
    ['a number and its text', int64Type, 1, '1', true],
    ['both zeros', doubleType, 0, -0, true],
    ['guids by case', guidType, 'AB000000-0000-0000-0000-000000000000', 'ab000000-0000-0000-0000-000000000000', true],
    ['strings by case', stringType, 'a', 'A', false],
    ['strings by trailing blank', stringType, 'a', 'a ', false],
    ['composed and decomposed letters', stringType, 'é', 'e\u0301', false],
    ['enumeration texts', color, 'Red, Green', '3', true],
    ['padded binary', binaryType, 'AAE=', 'AAE', true],
    ['singles read from different texts', primitiveType('Edm.Single'), 0.1, 0.10000000149011612, true],
  ])('%s', (...[, type, a, b, equal]) => expect(equalValues(type, a, b)).toBe(equal))

  it('compares collections item by item, in order', () => {
    const type = { ...int32Type, collection: true }
    expect(equalValues(type, [1, 2], [1, 2])).toBe(true)
    expect(equalValues(type, [1, 2], [2, 1])).toBe(false)
    expect(equalValues(type, [1], [1, 2])).toBe(false)
  })
})

describe('the hash key', () => {
  it('is one for equal numbers of any type, and another for strings', () => {
    const one = hashKey([int32Type], [1])
    expect(hashKey([int64Type], ['1'])).toBe(one)
    expect(hashKey([decimalType], ['1.00'])).toBe(one)
    expect(hashKey([decimalType], ['10e-1'])).toBe(one)
    expect(hashKey([stringType], ['1'])).not.toBe(one)
    expect(hashKey([int64Type], ['9007199254740993'])).not.toBe(hashKey([int64Type], ['9007199254740992']))
  })

  it('never mixes up the parts of a composite key', () => {
    const types = [stringType, stringType]
    fc.assert(fc.property(fc.tuple(fc.string(), fc.string()), fc.tuple(fc.string(), fc.string()), (a, b) => {
      expect(hashKey(types, a) === hashKey(types, b)).toBe(a[0] === b[0] && a[1] === b[1])
    }))
    expect(hashKey(types, ['a', '1:b'])).not.toBe(hashKey(types, ['a1:', 'b']))
    expect(hashKey(types, [null, 'a'])).not.toBe(hashKey(types, ['', 'a']))
  })

  it('agrees with equality', () => {
    const decimals = fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: 0, max: 3 })).map(([digits, scale]) => `${digits}e-${scale}`)
    fc.assert(fc.property(decimals, decimals, (a, b) => {
      expect(hashKey([decimalType], [a]) === hashKey([decimalType], [b])).toBe(equalValues(decimalType, a, b))
    }))
  })
})

describe('promotion', () => {
  it.each<readonly [ValueType, ValueType, string | undefined]>([
    [int32Type, int64Type, 'Edm.Int64'],
    [int64Type, decimalType, 'Edm.Decimal'],
    [decimalType, doubleType, 'Edm.Double'],
    [decimalType, primitiveType('Edm.Single'), 'Edm.Single'],
    [primitiveType('Edm.Byte'), primitiveType('Edm.Int16'), 'Edm.Int32'],
    [nullType, stringType, 'Edm.String'],
    [stringType, int32Type, undefined],
    [dateType, dateTimeOffsetType, undefined],
    [color, enumType('Shop.Size', new Map()), undefined],
  ])('%#', (a, b, expected) => {
    expect(promote(a, b)?.name).toBe(expected)
    expect(promote(b, a)?.name).toBe(expected)
  })

  it('compares a decimal literal with a double column as doubles', () => {
    expect(equalValues(promote(doubleType, decimalType) ?? nullType, 0.1, '0.1')).toBe(true)
  })
})
