import {
  binary, column, decimalType, doubleType, expand, expandedColumn, filter, int32Type, int64Type, limit, literal, orderKey, primitiveType, stringType, type Expand, type Plan, type Value, type ValueType,
} from '@tributary/plan'
import { execute } from '@tributary/operators'
import { ArraySource, worldOf, type Behaviour } from './array-source.js'
import { naive } from './naive.js'
import { placePlan } from './place-plan.js'
import { columnOf, contextOf, run, scanOf } from './run-plan.js'

const guidType = primitiveType('Edm.Guid')
const orderColumns = [columnOf('ID', int32Type), columnOf('Customer', stringType), columnOf('Region', int64Type)]
const customerColumns = [columnOf('Code', stringType), columnOf('Country', int32Type)]
const countryColumns = [columnOf('No', int32Type), columnOf('Title', stringType)]

const proven = { filter: 'exact', 'filter:in:Edm.String': 'exact', 'filter:in:Edm.Int32': 'exact', 'filter:eq:Edm.String': 'exact', 'filter:eq:Edm.Int32': 'exact' } as const

interface Shape {
  readonly orders?: number
  readonly customers?: number
  readonly customerOf?: (order: number) => Value
}

function sources({ orders = 1000, customers = 100, customerOf = (order) => `C${(order * 7) % customers}` }: Shape, crm: Behaviour = {}, erp: Behaviour = {}): readonly [ArraySource, ArraySource, ArraySource] {
  const orderRows = Array.from({ length: orders }, (_, index) => [index, customerOf(index), String(index % 5)])
  const customerRows = Array.from({ length: customers }, (_, index) => [`C${index}`, index % 10 === 9 ? null : index % 40])
  const countryRows = Array.from({ length: 30 }, (_, index) => [index, `Land ${index}`])
  return [
    new ArraySource('erp', { Orders: { columns: orderColumns, rows: orderRows } }, erp),
    new ArraySource('crm', { Customers: { columns: customerColumns, rows: customerRows } }, crm),
    new ArraySource('geo', { Countries: { columns: countryColumns, rows: countryRows } }),
  ]
}

const orders = scanOf('erp', 'Orders', orderColumns)
const customers = scanOf('crm', 'Customers', customerColumns)
const countries = scanOf('geo', 'Countries', countryColumns)
const shape = (columns: readonly (typeof orderColumns)[number][], toMany = false) => ({ toMany, columns, visible: columns.map(({ name }) => name) })

const countryOf = (input: Plan): Expand => expand(input, { navigation: expandedColumn('Land', 'T.Country', shape(countryColumns)), on: [{ from: 'Country', to: 'No' }], related: countries })
const customerOf = (input: Plan, related: Plan = customers): Expand =>
  expand(input, { navigation: expandedColumn('Buyer', 'T.Customer', shape(customerColumns)), on: [{ from: 'Customer', to: 'Code' }], related })
const ordersOf = (input: Plan, perParent: Partial<Expand['perParent']> = {}): Expand => expand(input, {
  navigation: expandedColumn('Orders', 'T.Order', shape(orderColumns, true)), on: [{ from: 'Code', to: 'Customer' }], related: orders,
  perParent: { order: [], skip: 0, count: false, ...perParent },
})
const nested = (input: Plan): Expand => expand(input, {
  navigation: expandedColumn('Buyer', 'T.Customer', shape([...customerColumns, expandedColumn('Land', 'T.Country', shape(countryColumns))])),
  on: [{ from: 'Customer', to: 'Code' }], related: countryOf(customers),
})
const keysAsked = (source: ArraySource): readonly number[] => source.asked.map(({ keys }) => keys?.length ?? -1)

describe('expand across sources', () => {
  it('adds the one related row, and null where there is none', async () => {
    const all = sources({ customerOf: (order) => (order % 3 === 0 ? null : order % 3 === 1 ? 'nobody' : `C${order % 100}`) })
    const plan = customerOf(orders)
    expect(await run(plan, worldOf(all, proven))).toEqual(naive(plan, all))
  })

  it('adds all related rows in order, skipped, taken and counted per parent', async () => {
    const all = sources({})
    for (const perParent of [{}, { count: true }, { order: [orderKey(column(int64Type, 'Region'), true), orderKey(column(int32Type, 'ID'))], skip: 1, take: 3, count: true }, { take: 0 }]) {
      const plan = ordersOf(customers, perParent)
      expect(await run(plan, worldOf(all, proven))).toEqual(naive(plan, all))
    }
  })

  it('joins values of different number types by value', async () => {
    const all = sources({})
    const plan = expand(orders, { navigation: expandedColumn('Land', 'T.Country', shape(countryColumns)), on: [{ from: 'Region', to: 'No' }], related: countries })
    expect(await run(plan, worldOf(all, proven))).toEqual(naive(plan, all))
    expect(keysAsked(all[2])).toEqual([5])
  })

  it('asks for every distinct key once, in full batches', async () => {
    const all = sources({ orders: 10_000, customers: 1000 }, {}, { pageRows: 1000 })
    await run(customerOf(orders), worldOf(all, proven))
    expect(keysAsked(all[1])).toEqual([200, 200, 200, 200, 200])
    const asked = all[1].asked.flatMap(({ keys }) => keys?.map(String) ?? [])
    expect(new Set(asked).size).toBe(asked.length)
  })

  it('remembers absent keys', async () => {
    const all = sources({ orders: 3000, customerOf: (order) => `nobody ${order % 30}` }, {}, { pageRows: 50 })
    await run(customerOf(orders), worldOf(all, proven))
    expect(all[1].asked.flatMap(({ keys }) => keys ?? []).length).toBe(30)
  })

  it('asks early where rows bring no new keys any more', async () => {
    const all = sources({ orders: 10_000, customers: 20 }, {}, { pageRows: 500 })
    const world = worldOf(all, proven)
    const pages = execute(placePlan(customerOf(orders), world.endpoints), contextOf(world)).pages[Symbol.asyncIterator]()
    await pages.next()
    await pages.return?.()
    expect(all[0].pagesRead).toBeLessThanOrEqual(8)
  })

  it.each([
    ['few keys a page, all new', 640, (order: number) => `C${order % 640}`],
    ['new keys to the end', 1000, (order: number) => `C${Math.floor(order / 10)}`],
    ['shuffled', 1000, (order: number) => `C${(order * 7919) % 1000}`],
  ])('keeps to one request per hundred distinct keys: %s', async (_, count, of) => {
    const all = sources({ orders: 10_000, customers: count, customerOf: of }, {}, { pageRows: 70 })
    await run(customerOf(orders), worldOf(all, proven))
    expect(all[1].asked.length).toBeLessThanOrEqual(Math.ceil(count / 100))
  })

  it('keeps to one request per 25 distinct keys where the source takes no lists, after one refusal', async () => {
    const all = sources({ orders: 10_000, customers: 1000 }, { conduct: { 'filter:in': 501 } }, { pageRows: 1000 })
    const world = worldOf(all)
    const plan = customerOf(orders)
    const answer = await run(plan, world)
    expect(answer.rows.every((row) => Array.isArray(row[3]) && row[3][0] === row[1])).toBe(true)
    expect(all[1].asked.filter(({ refused }) => refused).length).toBe(1)
    expect(all[1].asked.filter(({ refused }) => !refused).length).toBe(40)
    expect(world.endpoints.capabilities('crm', 'Customers').fact('filter:in:Edm.String')).toMatchObject({ trust: 'unsupported', origin: 'learnt' })
    await run(plan, world)
    expect(all[1].asked.filter(({ refused }) => refused).length).toBe(1)
  })

  it('collects the keys of nested expands over the whole request', async () => {
    const all = sources({ orders: 1000, customers: 300 }, {}, { pageRows: 100 })
    const plan = nested(orders)
    expect(await run(plan, worldOf(all, proven))).toEqual(naive(plan, all))
    expect(keysAsked(all[2]).reduce((sum, keys) => sum + keys, 0)).toBe(36)
    expect(keysAsked(all[2]).length).toBe(1)
  })

  it('expands to many and from there on', async () => {
    const all = sources({ orders: 300, customers: 40 })
    const inner = shape([...orderColumns, expandedColumn('Buyer', 'T.Customer', shape(customerColumns))], true)
    const plan = expand(customers, { navigation: expandedColumn('Orders', 'T.Order', inner), on: [{ from: 'Code', to: 'Customer' }], related: customerOf(orders), perParent: { order: [], skip: 0, take: 4, count: false } })
    expect(await run(plan, worldOf(all, proven))).toEqual(naive(plan, all))
  })

  it('executes an expand below a filter of the inner side', async () => {
    const all = sources({ orders: 500 })
    const outer = shape([...customerColumns, expandedColumn('Land', 'T.Country', shape(countryColumns))])
    const plan = expand(orders, {
      navigation: expandedColumn('Buyer', 'T.Customer', outer), on: [{ from: 'Customer', to: 'Code' }],
      related: filter(countryOf(customers), binary('lt', column(int32Type, 'Country'), literal(int32Type, 20))),
    })
    expect(await run(plan, worldOf(all, proven))).toEqual(naive(plan, all))
  })

  it('applies a limit of the inner side to all of it, not to each batch', async () => {
    const all = sources({})
    const plan = customerOf(orders, limit(customers, 5, 50))
    expect(await run(plan, worldOf(all, proven))).toEqual(naive(plan, all))
  })

  it('reads the whole inner side once where the source takes no keys', async () => {
    const all = sources({ orders: 2000, customers: 500 }, {}, { pageRows: 100 })
    const plan = customerOf(orders)
    const world = worldOf(all, { filter: 'unsupported' })
    expect(await run(plan, world)).toEqual(naive(plan, all))
    expect(keysAsked(all[1])).toEqual([-1])
    await expect(run(plan, world, { buildRows: 499 })).rejects.toMatchObject({ code: 'HUB_LIMIT_EXCEEDED', message: expect.stringContaining('499 rows of Buyer') })
  })

  it('does not mind a source that ignores the keys, and does not rely on it again', async () => {
    const all = sources({ orders: 1000, customers: 900 }, { conduct: { 'filter:in': 'ignores', 'filter:eq': 'ignores' } })
    const world = worldOf(all, proven)
    const plan = customerOf(orders)
    expect(await run(plan, world)).toEqual(naive(plan, all))
    expect(world.endpoints.capabilities('crm', 'Customers').fact('filter:in:Edm.String').trust).toBe('unsupported')
    expect(await run(plan, world)).toEqual(naive(plan, all))
    expect(keysAsked(all[1]).at(-1)).toBe(-1)
  })

  it('batches anew where a request is too long', async () => {
    const all = sources({ orders: 1000, customers: 600 }, { longest: 700 })
    const world = worldOf(all, proven)
    const plan = customerOf(orders)
    expect(await run(plan, world)).toEqual(naive(plan, all))
    expect(world.endpoints.capabilities('crm', 'Customers').urlLimit).toBeLessThan(2000)
    expect(all[1].asked.filter(({ refused }) => refused).length).toBeLessThanOrEqual(3 * 8)
  })

  it('names relationship, target and key of a to-one that meets two rows', async () => {
    const [erp, , geo] = sources({})
    const twins = new ArraySource('crm', { Customers: { columns: customerColumns, rows: [['C7', 1], ['C7', 2]] } })
    await expect(run(customerOf(orders), worldOf([erp, twins, geo], proven))).rejects.toMatchObject({
      code: 'HUB_JOIN_NOT_UNIQUE', params: { relationship: 'Buyer', target: 'crm/Customers', key: "'C7'" },
    })
  })

  it('compares strings ordinally and joins no null, also in one part of a composite key', async () => {
    const left = [columnOf('A', stringType), columnOf('B', int32Type)]
    const one = new ArraySource('one', { L: { columns: left, rows: [['x', 1], ['X', 1], ['x', null], [null, 1], ['x ', 1], ['x', 2]] } })
    const two = new ArraySource('two', { R: { columns: left, rows: [['x', 1], ['x', null], [null, 1], ['X', 2]] } })
    const plan = expand(scanOf('one', 'L', left), { navigation: expandedColumn('R', 'T.R', shape(left)), on: [{ from: 'B', to: 'B' }, { from: 'A', to: 'A' }], related: scanOf('two', 'R', left) })
    const answer = await run(plan, worldOf([one, two]))
    expect(answer.rows.map((row) => row[2])).toEqual([['x', 1], null, null, null, null, null])
    expect(two.asked[0]?.keys?.length).toBe(4)
  })
})

describe('memory and pace of an expand', () => {
  it('holds a bounded number of rows ahead, whatever the number of parents', async () => {
    const all = sources({ orders: 100_000, customers: 5000 }, {}, { pageRows: 500 })
    const [erp] = all
    const world = worldOf(all, proven)
    const stream = execute(placePlan(customerOf(orders), world.endpoints), contextOf(world))
    let given = 0
    let ahead = 0
    for await (const page of stream.pages) {
      ahead = Math.max(ahead, erp.pagesRead * 500 - given)
      given += page.kind === 'rows' ? page.rows.length : 0
    }
    expect(given).toBe(100_000)
    expect(ahead).toBeLessThanOrEqual(2500)
  })

  it.each([['rows', { lookAheadRows: 1000 }], ['bytes', { lookAheadBytes: 80_000 }]])('holds no more than the look-ahead in %s where keys are too few to fill a batch', async (_, limits) => {
    const all = sources({ orders: 20_000, customers: 10 }, { conduct: { 'filter:in': 501 } }, { pageRows: 100 })
    const world = worldOf(all, { 'filter:in:Edm.String': 'unsupported' })
    const stream = execute(placePlan(customerOf(orders), world.endpoints), contextOf(world, limits))
    let given = 0
    let ahead = 0
    for await (const page of stream.pages) {
      ahead = Math.max(ahead, all[0].pagesRead * 100 - given)
      given += page.kind === 'rows' ? page.rows.length : 0
    }
    expect(given).toBe(20_000)
    expect(ahead).toBeLessThanOrEqual(1100)
  })

  it('fetches evicted keys again', async () => {
    const all = sources({ orders: 1200, customers: 400, customerOf: (order) => `C${order % 400}` }, {}, { pageRows: 400 })
    const plan = customerOf(orders)
    expect(await run(plan, worldOf(all, proven), { cacheRows: 50, lookAheadRows: 400 })).toEqual(naive(plan, all))
    expect(all[1].asked.flatMap(({ keys }) => keys ?? []).length).toBeGreaterThan(400)
  })

  it.each([['proven', proven, [1, 2]], ['not proven', {}, [1, 1]]] as const)('reads several batches at a time, once the source has shown that it takes them: %s', async (_, facts, first) => {
    const busy: number[] = []
    let running = 0
    const delay = async (): Promise<void> => {
      busy.push(running += 1)
      await new Promise((resolve) => { setTimeout(resolve, 2) })
      running -= 1
    }
    const all = sources({ orders: 8000, customers: 4000 }, { delay }, { pageRows: 4000 })
    await run(customerOf(orders), worldOf(all, facts))
    expect(Math.max(...busy)).toBe(8)
    expect(busy.slice(0, 2)).toEqual(first)
  })

  it('shares the lanes of a source among all expands of a request', async () => {
    let running = 0
    let peak = 0
    const delay = async (): Promise<void> => {
      peak = Math.max(peak, running += 1)
      await new Promise((resolve) => { setImmediate(resolve) })
      running -= 1
    }
    const all = sources({ orders: 4000, customers: 4000 }, { delay, keysPerRequest: 50 }, { pageRows: 4000 })
    const twice = expand(customerOf(orders), { navigation: expandedColumn('Payer', 'T.Customer', shape(customerColumns)), on: [{ from: 'Customer', to: 'Code' }], related: customers })
    const answer = await run(twice, worldOf(all, proven))
    expect(answer.rows.every((row) => Array.isArray(row[3]) && Array.isArray(row[4]) && row[3][0] === row[4][0])).toBe(true)
    expect(peak).toBe(8)
  })

  it('cancels everything under way when the reader goes', async () => {
    const gates: (() => void)[] = []
    const delay = (): Promise<void> => new Promise((resolve) => { gates.push(resolve) })
    const all = sources({ orders: 1000, customers: 1000 }, { delay })
    const world = worldOf(all, proven)
    const leaving = new AbortController()
    const pages = execute(placePlan(customerOf(orders), world.endpoints), contextOf(world, {}, leaving.signal)).pages[Symbol.asyncIterator]()
    const first = pages.next()
    await new Promise((resolve) => { setImmediate(resolve) })
    expect(all[1].open).toBeGreaterThan(0)
    leaving.abort(new Error('gone'))
    for (const gate of gates) gate()
    await expect(first).rejects.toThrow('gone')
    await new Promise((resolve) => { setImmediate(resolve) })
    expect(all.map(({ open }) => open)).toEqual([0, 0, 0])
  })

  it('ends with the failure of an inner source, after closing the outer one', async () => {
    const all = sources({ orders: 1000, customers: 1000 }, { failAtPage: { page: 0, error: new Error('crm is down') } }, { pageRows: 50 })
    await expect(run(customerOf(orders), worldOf(all, proven))).rejects.toThrow('crm is down')
    await new Promise((resolve) => { setImmediate(resolve) })
    expect(all.map(({ open }) => open)).toEqual([0, 0, 0])
  })
})

describe('many rows related to one key', () => {
  it('asks for fewer keys at a time where their rows are more than may be held', async () => {
    const all = sources({ orders: 1000, customers: 50 })
    const plan = ordersOf(customers)
    expect(await run(plan, worldOf(all, proven), { buildRows: 100 })).toEqual(naive(plan, all))
    expect(keysAsked(all[0]).slice(-9).every((keys) => keys <= 5)).toBe(true)
  })

  it('gives up where one key alone has more', async () => {
    const all = sources({ orders: 1000, customers: 50 })
    await expect(run(ordersOf(customers), worldOf(all, proven), { buildRows: 19 })).rejects.toMatchObject({
      code: 'HUB_LIMIT_EXCEEDED', message: expect.stringContaining('19 rows of Orders related to one key'),
    })
  })

  it('reads fewer batches at a time the more rows they bring', async () => {
    let running = 0
    const busy: number[] = []
    const delay = async (): Promise<void> => {
      busy.push(running += 1)
      await new Promise((resolve) => { setImmediate(resolve) })
      running -= 1
    }
    const all = sources({ orders: 8000, customers: 800 }, {}, { delay, pageRows: 10_000, keysPerRequest: 20 })
    await run(ordersOf(customers), worldOf(all, proven), { lookAheadRows: 400 })
    expect(Math.max(...busy.slice(8))).toBe(2)
  })
})

const typed = (type: ValueType, values: readonly Value[]): ArraySource => new ArraySource('crm', { Customers: { columns: [columnOf('Code', type), columnOf('Country', int32Type)], rows: values.map((value, index) => [value, index]) } })
const outer = (type: ValueType, values: readonly Value[]): ArraySource => new ArraySource('erp', { Orders: { columns: [columnOf('Customer', type)], rows: values.map((value) => [value]) } })

/** A key column's type and its values. */
type Side = readonly [ValueType, readonly Value[]]

describe('keys of different types', () => {
  it.each<readonly [string, Side, Side, readonly (readonly Value[])[]]>([
    ['Int32 → Int64', [int32Type, [1, -2, 5]], [int64Type, ['1', '-2']], [['1'], ['-2'], ['5']]],
    ['Int64 → Int32, out of range', [int64Type, ['1', '9007199254740993']], [int32Type, [1]], [[1]]],
    ['Decimal → Int32, with a fraction', [decimalType, ['1.0', '2.5']], [int32Type, [1, 2]], [[1]]],
    ['Int32 → Decimal', [int32Type, [1]], [decimalType, ['1.00']], [['1']]],
    ['Double → Int64', [doubleType, [3, 1e300, Infinity, NaN, 0.5]], [int64Type, ['3']], [['3']]],
    ['Double → Decimal', [doubleType, [1e-7, 0.1]], [decimalType, ['0.0000001', '0.10']], [['0.0000001'], ['0.1']]],
    ['Decimal → Double', [decimalType, ['0.1', '7']], [doubleType, [0.1, 7]], [[0.1], [7]]],
    ['Guid, any case', [guidType, ['AAAAAAAA-0000-0000-0000-000000000001']], [guidType, ['aaaaaaaa-0000-0000-0000-000000000001']], [['AAAAAAAA-0000-0000-0000-000000000001']]],
  ])('%s', async (_, [from, values], [to, keys], asked) => {
    const all = [outer(from, values), typed(to, keys)]
    const columns = [columnOf('Code', to), columnOf('Country', int32Type)]
    const plan = expand(scanOf('erp', 'Orders', [columnOf('Customer', from)]), {
      navigation: expandedColumn('Buyer', 'T.Customer', shape(columns)), on: [{ from: 'Customer', to: 'Code' }], related: scanOf('crm', 'Customers', columns),
    })
    expect(await run(plan, worldOf(all))).toEqual(naive(plan, all))
    expect(all[1]?.asked.flatMap((each) => each.keys ?? [])).toEqual(asked)
  })
})
