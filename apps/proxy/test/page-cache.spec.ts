import { until } from '../../../test/harness/running.js'
import { openShop, valuesOf, type Shop } from './shop.js'

describe('a service whose answers are kept', () => {
  let shop: Shop
  beforeEach(async () => {
    shop = await openShop({ connection: { cache: { ttlSeconds: 600, staleIfErrorSeconds: 600 } } })
  })
  afterEach(() => shop.stop())

  const path = '/odata/shop/Orders?$select=OrderID&$expand=Customer($select=CompanyName)&$top=50'

  it('is not asked again, and the answer tells its age', async () => {
    const first = await shop.door.get(path)
    const body = await first.text()
    expect(first.headers.get('age')).toBeNull()
    // Plans may change while probes teach something: then other pages are asked for.
    let last = first
    for (let times = 0; times < 20 && last.headers.get('age') === null; times += 1) {
      last = await shop.door.get(path)
      expect(await last.text()).toBe(body)
    }
    expect(last.headers.get('age')).toMatch(/^\d+$/)
    expect(last.headers.get('server-timing')).toMatch(/erp;dur=[\d.]+;desc="0 requests, \d+ from the cache"/)
  })

  it('is told by explain', async () => {
    const outcomes = await until('An answer from the cache', async () => {
      const told = await shop.door.json(`${path}&explain=analyze`) as { readonly requests: readonly { readonly source: string; readonly cache?: string }[] }
      return told.requests.some(({ cache }) => cache === undefined) ? undefined : told.requests.map(({ source, cache }) => [source, cache])
    })
    expect(outcomes).toEqual([['erp', 'hit'], ['crm', 'hit']])
  })

  it('answers on when a source is gone', async () => {
    const before = valuesOf(await shop.door.json(path))
    for (let times = 0; times < 6; times += 1) await shop.door.json(path)
    await shop.crm.stop()
    expect(valuesOf(await shop.door.json(path))).toEqual(before)
    Object.assign(shop, { stop: () => Promise.all([shop.door.stop(), shop.erp.stop()]).then(() => undefined) })
  })
})
