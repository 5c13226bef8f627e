import {
  aggregate, binary, booleanType, call, column, compute, dateTimeOffsetType, dateType, decimalType, doubleType, expand, expandedColumn, filter, inList, int32Type, int64Type, literal, not, nullType,
  primitiveType, stringType, type Aggregate, type AggregateMethod, type Column, type Expression, type Page, type Plan, type Value, type ValueType,
} from '@tributary/plan'
import type { TierNotice } from '@tributary/operators'
import * as fc from 'fast-check'
import { engineFixture } from './engine-fixture.js'
import { rowsOf } from './given-rows.js'
import { bytesPage, readOf } from './paged-source.js'

const guidType = primitiveType('Edm.Guid')
const orderColumns: readonly Column[] = [
  { name: 'Customer', type: stringType }, { name: 'Region', type: int32Type }, { name: 'Amount', type: decimalType }, { name: 'Quantity', type: int64Type }, { name: 'Paid', type: booleanType },
  { name: 'Day', type: dateType }, { name: 'At', type: dateTimeOffsetType }, { name: 'Weight', type: doubleType }, { name: 'Row', type: guidType },
]
const customerColumns: readonly Column[] = [{ name: 'Id', type: stringType }, { name: 'Land', type: stringType }, { name: 'Zone', type: int64Type }, { name: 'Since', type: dateType }]
const zoneColumns: readonly Column[] = [{ name: 'Number', type: int32Type }, { name: 'Title', type: stringType }]

const zones = expand(readOf('Customers', customerColumns), {
  navigation: expandedColumn('~Zone', 'T.Zone', { toMany: false, columns: zoneColumns, visible: ['Title'] }), on: [{ from: 'Zone', to: 'Number' }], related: readOf('Zones', zoneColumns),
})
const relatedColumns: readonly Column[] = [...customerColumns, zones.navigation]
const joined = expand(readOf('Orders', orderColumns), {
  navigation: expandedColumn('~Customer', 'T.Customer', { toMany: false, columns: relatedColumns, visible: ['Land'] }), on: [{ from: 'Customer', to: 'Id' }], related: zones,
})

const own = (name: string): Expression => column(orderColumns.find((one) => one.name === name)?.type ?? stringType, name)
const land = column(stringType, '~Customer', 'Land')
const since = column(dateType, '~Customer', 'Since')
const title = column(stringType, '~Customer', '~Zone', 'Title')

function grouped(input: Plan, groups: readonly Expression[], measures: readonly (readonly [AggregateMethod, Expression?])[]): Aggregate {
  const shown = groups.map((expression, index): Column => ({ name: `G${index}`, type: expression.type }))
  const computed = measures.map(([method, expression], index) => ({ column: { name: `M${index}`, type: decimalType }, method, ...(expression === undefined ? {} : { expression }) }))
  return aggregate(input, { groups: groups.map((expression, index) => ({ path: [`G${index}`] as const, expression })), measures: computed, columns: [...shown, ...computed.map((one) => one.column)] })
}

const two = (number: number): string => String(number).padStart(2, '0')
const text = fc.constantFrom('a', 'A', 'ä', '', 'x\ny', '\u0000', '𝒳', '\ufffd', 'a ')
const amount = fc.tuple(fc.integer({ min: -9_999_999, max: 9_999_999 }), fc.nat(6)).map(([number, places]) => (number / 10 ** places).toFixed(places))
const day = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 })).map(([month, date]) => `2024-${two(month)}-${two(date)}`)
const order = fc.tuple(
  fc.option(text), fc.option(fc.integer({ min: -3, max: 3 })), fc.option(amount), fc.option(fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }).map(String)), fc.option(fc.boolean()), fc.option(day),
  fc.option(day.map((date) => `${date}T01:02:03Z`)), fc.option(fc.double({ noNaN: true })), fc.option(fc.constantFrom('00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-00000000000b')),
)
const customers = fc.uniqueArray(fc.tuple(text, fc.option(text), fc.option(fc.integer({ min: 0, max: 3 }).map(String)), fc.option(day)), { selector: ([id]) => id, maxLength: 6 })
const zoneRows = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.option(text)), { selector: ([number]) => number, maxLength: 4 })

const exact = (type: ValueType): boolean => type.base === 'Edm.Int64' || type.base === 'Edm.Decimal'
/** As a source writes them, with exact numbers as strings or as numbers. */
function asBytes(columns: readonly Column[], rows: readonly (readonly Value[])[], ieee754: boolean): Page {
  const member = (value: Value, { name, type }: Column): string => `${JSON.stringify(name)}:${!ieee754 && exact(type) && value !== null ? String(value) : JSON.stringify(value)}`
  return bytesPage(columns, rows.map((row) => `{${row.map((value, index) => member(value, columns[index] ?? { name: '', type: stringType })).join(',')}}`), { ieee754 })
}

/** As a source with other names sends them. */
const called = (names: Readonly<Record<string, string>>, rows: readonly string[]): Page => bytesPage(orderColumns, rows, { renamed: new Map(Object.entries(names)) })

const sampled = (orders: readonly (readonly Value[])[], theirs: readonly (readonly Value[])[]) => ({
  Orders: () => [{ kind: 'rows' as const, columns: orderColumns, rows: orders }], Customers: () => [{ kind: 'rows' as const, columns: customerColumns, rows: theirs }], Zones: () => [],
})
const orderOf = (values: Readonly<Record<string, Value>>): readonly Value[] => orderColumns.map(({ name }) => values[name] ?? null)

/** Everything that is printed, each beside what it is printed as. */
const constructs: readonly (readonly [string, Aggregate])[] = [
  ['counts and sums by a related column', grouped(joined, [land], [['count'], ['sum', own('Amount')], ['sum', own('Quantity')]])],
  ['averages, extremes and distinct values', grouped(joined, [own('Region'), own('Paid')], [['average', own('Amount')], ['average', own('Quantity')], ['min', since], ['max', land], ['min', own('Region')], ['countdistinct', own('Amount')], ['countdistinct', title]])],
  ['groups by dates, moments and guids', grouped(joined, [own('Day'), own('At')], [['max', own('Row')], ['min', own('Day')], ['count']])],
  ['related rows of related rows', grouped(joined, [title, own('Row')], [['sum', own('Amount')]])],
  ['one row in all', grouped(joined, [], [['count'], ['sum', own('Amount')], ['max', land], ['average', own('Region')]])],
  ['no measure at all', grouped(joined, [land, title], [])],
  ['a filter with every comparison', grouped(filter(joined, [
    binary('ge', own('Amount'), literal(decimalType, '-100.5')), binary('ne', land, literal(stringType, "O'a")), binary('or', binary('eq', land, literal(nullType, null)), binary('lt', own('Region'), own('Quantity'))),
    not(inList(own('Region'), [literal(int32Type, 3), own('Quantity')])),
  ].reduce((left, right) => binary('and', left, right))), [land], [['count'], ['sum', own('Quantity')]])],
  ['a filter with functions of texts', grouped(filter(joined, binary('or', call('contains', booleanType, land, literal(stringType, 'a')), binary('and', call('startswith', booleanType, title, own('Customer')), not(call('endswith', booleanType, land, title))))), [land], [['count']])],
  ['truth values of three kinds', grouped(filter(joined, not(binary('and', own('Paid'), binary('gt', own('Amount'), literal(decimalType, '0'))))), [own('Paid')], [['count']])],
  ['computed columns', grouped(compute(joined, [{ column: { name: 'Total', type: decimalType }, expression: binary('mul', own('Amount'), own('Region'), decimalType) }, { column: { name: 'More', type: int64Type }, expression: binary('sub', own('Region'), literal(int32Type, 7), int64Type) }]),
    [column(int64Type, 'More')], [['sum', column(decimalType, 'Total')], ['sum', binary('add', column(decimalType, 'Total'), own('Amount'), decimalType)]])],
]

describe('an aggregation over joined rows', () => {
  const { engine } = engineFixture()
  const onEngine = { limits: { engineFrom: 0 } }

  it.each(constructs)('means in SQL what it means in memory: %s', async (_, plan) => {
    await fc.assert(fc.asyncProperty(fc.array(order, { minLength: 1, maxLength: 30 }), customers, zoneRows, fc.boolean(), async (rows, theirs, zoned, ieee754) => {
      const sets = { Orders: () => [asBytes(orderColumns, rows.slice(0, 5), ieee754), asBytes(orderColumns, rows.slice(5), true)], Customers: () => [asBytes(customerColumns, theirs, ieee754)], Zones: () => [asBytes(zoneColumns, zoned, true)] }
      const notices: TierNotice[] = []
      const given = await rowsOf(plan, { engine, sets, ...onEngine, notice: (one) => notices.push(one) })
      expect(given).toEqual(await rowsOf(plan, { sets }))
      expect(notices.map(({ tier }) => tier)).toEqual(['embedded engine'])
    }), { numRuns: 25 })
  })

  it('leaves values that are not written plainly to memory, and says so', async () => {
    const sums = grouped(joined, [land], [['sum', own('Amount')]])
    const days = grouped(joined, [own('At')], [['count']])
    const cases: readonly (readonly [Aggregate, readonly (readonly Value[])[]])[] = [
      [sums, [orderOf({ Amount: '1e3' }), orderOf({ Amount: '1' })]],
      [sums, [orderOf({ Amount: '0.0000000000001' }), orderOf({ Amount: '1' })]],
      [sums, [orderOf({ Amount: '99999999999999999999999999999999999999.5' })]],
      [days, [orderOf({ At: '2024-01-01T00:00:00Z' }), orderOf({ At: '2024-01-01T00:00:00.0000001Z' })]],
      [grouped(joined, [own('Day')], [['count']]), [orderOf({ Day: '-0044-03-15' })]],
    ]
    for (const [plan, rows] of cases) {
      const notices: TierNotice[] = []
      const sets = sampled(rows, [])
      expect(await rowsOf(plan, { engine, sets, limits: { engineFrom: 0, buildRows: 1_000_000 }, notice: (one) => notices.push(one) })).toEqual(await rowsOf(plan, { sets }))
      expect(notices.map(({ tier }) => tier).slice(0, 2)).toEqual(['embedded engine', 'memory'])
    }
  })

  it('reads members by the names their source gave them, though others call them otherwise', async () => {
    const plan = grouped(joined, [land], [['sum', own('Quantity')]])
    const customer = { Customers: () => [asBytes(customerColumns, [['a', 'DE', null, null], ['b', 'FR', null, null]], true)], Zones: () => [] }
    const alike: readonly (readonly Page[])[] = [
      [called({ Customer: 'Buyer', Quantity: 'Number' }, ['{"Buyer":"a","Number":"1"}', '{"Buyer":"b","Number":"2"}']), called({}, ['{"Customer":"a","Quantity":"3"}'])],
      [called({}, ['{"Customer":"a","Quantity":"4"}', '{"Customer":"b","Quantity":"2"}']), called({ Customer: 'Quantity', Quantity: 'Customer' }, ['{"Quantity":"a","Customer":"0"}'])],
      [called({ Customer: 'AMOUNT', Quantity: 'Number' }, ['{"AMOUNT":"a","Number":"4","Amount":"7"}', '{"AMOUNT":"b","Number":"2"}'])],
    ]
    for (const pages of alike) {
      const notices: TierNotice[] = []
      expect(await rowsOf(plan, { engine, sets: { ...customer, Orders: () => pages }, ...onEngine, notice: (one) => notices.push(one) })).toEqual([['DE', '4'], ['FR', '2']])
      expect(notices.map(({ tier }) => tier)).toEqual(['embedded engine'])
    }
  })

  it('keeps decimals exact that need more than 64 bits', async () => {
    const plan = grouped(joined, [], [['sum', own('Amount')], ['average', own('Amount')]])
    const sets = sampled(['12345678901234567890.123456', '0.000000000001', '-1'].map((one) => orderOf({ Amount: one })), [])
    expect(await rowsOf(plan, { engine, sets, ...onEngine })).toEqual([['12345678901234567889.123456000001', expect.stringMatching(/^4115226300411522629\.7078186666\d+$/)]])
    expect(await rowsOf(plan, { engine, sets, ...onEngine })).toEqual(await rowsOf(plan, { sets }))
  })

  it('names the key of a relationship that is not unique, where a row seeks it', async () => {
    const plan = grouped(joined, [land], [['count']])
    const twice = [['a', 'DE', null, null], ['b', 'FR', null, null], ['b', 'IT', null, null]]
    expect(await rowsOf(plan, { engine, sets: sampled([orderOf({ Customer: 'a' })], twice), ...onEngine })).toEqual([['DE', '1']])
    const code = 'HUB_JOIN_NOT_UNIQUE'
    const sets = sampled([orderOf({ Customer: 'a' }), orderOf({ Customer: 'b' })], twice)
    await expect(rowsOf(plan, { sets })).rejects.toMatchObject({ code })
    await expect(rowsOf(plan, { engine, sets, ...onEngine })).rejects.toMatchObject({ code, message: expect.stringContaining("'b'") as string })
  })

  it('keeps to memory what it does not mean the same of', async () => {
    const refused: readonly Aggregate[] = [
      grouped(joined, [land], [['sum', own('Weight')]]), grouped(filter(joined, binary('eq', call('tolower', stringType, land), literal(stringType, 'de'))), [land], [['count']]),
    ]
    for (const plan of refused) {
      const sets = sampled([orderOf({ Customer: 'a', Weight: 1.5, Amount: '2.0' })], [['a', 'DE', null, null]])
      const notices: TierNotice[] = []
      await rowsOf(plan, { engine, sets, ...onEngine, notice: (one) => notices.push(one) })
      expect(notices.filter(({ why }) => why.includes('join and group'))).toEqual([])
    }
  })

  it('does not read related rows as a whole where they are many for few keys', async () => {
    const read = { rows: 0 }
    const many = function* (): Generator<Page> {
      for (let page = 0; page < 100; page += 1) {
        read.rows += 1000
        yield { kind: 'rows', columns: customerColumns, rows: Array.from({ length: 1000 }, (_, row) => [`k${1000 * page + row}`, 'DE', null, null]) }
      }
    }
    const plan = grouped(joined, [land], [['count']])
    const notices: TierNotice[] = []
    await rowsOf(plan, { engine, sets: { ...sampled([orderOf({ Customer: 'k5' })], []), Customers: many }, limits: { engineFrom: 0, buildRows: 200_000 }, notice: (one) => notices.push(one) })
    expect(notices.filter(({ why }) => why.includes('join and group'))).toEqual([])
    expect(read.rows).toBeLessThanOrEqual(106_000)
  })
})
