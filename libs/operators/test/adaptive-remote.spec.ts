import { binary, call, column, decimalType, filter, int32Type, limit, literal, orderKey, sort, stringType, type Expression, type Plan } from '@tributary/plan'
import { withLessons } from '@tributary/operators'
import { SourceContradicted, SourceRefused, type Fact } from '@tributary/source'
import { ArraySource, worldOf, type Behaviour, type World } from './array-source.js'
import { naive } from './naive.js'
import { columnOf, run, scanOf } from './run-plan.js'

const columns = [columnOf('ID', int32Type), columnOf('Name', stringType), columnOf('Freight', decimalType)]
const rows = Array.from({ length: 120 }, (_, index) => [index, `n${(index * 37) % 50}`, `${(index * 13) % 90}.50`])
const erp = (behaviour: Behaviour): ArraySource => new ArraySource('erp', { Orders: { columns, rows } }, behaviour)
const all = scanOf('erp', 'Orders', columns)
const and = (...parts: readonly Expression[]): Expression => parts.reduce((left, right) => binary('and', left, right))
const name = column(stringType, 'Name')
const freight = binary('gt', column(decimalType, 'Freight'), literal(decimalType, '20'))
const has7 = binary('eq', call('indexof', int32Type, name, literal(stringType, '7')), literal(int32Type, 1))
const noX = call('contains', { name: 'Edm.Boolean', collection: false, base: 'Edm.Boolean' }, name, literal(stringType, '4'))
const query = limit(sort(filter(all, and(freight, has7, noX)), [orderKey(name), orderKey(column(int32Type, 'ID'))]), 0, 5)
const features = { 'filter:gt:Edm.Decimal': 'exact', 'filter:indexof': 'exact', 'filter:eq:Edm.Int32': 'exact', 'filter:contains': 'exact', 'orderby:Edm.String': 'exact', 'orderby:Edm.Int32': 'exact', top: 'exact', count: 'exact' } as const
const known = (world: World): Readonly<Record<string, Fact>> => Object.fromEntries(world.endpoints.capabilities('erp', 'Orders').facts)
const unsupported = (world: World): readonly string[] => Object.entries(known(world)).filter(([, { trust }]) => trust === 'unsupported').map(([feature]) => feature)
const answersLikeNaive = async (plan: Plan, source: ArraySource, world: World): Promise<void> => {
  expect(await run(plan, world)).toEqual(naive(plan, [source]))
}

describe('a source that refuses what it is asked', () => {
  it.each([
    [501, 'filter:contains', ['filter:contains']],
    [400, 'filter:indexof', ['filter:indexof']],
    [400, 'filter:gt', ['filter:gt:Edm.Decimal']],
    [501, 'orderby', ['orderby:Edm.String', 'orderby:Edm.Int32']],
    [400, 'top', ['top']],
  ])('is asked without it: %i to %s, and only that is learnt', async (status, culprit, learnt) => {
    const source = erp({ conduct: { [culprit]: status } })
    const world = worldOf([source], features)
    const plan = culprit === 'top' ? limit(all, 0, 5) : query
    await answersLikeNaive(plan, source, world)
    expect(unsupported(world)).toEqual(learnt)
    const refused = source.asked.filter((asked) => asked.refused).length
    await answersLikeNaive(plan, source, world)
    expect(source.asked.filter((asked) => asked.refused).length).toBe(refused)
  })

  it('is asked without both of two things it refuses, and answers from then on', async () => {
    const source = erp({ conduct: { 'filter:contains': 501, orderby: 400 } })
    const world = worldOf([source], features)
    await answersLikeNaive(query, source, world)
    await answersLikeNaive(query, source, world)
    const before = source.asked.length
    await answersLikeNaive(query, source, world)
    expect(source.asked.length - before).toBe(1)
    expect(unsupported(world)).toEqual(expect.arrayContaining(['filter:contains', 'orderby:Edm.String']))
  })

  it('teaches why, and for ten minutes', async () => {
    const source = erp({ conduct: { 'filter:contains': 501 } })
    const world = worldOf([source], features)
    const now = new Date()
    await run(query, world, { now: () => now })
    expect(known(world)['filter:contains']).toMatchObject({
      origin: 'learnt', why: expect.stringMatching(/^501 .*filter:contains.*not liked/), since: now, expires: new Date(now.getTime() + 600_000),
    })
  })

  it('fails with its slug and status if it refuses everything', async () => {
    const source = erp({ failAtPage: { page: 0, error: new SourceRefused('erp', 'Orders', 404, { features: ['filter:gt:Edm.Decimal'], reason: 'no' }) } })
    await expect(run(filter(all, freight), worldOf([source], features))).rejects.toMatchObject({ code: 'HUB_SOURCE_FAILED', status: 502, params: { slug: 'erp', status: 404 } })
    const closed = erp({ failAtPage: { page: 0, error: new SourceRefused('erp', 'Orders', 400, { features: [], reason: 'no' }) } })
    await expect(run(all, worldOf([closed]))).rejects.toMatchObject({ code: 'HUB_SOURCE_FAILED' })
  })

  it('is not asked again once rows have left', async () => {
    const source = erp({ pageRows: 50, failAtPage: { page: 1, error: new SourceRefused('erp', 'Orders', 400, { features: ['top'], reason: 'no' }) } })
    await expect(run(all, worldOf([source]))).rejects.toMatchObject({ code: 'HUB_SOURCE_FAILED' })
    expect(source.asked.length).toBe(1)
  })
})

describe('a source that contradicts what it was trusted with', () => {
  it.each([
    ['top', limit(all, 0, 5)],
    ['orderby', limit(sort(all, [orderKey(name), orderKey(column(int32Type, 'ID'))]), 0, 5, true)],
    ['filter:contains', filter(all, noX)],
    ['filter:gt', limit(filter(all, freight), 0, 3, true)],
  ] as const)('is asked another way before a row has left: %s', async (ignored, plan) => {
    const source = erp({ conduct: { [ignored]: 'ignores' } })
    const world = worldOf([source], features)
    await answersLikeNaive(plan, source, world)
    expect(unsupported(world)[0]).toContain(ignored)
    await answersLikeNaive(plan, source, world)
    expect(source.asked.length).toBe(3)
  })

  it('ends the answer if rows have left, and the next request is right', async () => {
    const source = erp({ conduct: { top: 'ignores' }, pageRows: 4 })
    const world = worldOf([source], features)
    const plan = limit(all, 0, 6)
    await expect(run(plan, world)).rejects.toMatchObject({ code: 'HUB_SOURCE_CHANGED', params: { slug: 'erp', reason: 'more rows than $top' } })
    expect(unsupported(world)).toEqual(['top'])
    await answersLikeNaive(plan, source, world)
  })

  it('is read anew if rows were read, but none has left the plan', async () => {
    const source = erp({ conduct: { 'orderby:Edm.String': 'ignores' }, pageRows: 2 })
    const world = worldOf([source], features)
    const byName = sort(all, [orderKey(name), orderKey(column(int32Type, 'ID'))])
    await answersLikeNaive(sort(limit(byName, 0, 60), [orderKey(column(int32Type, 'ID'))]), source, world)
    expect(source.asked.length).toBe(2)
    expect(source.pagesRead).toBeGreaterThan(60)
    expect(source.open).toBe(0)
  })

  it('ends the answer if it contradicts the same again', async () => {
    const source = erp({ failAtPage: { page: 0, error: new SourceContradicted('erp', 'Orders', 'count', 'rows come and go') } })
    await expect(run(all, worldOf([source]))).rejects.toMatchObject({ code: 'HUB_SOURCE_CHANGED' })
    expect(source.asked.length).toBe(2)
  })
})

describe('withLessons', () => {
  const since = new Date()
  const fact: Fact = { trust: 'unsupported', origin: 'learnt', why: 'tried', since }

  it('shows the lessons of one set, special features within general ones, and learns nothing', () => {
    const { endpoints } = worldOf([erp({})], features)
    const view = withLessons(endpoints, { slug: 'erp', entitySet: 'Orders', lessons: [{ kind: 'fact', feature: 'filter:in', fact }, { kind: 'urlLimit', limit: 700 }] })
    expect(view.capabilities('erp', 'Orders').fact('filter:in:Edm.String')).toBe(fact)
    expect(view.capabilities('erp', 'Orders').fact('top').trust).toBe('exact')
    expect(view.capabilities('erp', 'Orders').urlLimit).toBe(700)
    expect(view.capabilities('erp', 'Others').fact('filter:in:Edm.String').trust).toBe('inexact')
    expect(endpoints.capabilities('erp', 'Orders').fact('filter:in:Edm.String').trust).toBe('inexact')
  })
})
