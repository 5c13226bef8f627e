import {
  aggregate, binary, booleanType, call, column, dateTimeOffsetType, dateType, decimalType, doubleType, expand, expandedColumn, filter, int32Type, literal, orderKey, primitiveType, sort, stringType, timeOfDayType,
  type Aggregate, type AggregateMethod, type Column, type Expression, type Plan, type Value, type ValueType,
} from '@tributary/plan'
import type { TierNotice } from '@tributary/operators'
import * as fc from 'fast-check'
import { engineFixture } from './engine-fixture.js'
import { rowsOf } from './given-rows.js'
import { bytesPage, readOf } from './paged-source.js'

/**
 * What is printed of values and functions has the evaluator's meaning: groups by them, extremes, orders and filters are what memory makes of the same rows.
 * `ENGINE_MEANING_RUNS` is the number of tables that each is tried on.
 */
const runs = Number(process.env['ENGINE_MEANING_RUNS'] ?? 15)

const guidType = primitiveType('Edm.Guid')
const columns: readonly Column[] = [
  { name: 'Text', type: stringType }, { name: 'Part', type: stringType }, { name: 'Amount', type: decimalType }, { name: 'Weight', type: doubleType }, { name: 'At', type: dateTimeOffsetType },
  { name: 'Day', type: dateType }, { name: 'Clock', type: timeOfDayType }, { name: 'Id', type: guidType }, { name: 'True', type: booleanType },
]
const typeOf = (name: string): ValueType => columns.find((one) => one.name === name)?.type ?? stringType
const own = (name: string): Expression => column(typeOf(name), name)
const of = (name: Parameters<typeof call>[0], type: ValueType, ...given: readonly Expression[]): Expression => call(name, type, ...given)
const number = (value: number): Expression => literal(int32Type, value)

const partners: readonly Column[] = [{ name: 'Text', type: stringType }, { name: 'At', type: dateTimeOffsetType }, { name: 'Amount', type: decimalType }]
const joined = expand(readOf('Rows', columns), { navigation: expandedColumn('~Of', 'T.Of', { toMany: false, columns: partners, visible: ['Text'] }), on: [{ from: 'Text', to: 'Text' }], related: readOf('Partners', partners) })
const theirs = (name: string): Expression => column(partners.find((one) => one.name === name)?.type ?? stringType, '~Of', name)

function grouped(input: Plan, groups: readonly Expression[], measures: readonly (readonly [AggregateMethod, Expression?])[]): Aggregate {
  const shown = groups.map((expression, index): Column => ({ name: `G${index}`, type: expression.type }))
  const computed = measures.map(([method, expression], index) => ({ column: { name: `M${index}`, type: (method === 'min' || method === 'max' ? expression?.type : undefined) ?? decimalType }, method, ...(expression === undefined ? {} : { expression }) }))
  return aggregate(input, { groups: groups.map((expression, index) => ({ path: [`G${index}`] as const, expression })), measures: computed, columns: [...shown, ...computed.map((one) => one.column)] })
}

const printed: readonly (readonly [string, Expression])[] = [
  ['texts', own('Text')], ['decimals', own('Amount')], ['doubles', own('Weight')], ['moments', own('At')], ['days', own('Day')], ['times', own('Clock')], ['guids', own('Id')], ['truth values', own('True')],
  ['decimals of related rows', theirs('Amount')], ['moments of related rows', theirs('At')],
  ['sums', binary('add', own('Amount'), literal(decimalType, '0.50'), decimalType)], ['products', binary('mul', own('Amount'), number(3), decimalType)],
  ['length', of('length', int32Type, own('Text'))], ['indexof', of('indexof', int32Type, own('Text'), own('Part'))], ['concat', of('concat', stringType, own('Text'), own('Part'))],
  ['trim', of('trim', stringType, of('concat', stringType, own('Part'), own('Text')))], ['substring', of('substring', stringType, own('Text'), number(1))], ['substring with a length', of('substring', stringType, own('Text'), number(0), number(2))],
  ['contains', of('contains', booleanType, own('Text'), own('Part'))], ['startswith', of('startswith', booleanType, own('Text'), own('Part'))], ['endswith', of('endswith', booleanType, own('Text'), own('Part'))],
  ...(['year', 'month', 'day'] as const).flatMap((name) => (['At', 'Day'] as const).map((from): readonly [string, Expression] => [`${name} of ${from}`, of(name, int32Type, own(from))])),
  ...(['hour', 'minute', 'second'] as const).map((name): readonly [string, Expression] => [name, of(name, int32Type, own('At'))]), ['date', of('date', dateType, own('At'))],
  ...(['round', 'floor', 'ceiling'] as const).map((name): readonly [string, Expression] => [name, of(name, decimalType, own('Amount'))]),
]

const two = (value: number): string => String(value).padStart(2, '0')
const day = fc.tuple(fc.constantFrom('0001', '1969', '1970', '2024', '9999'), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 })).map(([year, month, date]) => `${year}-${two(month)}-${two(date)}`)
const clock = fc.tuple(fc.nat(23), fc.constantFrom(0, 30, 59), fc.constantFrom(0, 1, 59)).map(([hour, minute, second]) => `${two(hour)}:${two(minute)}:${two(second)}`)
const moment = fc.oneof(
  fc.tuple(day, clock, fc.constantFrom('Z', '.000Z', '.500Z', '.500000Z', '.000001Z', '+00:00', '+01:00', '-11:30')).map(([date, time, rest]) => `${date}T${time}${rest}`),
  fc.constantFrom('2024-01-01T00:00:00Z', '2024-01-01T01:00:00+01:00', '2023-12-31T12:30:00-11:30', '2024-01-01T00:00:00.000Z', '2024-01-01T00:00:00.000000Z'),
)
const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 4 }), fc.constantFrom('', 'a', 'A', 'ab', 'b', 'ä', 'a\u0308', '𝒳a', '\ufffd', ' a\u00a0', '\u3000', '\u200b', '\t', '\u0000', 'ẞ', 'İ'))
const amount = fc.oneof(fc.constantFrom('1', '1.0', '1.00', '-1', '0', '0.0', '-0', '0.5', '-0.5', '1.5', '2.50', '10', '9'), fc.tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.nat(4)).map(([value, places]) => (value / 10 ** places).toFixed(places)))
const weight = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0.1, 0.2, 1e21, 5e-324, 1, 2)).map((value) => (value === 0 ? 0 : value))
const guid = fc.constantFrom('0000000a-0000-0000-0000-00000000000a', '0000000A-0000-0000-0000-00000000000A', '0000000b-0000-0000-0000-00000000000a')
const row = fc.tuple(text, text, amount, weight, moment, day, clock, guid, fc.boolean()).chain((values) => fc.tuple(...values.map((value) => fc.option(fc.constant<Value>(value), { freq: 8 }))))
const partner = fc.tuple(text, fc.option(moment), fc.option(amount))

const asBytes = (given: readonly Column[], rows: readonly (readonly Value[])[]) => bytesPage(given, rows.map((values) => JSON.stringify(Object.fromEntries(values.map((value, index) => [given[index]?.name ?? '', value])))))

describe('what is printed of a value', () => {
  const { engine } = engineFixture()
  const both = async (plan: Plan, rows: readonly (readonly Value[])[], others: readonly (readonly Value[])[] = []) => {
    const sets = { Rows: () => [asBytes(columns, rows)], Partners: () => [asBytes(partners, others)] }
    const notices: TierNotice[] = []
    const given = await rowsOf(plan, { engine, sets, limits: { engineFrom: 0 }, notice: (one) => notices.push(one) })
    return { given, right: await rowsOf(plan, { sets }), tiers: notices.map(({ tier }) => tier) }
  }

  it.each(printed)('has the meaning of the evaluator: %s', async (_, expression) => {
    const extremes = grouped(joined, [], [['min', expression], ['max', expression], ['countdistinct', expression]])
    const groups = grouped(joined, [expression], [['count']])
    const ordered = sort(grouped(joined, [expression, own('True')], []), [orderKey(column(expression.type, 'G0'), true)])
    const compared = grouped(filter(joined, binary('or', binary('le', expression, expression), binary('eq', expression, expression))), [own('True')], [['count']])
    await fc.assert(fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 25 }), fc.uniqueArray(partner, { selector: ([name]) => name, maxLength: 5 }), fc.constantFrom(extremes, groups, ordered, compared), async (rows, others, plan) => {
      const { given, right, tiers } = await both(plan, rows, others)
      expect(given).toEqual(right)
      expect(tiers).toEqual(['embedded engine'])
    }), { numRuns: runs })
  })

  it.each<[string, readonly Expression[]]>([
    ['decimals', [own('Amount'), literal(decimalType, '1.0')]], ['moments', [own('At'), literal(dateTimeOffsetType, '2024-01-01T01:00:00+01:00')]], ['days', [own('Day'), literal(dateType, '1970-06-01')]],
    ['times', [own('Clock'), literal(timeOfDayType, '12:30:00')]], ['guids', [own('Id'), literal(guidType, '0000000A-0000-0000-0000-00000000000a')]], ['doubles', [own('Weight'), literal(doubleType, 0.1)]],
    ['decimals of both sides', [own('Amount'), theirs('Amount')]], ['moments of both sides', [own('At'), theirs('At')]],
  ])('compares as the evaluator does: %s', async (_, [left, right]) => {
    if (left === undefined || right === undefined) throw new Error('two are compared')
    const operators = fc.constantFrom('eq', 'ne', 'lt', 'ge')
    await fc.assert(fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 25 }), fc.uniqueArray(partner, { selector: ([name]) => name, maxLength: 5 }), operators, async (rows, others, operator) => {
      const { given, right: expected, tiers } = await both(grouped(filter(joined, binary(operator as 'eq', left, right)), [own('True')], [['count']]), rows, others)
      expect(given).toEqual(expected)
      expect(tiers).toEqual(['embedded engine'])
    }), { numRuns: runs })
  })

  it.each<[string, Record<string, Value>]>([
    ['a moment finer than microseconds', { At: '2024-01-01T00:00:00.1234567Z' }], ['a moment in small letters', { At: '2024-01-01t00:00:00z' }], ['a time with a fraction', { Clock: '10:00:00.5' }],
    ['a decimal with an exponent', { Amount: '1e2' }], ['an infinite double', { Weight: 'INF' }], ['a guid in braces', { Id: '{0000000a-0000-0000-0000-00000000000a}' }],
  ])('leaves to memory what is not written plainly: %s', async (_, values) => {
    const [name = ''] = Object.keys(values)
    const { given, right, tiers } = await both(grouped(joined, [own(name)], [['count']]), [columns.map((one) => values[one.name] ?? null)])
    expect(given).toEqual(right)
    expect(tiers.slice(0, 2)).toEqual(['embedded engine', 'memory'])
  })

  it.each<[string, Aggregate]>([
    ['sums of doubles', grouped(joined, [], [['sum', own('Weight')]])], ['means of doubles', grouped(joined, [], [['average', own('Weight')]])], ['cases of letters', grouped(joined, [of('tolower', stringType, own('Text'))], [])],
    ['patterns', grouped(filter(joined, of('matchesPattern', booleanType, own('Text'), literal(stringType, 'a'))), [], [['count']])],
    ['places counted from the end', grouped(joined, [of('substring', stringType, own('Text'), literal(int32Type, -1))], [])], ['quotients', grouped(joined, [binary('div', own('Amount'), literal(decimalType, '3'), decimalType)], [])],
  ])('is refused where its meaning may differ: %s', async (_, plan) => {
    const { tiers } = await both(plan, [['a', 'b', '1', 1, '2024-01-01T00:00:00Z', '2024-01-01', '10:00:00', '0000000a-0000-0000-0000-00000000000a', true]])
    expect(tiers.filter((tier) => tier === 'memory')).toEqual([])
    expect(engine.refusal(plan, new Map([[joined.input, columns], [joined.related, partners]]))).toBeDefined()
  })
})
