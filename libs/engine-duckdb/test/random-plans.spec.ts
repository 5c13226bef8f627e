import {
  aggregate, binary, call, booleanType, column, compute, concat, dateType, decimalType, expand, expandedColumn, filter, inList, int32Type, int64Type, limit, literal, not, nullType, orderKey, outputColumns, semiJoin, sort, stringType,
  type Aggregate, type AggregateMethod, type Column, type Expression, type OrderKey, type Page, type Plan, type Value,
} from '@tributary/plan'
import type { TierNotice } from '@tributary/operators'
import * as fc from 'fast-check'
import { engineFixture } from './engine-fixture.js'
import { rowsOf } from './given-rows.js'
import { bytesPage, readOf } from './paged-source.js'

/**
 * Random plans of everything that a statement may consist of: what the engine makes of one is what the operators make of it, row by row and in
 * the same order. `ENGINE_PLAN_RUNS` is their number, `ENGINE_PLAN_SEED` chooses them.
 */
const runs = Number(process.env['ENGINE_PLAN_RUNS'] ?? 150)
const seed = Number(process.env['ENGINE_PLAN_SEED'] ?? 20_261_122)

const orderColumns: readonly Column[] = [{ name: 'Buyer', type: stringType }, { name: 'Size', type: int32Type }, { name: 'Amount', type: decimalType }, { name: 'Number', type: int64Type }, { name: 'Day', type: dateType }, { name: 'Paid', type: booleanType }]
const buyerColumns: readonly Column[] = [{ name: 'Id', type: stringType }, { name: 'Land', type: stringType }, { name: 'Rank', type: int32Type }]
const orders = readOf('Orders', orderColumns)
const more = readOf('More', orderColumns)
const buyers = readOf('Buyers', buyerColumns)
const withBuyer = (input: Plan): Plan => expand(input, { navigation: expandedColumn('~Buyer', 'T.Buyer', { toMany: false, columns: buyerColumns, visible: ['Land'] }), on: [{ from: 'Buyer', to: 'Id' }], related: buyers })

const own = (name: string): Expression => column(orderColumns.find((one) => one.name === name)?.type ?? stringType, name)
const land = column(stringType, '~Buyer', 'Land')
const rank = column(int32Type, '~Buyer', 'Rank')

const predicates: readonly Expression[] = [
  binary('gt', own('Amount'), literal(decimalType, '0.5')), binary('eq', land, literal(stringType, 'A')), binary('ne', own('Buyer'), literal(nullType, null)), not(own('Paid')), inList(own('Size'), [literal(int32Type, 1), own('Number')]),
  binary('or', binary('lt', rank, own('Size')), call('contains', booleanType, own('Buyer'), literal(stringType, 'a'))), binary('and', own('Paid'), binary('le', own('Number'), literal(int64Type, '7'))),
]
const sortable: readonly Expression[] = [own('Buyer'), own('Size'), own('Amount'), own('Number'), own('Day'), own('Paid'), land, rank]
const keysOf = (from: readonly Expression[]): fc.Arbitrary<readonly [OrderKey, ...OrderKey[]]> =>
  fc.tuple(fc.tuple(fc.constantFrom(...from), fc.boolean()), fc.array(fc.tuple(fc.constantFrom(...from), fc.boolean()), { maxLength: 2 }))
    .map(([[first, down], rest]) => [orderKey(first, down), ...rest.map(([expression, descending]) => orderKey(expression, descending))])
const cut = fc.tuple(fc.nat(3), fc.integer({ min: 0, max: 12 }))

type Step = (input: Plan) => Plan
const total: Column = { name: 'Total', type: decimalType }
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom(...predicates).map((predicate): Step => (input) => filter(input, predicate)),
  keysOf(sortable).map((keys): Step => (input) => sort(input, keys)),
  fc.tuple(keysOf(sortable), cut).map(([keys, [skip, take]]): Step => (input) => limit(sort(input, keys), skip, take)),
  fc.boolean().map((anti): Step => (input) => semiJoin(input, { on: [{ from: 'Buyer', to: 'Id' }], related: filter(buyers, binary('gt', column(int32Type, 'Rank'), literal(int32Type, 1))), anti })),
)
const rows: fc.Arbitrary<Plan> = fc.array(step, { maxLength: 3 }).chain((steps) => fc.boolean().map((both) => {
  const first = steps.reduce((plan, apply) => apply(plan), withBuyer(orders))
  if (!both) return first
  const second = steps.slice(1).reduce((plan, apply) => apply(plan), withBuyer(more))
  return concat([first, second], outputColumns(first))
}))

const methods: readonly (readonly [AggregateMethod, Expression?])[] = [
  ['count'], ['sum', own('Amount')], ['sum', own('Size')], ['average', own('Amount')], ['average', own('Number')], ['min', own('Day')], ['max', own('Buyer')], ['min', own('Size')], ['max', land], ['countdistinct', own('Amount')], ['countdistinct', rank],
]
const groupable: readonly Expression[] = [own('Buyer'), own('Size'), own('Number'), own('Day'), own('Paid'), land, rank]

function grouped(input: Plan, by: readonly Expression[], measures: readonly (readonly [AggregateMethod, Expression?])[]): Aggregate {
  const groups = by.map((expression, index): Column => ({ name: `G${index}`, type: expression.type }))
  const computed = measures.map(([method, expression], index) => ({
    column: { name: `M${index}`, type: (method === 'min' || method === 'max' ? expression?.type : undefined) ?? decimalType }, method, ...(expression === undefined ? {} : { expression }),
  }))
  return aggregate(input, { groups: by.map((expression, index) => ({ path: [`G${index}`] as const, expression })), measures: computed, columns: [...groups, ...computed.map((one) => one.column)] })
}

const groups = fc.tuple(rows, fc.uniqueArray(fc.constantFrom(...groupable), { maxLength: 2 }), fc.uniqueArray(fc.constantFrom(...methods), { maxLength: 3 })).map(([input, by, measures]) => grouped(input, by, measures))

/** Columns of groups that may be computed with: averages may not. */
const computable = (plan: Aggregate): readonly Expression[] => plan.columns.filter(({ name }) => plan.measures.find((one) => one.column.name === name)?.method !== 'average').map(({ name, type }) => column(type, name))

const behind = (plan: Aggregate): fc.Arbitrary<Plan> => {
  const known = computable(plan)
  if (known.length === 0) return fc.constant(plan)
  const counts = known.filter(({ type }) => type.base === 'Edm.Decimal')
  return fc.oneof(
    fc.constant(plan),
    keysOf(known).map((keys) => sort(plan, keys)),
    fc.tuple(keysOf(known), cut).map(([keys, [skip, take]]) => limit(sort(plan, keys), skip, take)),
    fc.constantFrom(...known).map((one) => filter(plan, binary('ne', one, literal(nullType, null)))),
    fc.constantFrom(...known).map((one) => grouped(plan, [], [['countdistinct', one], ['count']])),
    fc.constantFrom(...(counts.length === 0 ? [literal(decimalType, '1')] : counts)).map((one) => aggregate(compute(plan, [{ column: total, expression: binary('add', one, literal(decimalType, '1.5'), decimalType) }]), {
      groups: [], measures: [{ column: total, method: 'sum', expression: column(decimalType, 'Total') }], columns: [total],
    })),
  )
}

const text = fc.constantFrom('a', 'A', 'ä', '', 'x\ny', '\u0000', '𝒳', '￿', 'a ')
const order = fc.tuple(
  fc.option(text), fc.option(fc.integer({ min: -3, max: 3 })), fc.option(fc.constantFrom('1', '1.0', '0.25', '-2.5', '10', '9', '0.000001')), fc.option(fc.integer({ min: -9, max: 9 }).map(String)),
  fc.option(fc.constantFrom('2024-01-01', '2023-12-31', '0001-01-01')), fc.option(fc.boolean()),
)
const buyerRows = fc.uniqueArray(fc.tuple(text, fc.option(text), fc.option(fc.integer({ min: 0, max: 3 }))), { selector: ([id]) => id, maxLength: 7 })
const asBytes = (columns: readonly Column[], given: readonly (readonly Value[])[]): Page => bytesPage(columns, given.map((row) => JSON.stringify(Object.fromEntries(row.map((value, index) => [columns[index]?.name ?? '', value])))))

describe(`random plans as one statement (seed ${seed})`, () => {
  const { engine } = engineFixture()

  it(`give what the operators give: ${runs} plans`, async () => {
    let whole = 0
    await fc.assert(fc.asyncProperty(groups.chain(behind), fc.array(order, { minLength: 1, maxLength: 30 }), fc.array(order, { maxLength: 10 }), buyerRows, async (plan, first, second, theirs) => {
      const sets = { Orders: () => [asBytes(orderColumns, first.slice(0, 4)), asBytes(orderColumns, first.slice(4))], More: () => [asBytes(orderColumns, second)], Buyers: () => [asBytes(buyerColumns, theirs)] }
      const notices: TierNotice[] = []
      const given = await rowsOf(plan, { engine, sets, limits: { engineFrom: 0 }, notice: (one) => notices.push(one) })
      expect(given).toEqual(await rowsOf(plan, { sets }))
      if (notices.length > 0 && notices.every(({ tier, why }) => tier === 'embedded engine' && why.endsWith('to join and group'))) whole += 1
    }), { numRuns: runs, seed })
    // The rest are plans that the engine refuses, and values it declines.
    expect(whole).toBeGreaterThan(runs * 0.6)
    expect(engine.spooledBytes()).toBe(0)
  })
})
