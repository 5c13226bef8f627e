import {
  aggregate, column, concat, decimalType, doubleType, expandedColumn, given, int32Type, int64Type, limit, literal, orderKey, outputColumns, sort, stringType, transformation,
  type Aggregation, type Column, type Expression, type GroupKey, type Hierarchy, type Page, type Plan, type Step, type Value,
} from '@tributary/plan'
import type { TierNotice } from '@tributary/operators'
import * as fc from 'fast-check'
import { engineFixture } from './engine-fixture.js'
import { pagesOf, rowsOf } from './given-rows.js'
import { readOf } from './paged-source.js'

const tagColumns: readonly Column[] = [{ name: 'Tag', type: stringType }, { name: 'Points', type: int32Type }]
const columns: readonly Column[] = [
  { name: 'Land', type: stringType }, { name: 'Amount', type: decimalType }, { name: 'Weight', type: doubleType }, { name: 'Number', type: int64Type },
  expandedColumn('Tags', 'T.Tag', { toMany: true, columns: tagColumns, visible: ['Tag', 'Points'] }),
]
const nodeColumns: readonly Column[] = [{ name: 'Id', type: stringType }, { name: 'Parent', type: stringType }]

const at = (name: string): Expression => column(columns.find((one) => one.name === name)?.type ?? stringType, name)
const land: GroupKey = { path: ['Land'], expression: at('Land') }
const amount: GroupKey = { path: ['Amount'], expression: at('Amount') }
const measure = (name: string, method: Aggregation['method'], more: Partial<Aggregation> = {}): Aggregation => ({ column: { name, type: decimalType }, method, ...more })
const points = { path: ['Tags'], values: ['Points'], type: int32Type }
const measures: readonly Aggregation[] = [
  measure('Rows', 'count'), measure('Sum', 'sum', { expression: at('Amount') }), measure('Weight', 'sum', { expression: at('Weight') }), measure('Kinds', 'countdistinct', { expression: at('Number') }),
  measure('Points', 'sum', { reached: points }), measure('Once', 'sum', { reached: { ...points, identity: ['Tag'] } }),
  measure('Mean', 'average', { of: { groups: [at('Number')], aggregation: measure('Inner', 'max', { expression: at('Amount') }) } }),
]

const within = (steps: (input: Plan) => Plan): Plan => steps(given(columns))
const topTwo = within((input) => limit(sort(input, [orderKey(at('Amount'), true), orderKey(at('Number'))]), 0, 2))
const twice = within((input) => concat([input, limit(input, 1, 3)], columns))
const counted = within((input) => aggregate(input, { groups: [{ path: ['Number'], expression: at('Number') }], measures: [measure('N', 'count')], columns: [{ name: 'Number', type: int64Type }, { name: 'N', type: decimalType }] }))

const hierarchy: Hierarchy = { id: column(stringType, 'Id'), parents: { path: [], values: ['Parent'], type: stringType }, nodes: { path: [], values: ['Land'], type: stringType } }
const shownOfNode: readonly GroupKey[] = [{ path: ['Node'], expression: column(stringType, 'Id') }]
const share = (percent: number): Step => ({ kind: 'cut', unit: 'percent', amount: literal(int32Type, percent), value: at('Number') })

const steps: readonly (readonly [string, Step])[] = [
  ['the first rows of each group', { kind: 'groups', groups: [land], sets: [[0]], each: topTwo }],
  ['rows of a group read twice', { kind: 'groups', groups: [land], sets: [[0], []], each: twice }],
  ['groups within groups of a rollup', { kind: 'groups', groups: [land, amount], sets: [[0, 1], [0], []], each: counted }],
  ['a rollup', { kind: 'aggregates', groups: [land, amount], sets: [[0, 1], [0], []], measures }],
  ['one group of all', { kind: 'aggregates', groups: [], sets: [[]], measures }],
  ['a share of a sum', share(60)],
  ['a share of a negative amount', share(-10)],
  ['the order of a hierarchy', { kind: 'traverse', ...hierarchy, shownOfNode, order: 'preorder' }],
  ['the order of a hierarchy, parents last', { kind: 'traverse', ...hierarchy, shownOfNode, order: 'postorder' }],
  ['the rows below each node', { kind: 'subtrees', ...hierarchy, shownOfNode, groups: [], sets: [[]], each: counted }],
  ['groups below each node', { kind: 'subtrees', ...hierarchy, shownOfNode, groups: [amount], sets: [[0]], each: topTwo }],
]
const takesNodes = ({ kind }: Step): boolean => kind === 'traverse' || kind === 'subtrees'
const over = (step: Step): Plan => transformation(takesNodes(step) ? [readOf('Rows', columns), readOf('Nodes', nodeColumns)] : [readOf('Rows', columns)], step)

const tags = fc.array(fc.tuple(fc.constantFrom('x', 'y', 'z'), fc.option(fc.integer({ min: -2, max: 5 }))), { maxLength: 3 }).map((rows): Value => ({ rows }))
const values = fc.tuple(
  fc.option(fc.constantFrom('a', 'A', 'b', '', 'ä!')), fc.option(fc.constantFrom('1', '1.0', '0.1', '-2.5', '99999999999999999999.9')),
  fc.option(fc.oneof(fc.double(), fc.constantFrom(0.1, 1e300, -0, Number.NaN))), fc.option(fc.integer({ min: -3, max: 9 }).map(String)), tags,
)
/** Forests, and nodes that hang below several others. */
const nodes = fc.constantFrom<readonly (readonly Value[])[]>(
  [['a', null], ['b', 'a'], ['A', 'a'], ['', 'b']], [['a', null], ['b', null], ['A', 'zz'], ['ä!', 'A'], ['', 'ä!']], [],
)
const pages = (given: readonly Column[], rows: readonly (readonly Value[])[], size = 7): Page[] =>
  Array.from({ length: Math.ceil(rows.length / size) }, (_, page) => ({ kind: 'rows', columns: given, rows: rows.slice(size * page, size * page + size) }))

describe('set transformations beyond memory', () => {
  const { engine, lying } = engineFixture()

  it.each(steps)('give what memory gives, in its order, wherever they go on: %s', async (_, step) => {
    await fc.assert(fc.asyncProperty(fc.array(values, { maxLength: 40 }), nodes, fc.nat(8), async (rows, tree, engineFrom) => {
      const sets = { Rows: () => pages(columns, rows), Nodes: () => pages(nodeColumns, tree) }
      expect(await rowsOf(over(step), { engine, sets, limits: { engineFrom } })).toEqual(await rowsOf(over(step), { sets }))
    }), { numRuns: 25 })
    expect([await lying(), engine.spooledBytes()]).toEqual([[], 0])
  })

  const many: readonly (readonly Value[])[] = Array.from({ length: 4000 }, (_, index) => [['a', 'b', 'A'][index % 3], String(index % 50), index / 7, String(index), { rows: [['x', index % 4]] }])
  const sets = { Rows: () => pages(columns, many, 500), Nodes: () => pages(nodeColumns, [['a', null], ['b', 'a'], ['A', 'b']]) }

  it.each(steps)('hold no more than one operator may, and say where they went on: %s', async (_, step) => {
    const notices: TierNotice[] = []
    // What one group alone has to hold finds room, all of them together do not.
    const limits = { buildRows: 10_000, engineFrom: 300 }
    expect(await rowsOf(over(step), { engine, sets, limits, notice: (one) => notices.push(one) })).toEqual(await rowsOf(over(step), { sets }))
    expect(notices.length).toBeGreaterThan(0)
    expect(notices.every(({ tier, why }) => tier === 'embedded engine' && why.startsWith('more than 300 rows'))).toBe(true)
    expect(new Set(notices.map(({ why }) => why)).size).toBe(notices.length)
  })

  it.each(steps)('leave nothing behind when the reader leaves, or the request is cancelled: %s', async (_, step) => {
    const limits = { engineFrom: 100 }
    for await (const page of pagesOf(over(step), { engine, sets, limits })) {
      expect(page.columns.map(({ name }) => name)).toEqual(outputColumns(over(step)).map(({ name }) => name))
      break
    }
    expect([await lying(), engine.spooledBytes()]).toEqual([[], 0])
    const aborting = new AbortController()
    const stopping = function* (): Generator<Page> {
      for (const [index, page] of pages(columns, many, 500).entries()) {
        if (index === 5) aborting.abort(new Error('the client left'))
        yield page
      }
    }
    await expect(rowsOf(over(step), { engine, sets: { ...sets, Rows: stopping }, limits, signal: aborting.signal })).rejects.toThrow('the client left')
    expect([await lying(), engine.spooledBytes()]).toEqual([[], 0])
  })

  it.each<[string, Partial<Aggregation>]>([
    ['distinct values', { method: 'countdistinct', expression: at('Number') }],
    ['related rows that count once', { method: 'sum', reached: { ...points, identity: ['Tag'] } }],
    ['distinct values of related rows', { method: 'countdistinct', reached: { path: ['Tags'], values: ['Points'], type: int32Type, identity: ['Tag'] } }],
    ['parts', { method: 'sum', of: { groups: [at('Number')], aggregation: measure('Inner', 'max', { expression: at('Amount') }) } }],
    ['distinct values of parts', { method: 'countdistinct', of: { groups: [at('Number')], aggregation: measure('Inner', 'countdistinct', { expression: at('Amount') }) } }],
  ])('set aside what one single group finds no room for: %s', async (_, more) => {
    const once: Step = { kind: 'aggregates', groups: [land], sets: [[], [0]], measures: [measure('Measured', more.method ?? 'sum', more)] }
    const tagged = many.map(([first, second, third, fourth], index): readonly Value[] => [first, second, third, fourth, { rows: [[`${'t'.repeat(200)}${index % 3000}`, index % 700], [`${'t'.repeat(200)}${index}`, 1]] }])
    const all = { Rows: () => pages(columns, tagged, 500) }
    const limits = { buildRows: 500 }
    const notices: TierNotice[] = []
    expect(await rowsOf(over(once), { engine, sets: all, limits, notice: (one) => notices.push(one) })).toEqual(await rowsOf(over(once), { sets: all }))
    expect(notices.map(({ operator, tier }) => [operator, tier])).toEqual([['Aggregates', 'embedded engine']])
    expect([await lying(), engine.spooledBytes()]).toEqual([[], 0])
    await expect(rowsOf(over(once), { sets: all, limits })).rejects.toMatchObject({ code: 'HUB_LIMIT_EXCEEDED' })
  })

  it('name the limit where what is made of the rows of one row is more than it may hold', async () => {
    const repeated = concat([given(tagColumns), given(tagColumns)], tagColumns)
    const plan = transformation([readOf('Rows', columns)], { kind: 'nested', from: 'Tags', name: 'More', shown: ['Tag'], context: '', each: repeated })
    const row: readonly Value[] = ['a', '1', 1, '1', { rows: Array.from({ length: 60 }, () => ['x', 1]) }]
    const one = { Rows: () => pages(columns, [row]) }
    await expect(rowsOf(plan, { engine, sets: one, limits: { buildRows: 100 } })).rejects.toMatchObject({ code: 'HUB_LIMIT_EXCEEDED' })
    expect(await rowsOf(plan, { engine, sets: one, limits: { buildRows: 120 } })).toHaveLength(1)
  })
})
