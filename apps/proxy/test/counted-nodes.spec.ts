import { openShop, valuesOf } from './shop.js'

describe('a join over a remote that counts the nodes of a filter', () => {
  it.each([20, 7])('asks for fewer keys at a time where chains of more than %i comparisons are refused, and remembers it', async (filterTerms) => {
    const shop = await openShop({ crm: { in: 'refuse', filterTerms }, customers: 60, orders: 400 })
    try {
      const path = '/odata/shop/Orders?$select=OrderID,CustomerID&$expand=Customer($select=CustomerID)'
      const joined = valuesOf(await shop.door.json(path)).map((row) => [row['CustomerID'], (row['Customer'] as { readonly CustomerID: string } | null)?.CustomerID ?? null])
      const known = new Set(shop.customers.map((row) => row['CustomerID']))
      expect(joined).toEqual(shop.orders.map(({ CustomerID }) => [CustomerID, known.has(CustomerID) ? CustomerID : null]))
      const capabilities = (await shop.door.plane.pool.of((await shop.door.catalog.exposure('shop'))!)).capabilities('crm', 'Customers')
      expect(capabilities.fact('filter:or').trust).not.toBe('unsupported')
      expect(capabilities.keyLimit).toBeLessThanOrEqual(filterTerms)
      shop.crm.requests.length = 0
      expect(valuesOf(await shop.door.json(path))).toHaveLength(400)
      const asked = shop.crm.requests.map(({ options }) => options['$filter']?.split(' or ').length ?? 0)
      expect(asked.length).toBeGreaterThan(0)
      for (const keys of asked) expect(keys).toBeLessThanOrEqual(filterTerms)
    } finally {
      await shop.stop()
    }
  })
})
