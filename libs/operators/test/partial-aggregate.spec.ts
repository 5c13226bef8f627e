import { aggregate, column, concat, constantRows, decimalType, int32Type, stringType, type Aggregate, type Column, type Plan, type Value } from '@tributary/plan'
import * as fc from 'fast-check'
import { worldOf } from './array-source.js'
import { columnOf, run } from './run-plan.js'

const columns = [columnOf('Buyer', stringType), columnOf('Land', stringType), columnOf('Amount', decimalType), columnOf('Size', int32Type)]
const world = worldOf([], {})
const group = (name: string) => ({ path: [name] as const, expression: column(stringType, name) })
const part = (name: string, type = decimalType): Column => ({ name, type })
const [total, number, mean, most] = [part('Total'), part('Number'), part('Mean'), part('Most', int32Type)]

const whole = (input: Plan): Aggregate => aggregate(input, {
  groups: [group('Land')], columns: [columnOf('Land', stringType), total, number, mean, most],
  measures: [
    { column: total, method: 'sum', expression: column(decimalType, 'Amount') }, { column: number, method: 'count' }, { column: mean, method: 'average', expression: column(int32Type, 'Size') }, { column: most, method: 'max', expression: column(int32Type, 'Size') },
  ],
})

const of = (name: string): ReturnType<typeof column> => column(decimalType, name)
/** Rows that come in several pages. */
const paged = (rows: readonly (readonly Value[])[], size: number): Plan => concat(Array.from({ length: Math.ceil(rows.length / size) }, (_, page) => constantRows(columns, rows.slice(size * page, size * page + size))), columns)

/** The same, over groups of rows that may come several times. */
function inParts(input: Plan): Aggregate {
  const measures = [
    { column: part('~0'), method: 'sum' as const, expression: column(decimalType, 'Amount') }, { column: part('~1'), method: 'count' as const }, { column: part('~2'), method: 'sum' as const, expression: column(int32Type, 'Size') },
    { column: part('~3', int32Type), method: 'max' as const, expression: column(int32Type, 'Size') },
  ]
  const below = aggregate(input, { groups: [group('Buyer'), group('Land')], measures, columns: [...columns.slice(0, 2), ...measures.map((one) => one.column)], partial: true })
  return aggregate(below, {
    ...whole(input), measures: [
      { column: total, method: 'sum', expression: of('~0') }, { column: number, method: 'sum', expression: of('~1') }, { column: mean, method: 'average', expression: of('~2'), per: of('~1') }, { column: most, method: 'max', expression: column(int32Type, '~3') },
    ],
  })
}

const rows = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), fc.option(fc.constantFrom('x', 'y', 'X')), fc.option(fc.constantFrom('1', '1.0', '0.1', '-2.5')), fc.integer({ min: -9, max: 9 })), { maxLength: 60 })

describe('an aggregation in parts', () => {
  it('is the aggregation, in the same order, however few groups are held at a time', async () => {
    await fc.assert(fc.asyncProperty(rows, fc.integer({ min: 1, max: 40 }), async (given: readonly (readonly Value[])[], buildRows) => {
      const input = paged(given, 5)
      // The groups above are as many as may be held at least.
      const limits = { buildRows: Math.max(buildRows, 4) }
      expect((await run(inParts(input), world, limits)).rows).toEqual((await run(whole(input), world)).rows)
    }), { numRuns: 150 })
  })

  it('lets groups go that are too many, and looks for no more where rows share none', async () => {
    const many = Array.from({ length: 14_000 }, (_, index) => [`b${index}`, `l${index % 3}`, '0.5', index % 7])
    const input = paged(many, 1000)
    expect((await run(inParts(input), world)).rows).toEqual((await run(whole(input), world)).rows)
  })
})
