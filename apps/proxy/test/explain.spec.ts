import { openShop, type Shop } from './shop.js'

interface Explained {
  readonly text: string
  readonly residuals: readonly { readonly source: string; readonly entitySet: string; readonly taken: readonly string[]; readonly ours: readonly string[] }[]
  readonly caches: Readonly<Record<string, string>>
  readonly requests: readonly { readonly source: string; readonly method: string; readonly url: string; readonly status: number; readonly rows: number; readonly bytes: number; readonly ms: number; readonly queuedMs: number }[]
  readonly tiers: readonly unknown[]
  readonly joins: readonly unknown[]
  readonly rows: number
}

describe('what explain tells', () => {
  let shop: Shop
  beforeEach(async () => {
    shop = await openShop({ erp: { functions: 'refuse' } })
    await shop.door.plane.prober.probe('erp')
    await shop.door.plane.prober.probe('crm')
  })
  afterEach(() => shop.stop())

  const path = "/odata/shop/Orders?$filter=Quantity gt 10 and contains(ShipName,'7')&$select=OrderID&$expand=Customer($select=CompanyName)&$top=20"

  it('of a plan: what each source is given, and what is left to us', async () => {
    const before = [shop.erp.requests.length, shop.crm.requests.length]
    const told = await shop.door.json(`${path}&explain=plan`) as unknown as Explained
    const [orders, customers] = told.residuals
    expect(orders).toMatchObject({ source: 'erp', entitySet: 'Orders' })
    expect(orders?.taken.join(' ')).toContain('Quantity gt 10')
    expect(orders?.ours.join(' ')).toContain('contains')
    expect(customers).toMatchObject({ source: 'crm', entitySet: 'Customers', taken: expect.arrayContaining(['CustomerID by in']) as unknown, ours: [] })
    expect(told.caches).toEqual({ plan: 'miss' })
    expect([shop.erp.requests.length, shop.crm.requests.length]).toEqual(before)
  })

  it('of a run: each request with its rows, bytes, times, and what the caches did', async () => {
    const [erp, crm] = [shop.erp.requests.length, shop.crm.requests.length]
    const told = await shop.door.json(`${path}&explain=analyze`) as unknown as Explained
    expect(told.requests).toHaveLength(shop.erp.requests.length - erp + shop.crm.requests.length - crm)
    for (const request of told.requests) {
      expect(request).toMatchObject({ method: 'GET', status: 200, source: expect.stringMatching(/^(?:erp|crm)$/) as unknown })
      expect([request.bytes > 0, request.ms >= 0, request.queuedMs >= 0]).toEqual([true, true, true])
    }
    expect(told.requests.filter(({ source }) => source === 'crm').map(({ url }) => decodeURIComponent(url))).toEqual([expect.stringContaining('CustomerID in (')])
    expect([told.tiers, told.joins]).toEqual([[], []])
    expect(told.rows).toBeGreaterThan(0)
    expect(['miss', 'hit', 'stale']).toContain(told.caches['plan'])
  })
})
