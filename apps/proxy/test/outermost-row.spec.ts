import * as fc from 'fast-check'
import type { Behaviour, Row } from '../../../test/harness/odata-server.js'
import { openShop, valuesOf, type Shop } from './shop.js'

const url = (path: string): string => path.replaceAll('+', '%2B').replaceAll(' ', '%20')

interface Condition {
  readonly text: string
  readonly holds: (order: Row, customer: Row) => boolean
}

const texts = (value: unknown): string | null => (value === null || value === undefined ? null : String(value))

const conditions: fc.Arbitrary<Condition> = fc.oneof(
  fc.constant({ text: 'ShipName eq $it/CompanyName', holds: (order: Row, customer: Row) => texts(order['ShipName']) === texts(customer['CompanyName']) }),
  fc.constant({ text: 'ShipName ne $it/CompanyName', holds: (order: Row, customer: Row) => texts(order['ShipName']) !== texts(customer['CompanyName']) }),
  fc.constant({ text: '$this/CustomerID eq $it/CustomerID', holds: () => true }),
  fc.integer({ min: 0, max: 3000 }).map((least) => ({
    text: `Freight mul 10 gt $it/Credit sub ${least}`,
    holds: (order: Row, customer: Row) => order['Freight'] !== null && customer['Credit'] !== null && customer['Credit'] !== undefined && Number(order['Freight']) * 10 > Number(customer['Credit']) - least,
  })),
  fc.integer({ min: 0, max: 1000 }).map((least) => ({
    text: `not (Freight gt ${least}) or startswith($it/CompanyName,'A')`,
    holds: (order: Row, customer: Row) => !(order['Freight'] !== null && Number(order['Freight']) > least) || texts(customer['CompanyName'])?.startsWith('A') === true,
  })),
)

const sources: readonly (readonly [string, Behaviour, Behaviour])[] = [['honour everything', {}, {}], ['ignore filters, and page', { filter: 'ignore', pageSize: 30 }, { filter: 'ignore', pageSize: 7 }]]

describe.each(sources)('related rows filtered by the row they belong to, of sources that %s', (_what, erp, crm) => {
  let shop: Shop
  beforeAll(async () => {
    shop = await openShop({ erp, crm, customers: 20, orders: 120 })
  })
  afterAll(() => shop.stop())

  it('are exactly those that match, ordered, cut and counted per row', async () => {
    await fc.assert(fc.asyncProperty(conditions, fc.option(fc.nat(3), { nil: undefined }), fc.nat(2), async ({ text, holds }, top, skip) => {
      const nested = [`$filter=${text}`, '$orderby=OrderID desc', '$count=true', '$select=OrderID', ...(top === undefined ? [] : [`$top=${top}`]), ...(skip === 0 ? [] : [`$skip=${skip}`])].join(';')
      const rows = valuesOf(await shop.door.json(url(`/odata/shop/Customers?$select=CustomerID&$orderby=CustomerID&$expand=Orders(${nested})`)))
      const expected = shop.customers.toSorted((a, b) => (String(a['CustomerID']) < String(b['CustomerID']) ? -1 : 1)).map((customer) => {
        const matching = shop.orders.filter((order) => order['CustomerID'] === customer['CustomerID'] && holds(order, customer)).toSorted((a, b) => Number(b['OrderID']) - Number(a['OrderID']))
        return [customer['CustomerID'], matching.length, matching.slice(skip, top === undefined ? undefined : skip + top).map((order) => order['OrderID'])]
      })
      expect(rows.map((row) => [row['CustomerID'], row['Orders@odata.count'], (row['Orders'] as readonly Row[]).map((order) => order['OrderID'])])).toEqual(expected)
    }), { numRuns: 30 })
  })

  it('keep what is expanded of them, and the navigations that are asked of them', async () => {
    const [row] = valuesOf(await shop.door.json(url("/odata/shop/Customers?$top=1&$filter=Orders/any()&$orderby=CustomerID&$expand=Orders($filter=Customer/CompanyName eq $it/CompanyName;$expand=Customer($select=CompanyName);$select=OrderID)")))
    const mine = shop.orders.filter((order) => order['CustomerID'] === row?.['CustomerID']).map((order) => order['OrderID'])
    expect(((row?.['Orders'] ?? []) as readonly Row[]).map((order) => [order['OrderID'], order['Customer']]).toSorted()).toEqual(mine.map((id) => [id, { CompanyName: row?.['CompanyName'] }]).toSorted())
  })

  it('are refused where $it is not the row they belong to, or a navigation is followed from it', async () => {
    for (const nested of ['Orders($expand=Customer($expand=Orders($filter=ShipName eq $it/CompanyName)))', 'Orders($orderby=$it/CompanyName)', 'Orders($filter=$it/Orders/any(o:o/OrderID eq OrderID))']) {
      const response = await shop.door.get(url(`/odata/shop/Customers?$expand=${nested}`))
      expect([nested, response.status, await response.json()]).toEqual([nested, 501, { error: expect.objectContaining({ code: 'HUB_QUERY_UNSUPPORTED', message: expect.stringContaining('$it') }) }])
    }
  })
})
