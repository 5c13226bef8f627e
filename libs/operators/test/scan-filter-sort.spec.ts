import { binary, call, column, decimalType, filter, int32Type, int64Type, limit, literal, orderKey, sort, stringType, type Plan } from '@tributary/plan'
import { execute } from '@tributary/operators'
import { ArraySource, worldOf, type Behaviour } from './array-source.js'
import { naive } from './naive.js'
import { placePlan } from './place-plan.js'
import { columnOf, contextOf, run, scanOf } from './run-plan.js'

const columns = [columnOf('ID', int32Type), columnOf('Name', stringType), columnOf('Freight', decimalType)]
const rows = Array.from({ length: 250 }, (_, index) => [index, index % 7 === 0 ? null : `n${(index * 37) % 50}`, `${(index * 13) % 90}.50`])
const orders = (behaviour: Behaviour = {}): ArraySource => new ArraySource('erp', { Orders: { columns, rows } }, behaviour)
const all = scanOf('erp', 'Orders', columns)
const freightOver50 = binary('gt', column(decimalType, 'Freight'), literal(decimalType, '50'))
const byName = sort(filter(all, freightOver50), [orderKey(column(stringType, 'Name'), true), orderKey(column(int32Type, 'ID'))])
const plans: Readonly<Record<string, Plan>> = {
  scan: all,
  filter: filter(all, freightOver50),
  sort: byName,
  top: limit(byName, 3, 10, true),
  limit: limit(all, 90, 20),
  countOnly: limit(filter(all, freightOver50), 0, 0, true),
  skipOnly: limit(all, 245),
  nothing: limit(all, 0, 0),
  beyond: limit(all, 1000, 5, true),
}

describe('filter, sort and limit', () => {
  for (const bytes of [false, true]) {
    for (const trust of ['exact', 'inexact', 'unsupported'] as const) {
      it.each(Object.entries(plans))(`${bytes ? 'bytes' : 'rows'}, ${trust}: %s`, async (_, plan) => {
        const source = orders({ bytes })
        const facts = { filter: trust, 'filter:gt:Edm.Decimal': trust, 'orderby:Edm.String': trust, 'orderby:Edm.Int32': trust, top: trust, skip: trust, count: trust }
        expect(await run(plan, worldOf([source], facts))).toEqual(naive(plan, [source]))
      })
    }
  }

  it('gives renamed columns their exposed names, from values and from bytes', async () => {
    for (const bytes of [false, true]) {
      const source = orders({ bytes })
      const renamed = scanOf('erp', 'Orders', [columnOf('Number', int32Type), columnOf('Freight', decimalType)], new Map([['Number', 'ID']]))
      const plan = filter(renamed, binary('lt', column(int32Type, 'Number'), literal(int32Type, 3)))
      expect((await run(plan, worldOf([source]))).rows).toEqual([[0, '0.50'], [1, '13.50'], [2, '26.50']])
    }
  })

  it('keeps only rows for which the predicate is true: null drops them', async () => {
    const plan = filter(all, binary('lt', call('length', int32Type, column(stringType, 'Name')), literal(int32Type, 99)))
    const answer = await run(plan, worldOf([orders()], { filter: 'unsupported' }))
    expect(answer.rows.filter((row) => row[1] === null)).toEqual([])
    expect(answer.rows.length).toBe(naive(plan, [orders()]).rows.length)
  })

  it('stops reading after the last row that is wanted', async () => {
    const source = orders({ pageRows: 10 })
    await run(limit(all, 5, 10), worldOf([source], { top: 'unsupported' }))
    expect(source.pagesRead).toBe(2)
    expect(source.open).toBe(0)
  })

  it('takes the number of rows from a source that counted, without reading on', async () => {
    const source = orders({ pageRows: 10 })
    const answer = await run(limit(all, 0, 5, true), worldOf([source], { top: 'unsupported', count: 'exact' }))
    expect(answer.count).toBe(250)
    expect(source.pagesRead).toBe(1)
  })

  it('holds no more rows than the limit for a top, and refuses to sort more than it may hold', async () => {
    const world = worldOf([orders()], { 'orderby:Edm.String': 'unsupported', 'filter:gt:Edm.Decimal': 'unsupported' })
    expect((await run(limit(byName, 0, 20), world, { buildRows: 20 })).rows).toEqual(naive(limit(byName, 0, 20), [orders()]).rows)
    await expect(run(byName, world, { buildRows: 20 })).rejects.toMatchObject({ code: 'HUB_LIMIT_EXCEEDED', message: expect.stringContaining('20 rows in one sort') })
    await expect(run(limit(byName, 0, 21), world, { buildRows: 20 })).rejects.toMatchObject({ code: 'HUB_LIMIT_EXCEEDED' })
    await expect(run(byName, world, { buildBytes: 500 })).rejects.toMatchObject({ message: expect.stringContaining('500 bytes in one sort') })
  })

  it('keeps rows that are equal by the order as they came, sorted or taken from the top', async () => {
    const tied = sort(all, [orderKey(column(stringType, 'Name'))])
    const world = worldOf([orders()], { 'orderby:Edm.String': 'unsupported' })
    for (const plan of [tied, limit(tied, 0, 7), limit(tied, 38, 11, true), limit(tied, 100, 60)]) expect(await run(plan, world)).toEqual(naive(plan, [orders()]))
  })

  it('ends a request that reads more rows than it may', async () => {
    await expect(run(all, worldOf([orders()]), { rowsRead: 120 })).rejects.toMatchObject({ code: 'HUB_LIMIT_ROWS_READ', message: expect.stringContaining('of which it may read 120') })
  })

  it('leaves bytes alone that nobody has to look into', async () => {
    const source = orders({ bytes: true })
    const world = worldOf([source], { 'filter:gt:Edm.Decimal': 'inexact', top: 'unsupported' })
    for await (const page of execute(placePlan(limit(filter(all, freightOver50), 2, 30), world.endpoints), contextOf(world)).pages) expect(page.kind).toBe('bytes')
  })

  it('cancels the source when the reader goes, and when the request is aborted', async () => {
    const source = orders({ pageRows: 10 })
    const world = worldOf([source])
    for await (const page of execute(placePlan(all, world.endpoints), contextOf(world)).pages) {
      expect(page).toBeDefined()
      expect(source.open).toBe(1)
      break
    }
    expect(source.open).toBe(0)
    const leaving = new AbortController()
    const pages = execute(placePlan(all, world.endpoints), contextOf(world, {}, leaving.signal)).pages[Symbol.asyncIterator]()
    await pages.next()
    leaving.abort(new Error('gone'))
    await expect(pages.next()).rejects.toThrow('gone')
    expect(source.open).toBe(0)
  })

  it('keeps digits of 64-bit and decimal values', async () => {
    const wide = [columnOf('ID', int64Type), columnOf('Price', decimalType)]
    const source = new ArraySource('erp', { Big: { columns: wide, rows: [['9007199254740993', '0.10'], ['9007199254740992', '12345678901234567890.123456789']] } }, { bytes: true })
    const plan = sort(scanOf('erp', 'Big', wide), [orderKey(column(int64Type, 'ID'))])
    expect((await run(plan, worldOf([source]))).rows).toEqual([['9007199254740992', '12345678901234567890.123456789'], ['9007199254740993', '0.10']])
  })
})
