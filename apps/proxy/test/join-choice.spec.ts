import { openShop, valuesOf, type Shop, type ShopOptions } from './shop.js'

interface Explained {
  readonly joins: readonly { readonly navigation: string; readonly source: string; readonly join: string; readonly keys: number; readonly count: number; readonly bindMs: number; readonly scanMs: number }[]
  readonly requests: readonly { readonly source: string; readonly url: string; readonly rows: number }[]
  readonly caches: Readonly<Record<string, string>>
}

/** Orders and the names of their customers, as answered. */
const names = (found: Record<string, unknown>): readonly unknown[] => valuesOf(found).map((row) => [row['OrderID'], (row['Customer'] as { readonly CompanyName: string } | null)?.CompanyName])

/** The same, joined by hand. */
const expected = ({ orders, customers }: Shop): readonly unknown[] => {
  const byId = new Map(customers.map((customer) => [customer['CustomerID'], customer['CompanyName']]))
  return orders.map((order) => [order['OrderID'], byId.get(order['CustomerID'])])
}

describe('the way a join is read', () => {
  let shop: Shop | undefined
  const opened = async (options: ShopOptions): Promise<Shop> => {
    shop = await openShop({ environment: { TRIBUTARY_PAGE_ROWS: '0' }, ...options })
    await shop.door.plane.prober.probe('shop')
    return shop
  }
  afterEach(async () => {
    await shop?.stop()
    shop = undefined
  })

  const path = '/odata/shop/Orders?$select=OrderID&$expand=Customer($select=CompanyName)'
  it('becomes a scan of the related rows where short batches would take many rounds', async () => {
    const { door, crm } = await opened({ customers: 800, orders: 2_400, crm: { urlLimit: 550, latencyMs: 60 } })
    const body = await door.json(path)
    expect(names(body)).toEqual(expected(shop as Shop))
    const before = crm.requests.length
    const told = await door.json(`${path}&explain=analyze`) as unknown as Explained
    expect(told.joins).toEqual([expect.objectContaining({ navigation: 'Customer', source: 'crm', join: 'whole', count: 800 })])
    const [join] = told.joins
    expect(join?.scanMs).toBeLessThan(join?.bindMs ?? 0)
    const asked = crm.requests.slice(before)
    expect(asked.filter(({ options }) => options['$count'] === 'true' && options['$top'] === '0').length).toBeGreaterThanOrEqual(1)
    // More than 700 keys, of which about 40 fit a URL, would be 18 requests.
    expect(asked.length).toBeLessThan(16)
    expect(names(await door.json(path))).toEqual(expected(shop as Shop))
  })

  it('does not ask for the number of rows where a round of batches is enough', async () => {
    const { door, crm } = await opened({ customers: 900, orders: 1_000 })
    const before = crm.requests.length
    expect(names(await door.json(path))).toEqual(expected(shop as Shop))
    expect(crm.requests.slice(before).filter(({ options }) => '$count' in options)).toEqual([])
  })

  it('is not held up by a source that lies about its number of rows', async () => {
    const { door } = await opened({ customers: 800, orders: 2_400, crm: { urlLimit: 550, latencyMs: 60, countError: -790 } })
    expect(names(await door.json(path))).toEqual(expected(shop as Shop))
    expect(names(await door.json(path))).toEqual(expected(shop as Shop))
  })
})
