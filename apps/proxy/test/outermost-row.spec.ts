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

  it('are those that match the outermost row, however deep they are expanded', async () => {
    const rows = valuesOf(await shop.door.json(url('/odata/shop/Customers?$select=CustomerID,CompanyName&$expand=Orders($select=OrderID;$expand=Customer($select=CustomerID;$expand=Orders($filter=ShipName gt $it/CompanyName;$select=OrderID;$orderby=OrderID;$count=true)))')))
    expect(rows.length).toBe(shop.customers.length)
    for (const { CustomerID, CompanyName, Orders } of rows) {
      const mine = shop.orders.filter((order) => order['CustomerID'] === CustomerID)
      const matching = mine.filter((order) => order['ShipName'] !== null && String(order['ShipName']) > String(CompanyName)).map((order) => order['OrderID']).toSorted((a, b) => Number(a) - Number(b))
      const inner = (Orders as readonly Row[]).map(({ Customer }) => Customer as unknown as Row)
      expect(inner.map((customer) => [customer['CustomerID'], customer['Orders@odata.count'], (customer['Orders'] as unknown as readonly Row[]).map((order) => order['OrderID'])])).toEqual(mine.map(() => [CustomerID, matching.length, matching]))
    }
  })

  it('may look at the rows that the outermost one leads to', async () => {
    const rows = valuesOf(await shop.door.json(url('/odata/shop/Customers?$select=CustomerID&$expand=Orders($filter=$it/Orders/any(o:o/Freight gt 900 and o/OrderID ne OrderID);$select=OrderID)')))
    for (const { CustomerID, Orders } of rows) expect((Orders as readonly Row[]).length === 0 || shop.orders.some((order) => order['CustomerID'] === CustomerID && Number(order['Freight']) > 900)).toBe(true)
    expect(rows.some(({ Orders }) => (Orders as readonly Row[]).length > 0)).toBe(true)
  })

  it('are ordered by what the outermost row has, and computed with it', async () => {
    const rows = valuesOf(await shop.door.json(url('/odata/shop/Customers?$select=CustomerID,Credit&$expand=Orders($compute=$it/Credit sub Freight as Left;$orderby=$it/Credit sub Freight desc,OrderID;$select=OrderID,Left)')))
    for (const { CustomerID, Credit, Orders } of rows) {
      const expected = shop.orders.filter((order) => order['CustomerID'] === CustomerID).map((order) => ({ id: Number(order['OrderID']), left: order['Freight'] === null || Credit === null ? null : Math.round((Number(Credit) - Number(order['Freight'])) * 100) / 100 }))
        .toSorted((a, b) => (b.left ?? -Infinity) - (a.left ?? -Infinity) || a.id - b.id)
      expect((Orders as readonly Row[]).map(({ OrderID, Left }) => [OrderID, Left === null ? null : Number(Left)])).toEqual(expected.map(({ id, left }) => [id, left]))
    }
  })
})
