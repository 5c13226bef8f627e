import { Decimal } from 'decimal.js'
import type { Behaviour, Row } from '../../../test/harness/odata-server.js'
import { allPages, openShop, valuesOf, type Shop } from './shop.js'

const exact = { accept: 'application/json;IEEE754Compatible=true' }
/** An answer without what is said of it. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).filter(([name]) => !name.includes('@')).map(([name, inner]) => [name, plain(inner)]))
}
const plainValues = (body: Readonly<Record<string, unknown>>): readonly Readonly<Record<string, unknown>>[] => plain(valuesOf(body)) as readonly Readonly<Record<string, unknown>>[]
const url = (path: string): string => path.replaceAll(' ', '%20')
const sumOf = (values: readonly unknown[]): string | null => (values.length === 0 ? null : values.reduce<Decimal>((sum, value) => sum.plus(String(value)), new Decimal(0)).toFixed())
const given = (rows: readonly Row[], name: string): readonly unknown[] => rows.map((row) => row[name]).filter((value) => value !== null)
const Rounded = Decimal.clone({ precision: 34, rounding: Decimal.ROUND_HALF_EVEN })

const rank = (value: unknown): string => (value === null ? '' : String(value))

const sources: readonly (readonly [string, Behaviour])[] = [
  ['honour everything', { pageSize: 90 }],
  ['ignore everything', { filter: 'ignore', orderby: 'ignore', top: 'ignore', select: 'ignore' }],
  ['refuse everything', { filter: 'refuse', orderby: 'refuse', top: 'refuse', skip: 'refuse', count: 'refuse', select: 'refuse' }],
]

describe.each(sources)('$apply and $compute, of sources that %s', (_what, behaviour) => {
  let shop: Shop
  beforeAll(async () => {
    shop = await openShop({ erp: behaviour, crm: behaviour })
  })
  afterAll(() => shop.stop())

  const customerOf = (order: Row): Row | undefined => shop.customers.find(({ CustomerID }) => order['CustomerID'] !== null && CustomerID === order['CustomerID'])
  const countryOf = (order: Row): unknown => customerOf(order)?.['Country'] ?? null
  const answer = async (query: string): Promise<readonly Readonly<Record<string, unknown>>[]> => plainValues(await shop.door.json(url(`/odata/shop/${query}`), exact))

  it('aggregates all rows exactly', async () => {
    const [row, ...more] = await answer('Orders?$apply=filter(Quantity gt 10)/aggregate(Freight with sum as Total,Freight with average as Mean,Freight with min as Least,OrderDate with max as Last,ShipName with countdistinct as Ships,$count as Number)')
    const rows = shop.orders.filter(({ Quantity }) => Quantity !== null && Number(Quantity) > 10)
    const freight = given(rows, 'Freight')
    expect(more).toEqual([])
    expect(row).toEqual({
      Total: sumOf(freight), Mean: new Rounded(sumOf(freight) ?? 0).div(freight.length).toFixed(), Least: freight.toSorted((a, b) => Number(a) - Number(b))[0],
      Last: given(rows, 'OrderDate').map(String).toSorted().at(-1), Ships: String(new Set(given(rows, 'ShipName')).size), Number: String(rows.length),
    })
    expect(await answer('Orders?$apply=filter(OrderID lt 0)/aggregate(Freight with sum as Total,$count as Number)')).toEqual([{ Total: null, Number: '0' }])
  })

  it('groups by what a path leads to, then filters, orders and cuts the groups', async () => {
    const body = await shop.door.json(url('/odata/shop/Orders?$apply=groupby((Customer/Country,ShipName),aggregate(Freight with sum as Total))&$filter=Total gt 3000 and ShipName ne null&$orderby=Customer/Country desc,Total&$top=7&$count=true'), exact)
    const groups = [...Map.groupBy(shop.orders, (order) => JSON.stringify([countryOf(order), order['ShipName']])).values()].map((rows) => ({
      Customer: { Country: rows[0] === undefined ? null : countryOf(rows[0]) }, ShipName: rows[0]?.['ShipName'], Total: sumOf(given(rows, 'Freight')),
    })).filter(({ Total, ShipName }) => Number(Total) > 3000 && ShipName !== null)
    const sorted = groups.toSorted((a, b) => {
      const [x, y] = [rank(a.Customer.Country), rank(b.Customer.Country)]
      return x === y ? Number(a.Total) - Number(b.Total) : x < y ? 1 : -1
    })
    expect(body['@odata.count']).toBe(String(groups.length))
    expect(plainValues(body)).toEqual(sorted.slice(0, 7))
    expect(body['@odata.context']).toBe(`${shop.door.origin}/odata/shop/$metadata#Orders(Customer(Country),ShipName,Total)`)
    expect(await (await shop.door.get(url('/odata/shop/Orders/$count?$apply=groupby((Customer/Country,ShipName),aggregate(Freight with sum as Total))&$filter=Total gt 3000 and ShipName ne null'))).text()).toBe(String(groups.length))
  })

  it('gives the groups page by page, each once', async () => {
    const { rows, pages } = await allPages(shop.door, '/odata/shop/Orders?$apply=groupby((CustomerID))', { prefer: 'odata.maxpagesize=9' })
    const expected = [...new Set(shop.orders.map(({ CustomerID }) => CustomerID))]
    expect(pages.length).toBe(Math.ceil(expected.length / 9))
    expect(rows.map(({ CustomerID }) => String(CustomerID)).toSorted()).toEqual(expected.map(String).toSorted())
  })

  it('selects the rows with the highest values, orders and cuts them, and puts results one behind the other', async () => {
    const heavy = shop.orders.filter(({ Weight }) => Weight !== null).toSorted((a, b) => Number(b['Weight']) - Number(a['Weight']) || Number(a['OrderID']) - Number(b['OrderID']))
    expect((await answer('Orders?$apply=topcount(5,Weight)&$select=OrderID&$orderby=Weight desc,OrderID')).map(({ OrderID }) => OrderID)).toEqual(heavy.slice(0, 5).map(({ OrderID }) => OrderID))
    expect((await answer('Orders?$apply=orderby(Weight desc,OrderID)/skip(2)/top(4)&$select=OrderID')).map(({ OrderID }) => OrderID)).toEqual(heavy.slice(2, 6).map(({ OrderID }) => OrderID))
    expect(await answer('Orders?$apply=concat(aggregate($count as Number),filter(OrderID eq 10003)/groupby((OrderID)))&$orderby=OrderID')).toEqual([{ Number: '400' }, { OrderID: 10_003 }])
  })

  it('computes properties that the other options use', async () => {
    const rows = await answer('Orders?$compute=Quantity mul 2 as Double,Customer/Country as Land&$select=OrderID,Double,Land&$filter=Double gt 90 and startswith(Land,\'G\')&$orderby=Double desc,OrderID&$expand=Customer($select=CustomerID,Long;$compute=length(CompanyName) as Long)')
    const expected = shop.orders.filter((order) => Number(order['Quantity'] ?? 0) * 2 > 90 && String(countryOf(order) ?? '').startsWith('G'))
      .toSorted((a, b) => Number(b['Quantity']) - Number(a['Quantity']) || Number(a['OrderID']) - Number(b['OrderID']))
    expect(rows).toEqual(expected.map((order) => ({ OrderID: order['OrderID'], Double: String(Number(order['Quantity']) * 2), Land: countryOf(order), Customer: { CustomerID: order['CustomerID'], Long: [...String(customerOf(order)?.['CompanyName'])].length } })))
    const plain = await shop.door.json(url('/odata/shop/Orders(10001)?$compute=OrderID add 1 as Next&$select=Next'))
    expect(plain['Next']).toBe(10_002)
  })

  it.each([
    ['Orders?$apply=groupby((ShipName))&$filter=Fright gt 1', 400, 'Fright'],
    ['Orders?$apply=aggregate(ShipName with sum as Total)', 400, 'sum'],
    ['Orders?$compute=1 as Freight', 400, 'Freight'],
    ['Orders?$apply=toppercent(101,Freight)', 400, 'at most 100'],
    ['Orders?$apply=aggregate(Freight with Shop.median as M)', 501, 'Shop.median'],
  ])('refuses %s with %i, naming %s', async (query, status, word) => {
    const response = await shop.door.get(url(`/odata/shop/${query}`))
    expect([response.status, await response.text()]).toEqual([status, expect.stringContaining(word)])
  })
})
