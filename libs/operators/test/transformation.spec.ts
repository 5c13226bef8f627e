import { isHubError } from '@tributary/errors'
import {
  aggregate, column, constantRows, decimalType, given, int32Type, literal, orderKey, outputColumns, printPlan, sort, stringType, transformation, type Aggregation, type GroupKey, type Plan, type Step, type Value,
} from '@tributary/plan'
import * as fc from 'fast-check'
import { worldOf } from './array-source.js'
import { columnOf, run } from './run-plan.js'

const columns = [columnOf('Land', stringType), columnOf('Amount', int32Type)]
const rowsOf = (rows: readonly (readonly Value[])[]): Plan => constantRows(columns, rows)
const world = worldOf([], {})

const land: GroupKey = { path: ['Land'], expression: column(stringType, 'Land') }
const amount = column(int32Type, 'Amount')
const sum: Aggregation = { column: columnOf('Sum', decimalType), method: 'sum', expression: amount }
const number: Aggregation = { column: columnOf('Number', decimalType), method: 'count' }

const over = (rows: readonly (readonly Value[])[], step: Step): Plan => transformation([rowsOf(rows)], step)
const answer = async (plan: Plan, limits: Parameters<typeof run>[2] = {}): Promise<readonly (readonly Value[])[]> => (await run(plan, world, limits)).rows

async function refusal(plan: Plan, limits: Parameters<typeof run>[2]): Promise<string> {
  try {
    await run(plan, world, limits)
  } catch (error) {
    if (isHubError(error)) return `${error.code}: ${error.message}`
    throw error
  }
  return 'answered'
}

const data = fc.array(fc.tuple(fc.option(fc.constantFrom('a', 'b', 'c'), { nil: null }), fc.option(fc.integer({ min: -5, max: 9 }), { nil: null })), { maxLength: 40 })

describe('set transformations over rows', () => {
  it('one grouping set gives what a plain aggregation gives', async () => {
    await fc.assert(fc.asyncProperty(data, async (rows) => {
      const plain = aggregate(rowsOf(rows), { groups: [land], measures: [sum, number], columns: [columnOf('Land', stringType), sum.column, number.column] })
      expect(await answer(over(rows, { kind: 'aggregates', groups: [land], sets: [[0]], measures: [sum, number] }))).toEqual(await answer(plain))
    }), { numRuns: 60 })
  })

  it('a grand total beside the groups equals the sum of the groups', async () => {
    await fc.assert(fc.asyncProperty(data, async (rows) => {
      const found = await answer(over(rows, { kind: 'aggregates', groups: [land], sets: [[0], []], measures: [number] }))
      const totals = found.filter(([group]) => group === undefined)
      const counted = found.filter(([group]) => group !== undefined).reduce((all, [, count]) => all + Number(count), 0)
      expect(totals.map(([, count]) => Number(count))).toEqual(rows.length === 0 ? [] : [counted])
    }), { numRuns: 60 })
  })

  it('an aggregation of each group by itself is the aggregation by groups', async () => {
    await fc.assert(fc.asyncProperty(data, async (rows) => {
      const each = aggregate(given(columns), { groups: [], measures: [sum], columns: [sum.column] })
      const whole = await answer(over(rows, { kind: 'aggregates', groups: [land], sets: [[0]], measures: [sum] }))
      expect(await answer(over(rows, { kind: 'groups', groups: [land], sets: [[0]], each }))).toEqual(whole)
    }), { numRuns: 60 })
  })

  it('cuts behind the row with which a sum is reached, never before', async () => {
    await fc.assert(fc.asyncProperty(data, fc.integer({ min: 0, max: 30 }), async (rows, wanted) => {
      const sorted = sort(rowsOf(rows), [orderKey(amount, true)])
      const found = await answer(transformation([sorted], { kind: 'cut', unit: 'sum', amount: literal(int32Type, wanted), value: amount }))
      const all = await answer(sorted)
      const before = found.slice(0, -1).reduce((total, [, value]) => total + Number(value ?? 0), 0)
      expect(found).toEqual(all.slice(0, found.length))
      expect(found.length === 0 ? wanted === 0 || rows.length === 0 : before < wanted).toBe(true)
      const reached = found.reduce((total, [, value]) => total + Number(value ?? 0), 0)
      expect(found.length === all.length || reached >= wanted).toBe(true)
    }), { numRuns: 80 })
  })

  it.each<[string, Step, RegExp]>([
    ['groups', { kind: 'aggregates', groups: [{ path: ['Amount'], expression: amount }], sets: [[0]], measures: [] }, /HUB_LIMIT_EXCEEDED.*groups of one aggregation/],
    ['rows of groups', { kind: 'groups', groups: [land], sets: [[0]], each: given(columns) }, /HUB_LIMIT_EXCEEDED.*groups of one groupby/],
    ['rows of a share', { kind: 'cut', unit: 'percent', amount: literal(int32Type, 50), value: amount }, /HUB_LIMIT_EXCEEDED.*share of a sum/],
    ['nested rows', { kind: 'nest', parts: [{ name: 'All', shown: ['Land'], context: '' }] }, /HUB_LIMIT_EXCEEDED.*one nest/],
  ])('refuses to hold more %s than one operator may, by name', async (_what, step, expected) => {
    const rows = Array.from({ length: 50 }, (_, index) => ['a', index])
    expect(await refusal(over(rows, step), { buildRows: 20 })).toMatch(expected)
    expect(await refusal(over(rows, step), { buildRows: 60 })).toBe('answered')
  })

  it('holds nothing for a sum that few rows reach', async () => {
    const rows = Array.from({ length: 500 }, (_, index) => ['a', 500 - index])
    const plan = over(rows, { kind: 'cut', unit: 'sum', amount: literal(int32Type, 999), value: amount })
    expect(await answer(plan, { buildRows: 3, buildBytes: 100 })).toEqual([['a', 500], ['a', 499]])
  })

  it('is printed with what it does, and its inner plan beneath', () => {
    const plan = over([], { kind: 'groups', groups: [land], sets: [[0], []], each: given(columns) })
    expect(printPlan(plan)).toBe('Each group by each of (Land) ()\n├ Rows 0 (Land, Amount)\n└ Given')
    expect(outputColumns(plan).map(({ name, derived }) => [name, derived === true])).toEqual([['Land', true], ['Amount', false]])
  })

  it('multiplies rows in small pages, and no more of what nothing joins than may be held', async () => {
    const rows = Array.from({ length: 30 }, (_, index) => ['a', index] as const)
    const held = transformation([rowsOf(rows), rowsOf(rows)], { kind: 'nest', parts: ['~A', '~B'].map((name) => ({ name, shown: ['Amount'], context: '' })) })
    const product = ['A', 'B'].reduce<Plan>((plan, name) => transformation([plan], { kind: 'unnest', from: `~${name}`, name, shown: ['Amount'], context: '', outer: false, product: '$crossjoin(A,B)' }), held)
    const found = await answer(product)
    expect(found.map(([, , a, b]) => [(a as readonly Value[])[1], (b as readonly Value[])[1]])).toEqual(rows.flatMap(([, a]) => rows.map(([, b]) => [a, b])))
    expect(await refusal(product, { buildRows: 600 })).toMatch(/HUB_LIMIT_EXCEEDED.*\$crossjoin\(A,B\), which nothing joins/)
  })
})
