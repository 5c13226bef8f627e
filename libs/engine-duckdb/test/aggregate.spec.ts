import {
  aggregate, column, constantRows, dateTimeOffsetType, decimalType, doubleType, int64Type, stringType, type Aggregate, type AggregateMethod, type Column, type Group, type Measure, type Value,
} from '@tributary/plan'
import type { TierNotice } from '@tributary/operators'
import * as fc from 'fast-check'
import { engineFixture } from './engine-fixture.js'
import { rowsOf } from './given-rows.js'
import { readOf } from './paged-source.js'

const columns: readonly Column[] = [
  { name: 'Text', type: stringType }, { name: 'Moment', type: dateTimeOffsetType }, { name: 'Amount', type: decimalType }, { name: 'Weight', type: doubleType }, { name: 'Count', type: int64Type },
]
const values = fc.tuple(
  fc.option(fc.constantFrom('a', 'A', 'b', '', 'ä', 'x!y')),
  fc.option(fc.constantFrom('2024-01-01T00:00:00Z', '2024-01-01T01:00:00+01:00', '2024-01-01T00:00:00.0000000001Z')),
  fc.option(fc.constantFrom('1', '1.0', '0.1', '-2.5', '99999999999999999999.9', '1e2')),
  fc.option(fc.oneof(fc.double(), fc.constantFrom(0.1, 0.2, 1e300, -0))),
  fc.option(fc.integer({ min: -3, max: 3 }).map(String)),
)
const methods: readonly AggregateMethod[] = ['sum', 'min', 'max', 'average', 'countdistinct', 'count']
const measure = fc.tuple(fc.constantFrom(...methods), fc.nat(4)).filter(([method, index]) => index >= 2 || !['sum', 'average'].includes(method))
const grouping = fc.uniqueArray(fc.nat(4), { maxLength: 2 })

const of = (index: number): Column => columns[index] ?? { name: '', type: stringType }

function planOf(input: Aggregate['input'], by: readonly number[], measured: readonly (readonly [AggregateMethod, number])[]): Aggregate {
  const groups: readonly Group[] = by.map((index) => ({ path: [of(index).name], expression: column(of(index).type, of(index).name) }))
  const measures: readonly Measure[] = measured.map(([method, index], position) => ({
    column: { name: `M${position}`, type: decimalType }, method, ...(method === 'count' ? {} : { expression: column(of(index).type, of(index).name) }),
  }))
  return aggregate(input, { groups, measures, columns: [...by.map(of), ...measures.map((one) => one.column)] })
}

describe('an aggregation beyond memory', () => {
  const { engine } = engineFixture()

  it('gives the groups that memory gives, in their order, wherever it goes on', async () => {
    await fc.assert(fc.asyncProperty(fc.array(values, { maxLength: 50 }), grouping, fc.array(measure, { maxLength: 3 }), fc.nat(6), async (rows, by, measured, engineFrom) => {
      const pages = Array.from({ length: Math.ceil(rows.length / 7) }, (_, page) => ({ kind: 'rows' as const, columns, rows: rows.slice(7 * page, 7 * page + 7) }))
      const plan = planOf(readOf('Rows', columns), by, measured)
      const sets = { Rows: () => pages }
      expect(await rowsOf(plan, { engine, sets, limits: { engineFrom } })).toEqual(await rowsOf(plan, { sets }))
    }), { numRuns: 100 })
  })

  it('gives one row for no rows where nothing is grouped', async () => {
    expect(await rowsOf(planOf(constantRows(columns, []), [], [['count', 0], ['sum', 2]]), { engine, limits: { engineFrom: 0 } })).toEqual([['0', null]])
  })

  it('holds as many groups as it may, and says why it went on', async () => {
    const many: readonly (readonly Value[])[] = Array.from({ length: 3000 }, (_, index) => [`k${(index * 7) % 1000}`, null, String(index), null, String(index % 5)])
    const notices: TierNotice[] = []
    const plan = planOf(constantRows(columns, many), [0], [['sum', 2], ['countdistinct', 4]])
    const rows = await rowsOf(plan, { engine, limits: { buildRows: 100 }, notice: (one) => notices.push(one) })
    expect(rows).toEqual(await rowsOf(plan))
    expect(rows).toHaveLength(1000)
    expect(notices).toEqual([{ operator: 'Aggregate', tier: 'embedded engine', why: 'more than 100 rows in the groups of one aggregation' }])
    await expect(rowsOf(plan, { limits: { buildRows: 100 } })).rejects.toMatchObject({ code: 'HUB_LIMIT_EXCEEDED' })
  })
})

