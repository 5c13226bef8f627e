import * as fc from 'fast-check'
import type { Behaviour, Row } from '../../../test/harness/odata-server.js'
import { allPages, openShop, valuesOf, type Shop } from './shop.js'

/** A condition as the URL says it, and as it is computed from the rows without any of our code. */
interface Condition {
  readonly text: string
  readonly holds: (row: Row) => boolean
}

const url = (path: string): string => path.replaceAll('+', '%2B').replaceAll(' ', '%20').replaceAll('&&', '%26')
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** The relations of the rows of a shop. */
const relationsOf = ({ orders, customers }: Shop) => {
  const byId = new Map(customers.map((customer) => [customer['CustomerID'], customer]))
  const ordersOf = Map.groupBy(orders, (order) => order['CustomerID'])
  return {
    customerOf: (order: Row): Row | undefined => (order['CustomerID'] === null ? undefined : byId.get(order['CustomerID'])),
    ordersOf: (customer: Row): readonly Row[] => ordersOf.get(customer['CustomerID']) ?? [],
  }
}

type Relations = ReturnType<typeof relationsOf>

const countries = ['Germany', 'germany', 'Österreich', '日本', 'nowhere']
const numberOf = (value: unknown): number => (value === null || value === undefined ? Number.NaN : Number(value))

const rank = (value: unknown): number => (value === null || value === undefined ? -Infinity : Number(value))

const has = (row: Row, text: string): boolean => ['CustomerID', 'CompanyName', 'Country'].some((name) => row[name] !== null && row[name] !== undefined && String(row[name]).toLowerCase().includes(text))

const combined = (leaf: fc.Arbitrary<Condition>): fc.Arbitrary<Condition> => fc.letrec<{ any: Condition }>((tie) => ({
  any: fc.oneof({ maxDepth: 2, withCrossShrink: true }, leaf,
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => ({ text: `(${a.text} and ${b.text})`, holds: (row: Row) => a.holds(row) && b.holds(row) })),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => ({ text: `(${a.text} or ${b.text})`, holds: (row: Row) => a.holds(row) || b.holds(row) })),
    tie('any').map((a) => ({ text: `not (${a.text})`, holds: (row: Row) => !a.holds(row) }))),
})).any

const ofOrders = (shop: () => Relations, root = ''): fc.Arbitrary<Condition> => fc.oneof(
  fc.constantFrom(...countries).map((country) => ({ text: `${root}Customer/Country eq ${quoted(country)}`, holds: (row: Row) => shop().customerOf(row)?.['Country'] === country })),
  fc.constantFrom(...countries).map((country) => ({ text: `${root}Customer/Country ne ${quoted(country)}`, holds: (row: Row) => shop().customerOf(row)?.['Country'] !== country })),
  fc.constant({ text: `${root}Customer/Country eq null`, holds: (row: Row) => (shop().customerOf(row)?.['Country'] ?? null) === null }),
  fc.constant({ text: `${root}Customer ne null`, holds: (row: Row) => shop().customerOf(row) !== undefined }),
  fc.integer({ min: 0, max: 10_000 }).map((credit) => ({ text: `${root}Customer/Credit gt ${credit}`, holds: (row: Row) => numberOf(shop().customerOf(row)?.['Credit']) > credit })),
  fc.integer({ min: 0, max: 1000 }).map((freight) => ({ text: `${root}Freight gt ${freight}`, holds: (row: Row) => numberOf(row['Freight']) > freight })),
  fc.integer({ min: 0, max: 12 }).map((count) => ({ text: `${root}Customer/Orders/$count gt ${count}`, holds: (row: Row) => {
    const customer = shop().customerOf(row)
    return customer !== undefined && shop().ordersOf(customer).length > count
  } })),
)

const ofCustomers = (shop: () => Relations): fc.Arbitrary<Condition> => fc.oneof(
  combined(ofOrders(shop, 'o/')).map((inner) => ({ text: `Orders/any(o:${inner.text})`, holds: (row: Row) => shop().ordersOf(row).some((order) => inner.holds(order)) })),
  combined(ofOrders(shop, 'o/')).map((inner) => ({ text: `Orders/all(o:${inner.text})`, holds: (row: Row) => shop().ordersOf(row).every((order) => inner.holds(order)) })),
  fc.constant({ text: 'Orders/any()', holds: (row: Row) => shop().ordersOf(row).length > 0 }),
  fc.integer({ min: 0, max: 12 }).map((count) => ({ text: `Orders/$count le ${count}`, holds: (row: Row) => shop().ordersOf(row).length <= count })),
  fc.constant({ text: "Orders/any(o:o/ShipName eq CompanyName or o/CustomerID eq CustomerID and contains(CompanyName,'a'))", holds: (row: Row) =>
    shop().ordersOf(row).some((order) => order['ShipName'] === row['CompanyName'] || (row['CompanyName'] !== null && String(row['CompanyName']).includes('a'))) }),
)

const sources: readonly (readonly [string, Behaviour, Behaviour])[] = [
  ['honour everything', { pageSize: 90 }, {}],
  ['ignore filters', { filter: 'ignore' }, { filter: 'ignore' }],
  ['refuse in', { in: 'refuse', pageSize: 50 }, { in: 'refuse' }],
  ['ignore in and order', { in: 'ignore', orderby: 'ignore' }, { in: 'ignore' }],
  ['refuse everything', { filter: 'refuse', orderby: 'refuse', top: 'refuse', count: 'refuse', select: 'refuse' }, { filter: 'refuse', orderby: 'refuse', select: 'refuse' }],
]

describe.each(sources)('filters over navigation, of sources that %s', (_what, erp, crm) => {
  let shop: Shop
  let relations: Relations
  beforeAll(async () => {
    shop = await openShop({ erp, crm, customers: 40, orders: 200 })
    relations = relationsOf(shop)
  })
  afterAll(() => shop.stop())

  it('keep exactly the orders whose customers match', async () => {
    await fc.assert(fc.asyncProperty(combined(ofOrders(() => relations)), async ({ text, holds }) => {
      const body = await shop.door.json(url(`/odata/shop/Orders?$filter=${text}&$select=OrderID&$count=true`))
      const expected = shop.orders.filter(holds).map(({ OrderID }) => OrderID)
      expect([text, valuesOf(body).map(({ OrderID }) => OrderID), body['@odata.count']]).toEqual([text, expected, expected.length])
    }), { numRuns: 40, seed: 7 })
  }, 60_000)

  it('keep exactly the customers whose orders match', async () => {
    await fc.assert(fc.asyncProperty(combined(ofCustomers(() => relations)), async ({ text, holds }) => {
      const expected = shop.customers.filter(holds).map(({ CustomerID }) => CustomerID)
      expect([text, valuesOf(await shop.door.json(url(`/odata/shop/Customers?$filter=${text}&$select=CustomerID`))).map(({ CustomerID }) => CustomerID)]).toEqual([text, expected])
      expect(await (await shop.door.get(url(`/odata/shop/Customers/$count?$filter=${text}`))).text()).toBe(String(expected.length))
    }), { numRuns: 40, seed: 8 })
  }, 60_000)

  it('order by what a path leads to, page by page, nulls first', async () => {
    const { rows, pages } = await allPages(shop.door, '/odata/shop/Orders?$orderby=Customer/Credit%20desc,Freight&$select=OrderID', { prefer: 'odata.maxpagesize=30' })
    const expected = shop.orders.toSorted((a, b) => rank(relations.customerOf(b)?.['Credit']) - rank(relations.customerOf(a)?.['Credit']) || rank(a['Freight']) - rank(b['Freight']) || Number(a['OrderID']) - Number(b['OrderID']))
    expect(rows).toEqual(expected.map(({ OrderID }) => ({ OrderID })))
    expect(pages.length).toBe(Math.ceil(shop.orders.length / 30))
  })

  it('search in all string properties, counted and within related rows', async () => {
    const searches: readonly (readonly [string, (row: Row) => boolean])[] = [
      ['ZEBRA', (row) => has(row, 'zebra')], ['a NOT zebra', (row) => has(row, 'a') && !has(row, 'zebra')], ['"ana tru" OR "ltd"', (row) => has(row, 'ana tru') || has(row, 'ltd')], ['NOT germany', (row) => !has(row, 'germany')],
    ]
    for (const [text, holds] of searches) {
      const expected = shop.customers.filter(holds).map(({ CustomerID }) => CustomerID)
      expect([text, valuesOf(await shop.door.json(url(`/odata/shop/Customers?$search=${text}&$select=CustomerID`))).map(({ CustomerID }) => CustomerID)]).toEqual([text, expected])
      expect(await (await shop.door.get(url(`/odata/shop/Customers/$count?$search=${text}`))).text()).toBe(String(expected.length))
    }
    const body = await shop.door.json(url('/odata/shop/Customers?$expand=Orders($search=vessel;$orderby=OrderID;$select=OrderID)&$select=CustomerID'))
    expect(valuesOf(body).map((row) => row['Orders'])).toEqual(shop.customers.map((customer) => relations.ordersOf(customer).filter(({ ShipName }) => String(ShipName ?? '').toLowerCase().includes('vessel')).map(({ OrderID }) => ({ OrderID }))))
  })

  it('filter related rows, too', async () => {
    const body = await shop.door.json(url("/odata/shop/Customers?$expand=Orders($filter=Customer/Country eq 'Germany';$orderby=Customer/CompanyName,OrderID desc;$select=OrderID;$top=2)&$select=CustomerID"))
    expect(valuesOf(body).map((row) => row['Orders'])).toEqual(shop.customers.map((customer) => (customer['Country'] !== 'Germany' ? [] : relations.ordersOf(customer).map(({ OrderID }) => ({ OrderID })).toReversed().slice(0, 2))))
  })
})

describe('a selective filter over navigation', () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await openShop({ customers: 2000, orders: 6000, erp: { pageSize: 1000 }, crm: { pageSize: 1000 } })
  })
  afterAll(() => shop.stop())

  it('fetches hardly more rows than match on either side', async () => {
    const text = "Customer/CompanyName eq 'Zebra' and Customer/Country eq 'Germany'"
    await shop.door.json(url(`/odata/shop/Orders?$filter=${text}&$select=OrderID`))
    const body = await shop.door.json(url(`/odata/shop/Orders?$filter=${text}&$select=OrderID&explain=analyze`))
    const matching = new Set(shop.customers.filter(({ CompanyName, Country }) => CompanyName === 'Zebra' && Country === 'Germany').map(({ CustomerID }) => CustomerID))
    const orders = shop.orders.filter(({ CustomerID }) => matching.has(CustomerID)).length
    const requests = body['requests'] as readonly { readonly rows: number }[]
    expect(matching.size).toBeGreaterThan(0)
    expect(orders).toBeGreaterThan(10)
    expect(body['rows']).toBe(orders)
    expect(requests.reduce((sum, { rows }) => sum + rows, 0)).toBeLessThanOrEqual(1.2 * (orders + matching.size))
    expect(String(body['text'])).toContain('SemiJoin on CustomerID = CustomerID')
  })

  it('gives the same through every page, however many match', async () => {
    const relations = relationsOf(shop)
    const { rows } = await allPages(shop.door, '/odata/shop/Orders?$filter=Customer/Credit%20gt%205000&$select=OrderID', { prefer: 'odata.maxpagesize=400' })
    expect(rows.map(({ OrderID }) => OrderID)).toEqual(shop.orders.filter((row) => numberOf(relations.customerOf(row)?.['Credit']) > 5000).map(({ OrderID }) => OrderID))
  })
})
