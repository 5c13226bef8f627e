import { readdir } from 'node:fs/promises'
import {
  booleanType, column, comparatorOf, constantRows, dateTimeOffsetType, dateType, decimalType, doubleType, durationType, enumType, int32Type, int64Type, orderKey, primitiveType, sort, sortTextOf,
  stringType, structuredType, timeOfDayType, type Column, type OrderKey, type Value, type ValueType,
} from '@tributary/plan'
import type { TierNotice } from '@tributary/operators'
import * as fc from 'fast-check'
import { engineFixture } from './engine-fixture.js'
import { rowsOf } from './given-rows.js'
import { bytesPage, readOf } from './paged-source.js'

const digits = fc.tuple(fc.constantFrom('', '-'), fc.bigInt({ min: 0n, max: 10n ** 25n }), fc.nat(12)).map(([sign, number, places]) => {
  const text = String(number).padStart(places + 1, '0')
  return `${sign}${places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`}`
})
const two = (number: number): string => String(number).padStart(2, '0')
const date = fc.tuple(fc.constantFrom('0001', '1969', '1970', '2024', '9999', '12024', '-0044'), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 })).map(([year, month, day]) => `${year}-${two(month)}-${two(day)}`)
const time = fc.tuple(fc.nat(23), fc.nat(59), fc.nat(59), fc.constantFrom('', '.5', '.50', '.05', '.123456789012')).map(([hour, minute, second, fraction]) => `${two(hour)}:${two(minute)}:${two(second)}${fraction}`)
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.constantFrom('', ' ', '!', 'a', 'A', 'ä', 'a ', '\u0000', '\u001f', '\n', '=', '\ufffd', '\u{10000}'))
const mood = enumType('T.Mood', new Map([['Low', -3n], ['None', 0n], ['Glad', 12n]]))

/** Values of every type that rows are sorted by. */
const kinds: readonly (readonly [ValueType, fc.Arbitrary<Value>])[] = [
  [stringType, text],
  [booleanType, fc.boolean()],
  [int32Type, fc.integer()],
  [int64Type, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)],
  [decimalType, fc.oneof(digits, fc.constantFrom('0', '-0', '0.0', '1', '1.0', '1e3', '1000', '9.99e-7', 'INF', '-INF', 'NaN'))],
  [doubleType, fc.oneof(fc.double(), fc.constantFrom(0, -0, Infinity, -Infinity, Number.NaN, 5e-324))],
  [primitiveType('Edm.Single'), fc.float()],
  [dateType, date],
  [timeOfDayType, time],
  [dateTimeOffsetType, fc.tuple(date, time, fc.constantFrom('Z', '+01:00', '-11:30')).map(([day, clock, zone]) => `${day}T${clock}${zone}`)],
  [durationType, fc.constantFrom('PT0S', '-PT1S', 'P1D', 'PT24H', 'PT86400.000000000001S', '-P3DT2H', 'PT1.5S')],
  [primitiveType('Edm.Guid'), fc.uuid().chain((uuid) => fc.constantFrom(uuid, uuid.toUpperCase()))],
  [primitiveType('Edm.Binary'), fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString('base64url'))],
  [mood, fc.constantFrom('Low', 'None', 'Glad', '5')],
  [structuredType('T.Place'), fc.record({ City: text })],
]

describe('the sort text of a value', () => {
  it.each(kinds.map(([type, values]) => [type.name, type, values] as const))('orders as values do: %s', (_, type, values) => {
    const textOf = sortTextOf(type)
    const compare = comparatorOf(type)
    fc.assert(fc.property(fc.option(values), fc.option(values), (a, b) => {
      const [x, y] = [textOf(a), textOf(b)]
      const order = x === null || y === null ? Number(x !== null) - Number(y !== null) : Buffer.compare(Buffer.from(x), Buffer.from(y))
      expect(order).toBe(compare(a, b))
    }), { numRuns: 400 })
  })
})

describe('a sort beyond memory', () => {
  const { engine, spool } = engineFixture()

  const columns: readonly Column[] = [...kinds.map(([type], index) => ({ name: `c${index}`, type })), { name: 'carried', type: primitiveType('Edm.Untyped') }]
  const carried: fc.Arbitrary<Value> = fc.oneof(fc.constantFrom<Value>(undefined, null, Number.NaN, -0, { x: [undefined, Infinity] }, '{"~":1}'), text)
  const row = fc.tuple(...kinds.map(([, values]) => fc.option(values)), carried)

  it('gives the rows that a sort in memory gives, whatever their values are', async () => {
    const order = fc.uniqueArray(fc.tuple(fc.nat(kinds.length - 1), fc.boolean()), { minLength: 1, maxLength: 3, selector: ([index]) => index })
    await fc.assert(fc.asyncProperty(fc.array(row, { maxLength: 60 }), order, async (rows, chosen) => {
      const keys = chosen.map(([index, descending]) => orderKey(column(columns[index]?.type ?? stringType, `c${index}`), descending)) as [OrderKey, ...OrderKey[]]
      const plan = sort(constantRows(columns, rows), keys)
      expect(await rowsOf(plan, { engine, limits: { engineFrom: 0 } })).toEqual(await rowsOf(plan))
    }), { numRuns: 60 })
  })

  it('leaves the bytes of a source as they are, line breaks between their parts aside', async () => {
    const two: readonly Column[] = [{ name: 'A', type: decimalType }, { name: 'B', type: stringType }]
    const sets = { Rows: () => [bytesPage(two, ['{"A":1.50,\n\r"B":"x\\ny"}', '{"B":"\\u001fé#", "A":-2.0}'], { ieee754: false }), bytesPage(two, ['{"A":"0.1","B":null}'], { ieee754: true })] }
    const plan = sort(readOf('Rows', two), [orderKey(column(decimalType, 'A'))])
    const rows = await rowsOf(plan, { engine, sets, limits: { engineFrom: 0 } })
    expect(rows).toEqual(await rowsOf(plan, { sets }))
    expect(rows).toEqual([['-2.0', '\u001fé#'], ['0.1', null], ['1.50', 'x\ny']])
  })

  it('begins in memory and goes on beyond it, which it tells', async () => {
    const numbers = Array.from({ length: 5000 }, (_, index) => [String((index * 7919) % 5000), index])
    const two: readonly Column[] = [{ name: 'A', type: int64Type }, { name: 'B', type: int32Type }]
    const pages = Array.from({ length: 5 }, (_, page) => ({ kind: 'rows' as const, columns: two, rows: numbers.slice(1000 * page, 1000 * page + 1000) }))
    const plan = sort(readOf('Rows', two), [orderKey(column(int64Type, 'A'))])
    const notices: TierNotice[] = []
    const rows = await rowsOf(plan, { engine, sets: { Rows: () => pages }, limits: { engineFrom: 2500 }, notice: (one) => notices.push(one) })
    expect(rows.map(([a]) => a)).toEqual(Array.from({ length: 5000 }, (_, index) => String(index)))
    expect(notices).toEqual([{ operator: 'Sort', tier: 'embedded engine', why: 'more than 2500 rows in one sort' }])
    expect(engine.spooledBytes()).toBe(0)
    expect(await readdir((await readdir(spool.path)).map((name) => `${spool.path}/${name}`)[0] ?? '')).toEqual(['owner.json', 'spill'].filter((name) => name !== 'spill'))
  })
})
