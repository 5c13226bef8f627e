import { openShop, valuesOf, type Shop } from './shop.js'

/** Requests to the orders' source while `act` runs. */
async function requestsDuring(shop: Shop, act: () => Promise<unknown>): Promise<readonly { readonly url: string; readonly accept: string | undefined }[]> {
  const before = shop.erp.requests.length
  await act()
  return shop.erp.requests.slice(before).map(({ url, headers }) => ({ url: decodeURIComponent(url), accept: headers.accept }))
}

describe('answers that pass through', () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await openShop({ erp: { pageSize: 40, nextLinks: 'relative' } })
    await shop.door.plane.prober.probe('erp')
    await shop.door.plane.prober.probe('crm')
  })
  afterAll(() => shop.stop())

  const path = '/odata/erp/Orders?$filter=Quantity%20gt%2010&$orderby=OrderID&$top=100&$count=true&$select=OrderID,Quantity'

  it('are told by explain', async () => {
    expect(await shop.door.json(`${path}&explain=plan`)).toMatchObject({ passesThrough: true })
    expect(await shop.door.json(`/odata/erp/Orders?explain=plan`)).toMatchObject({ passesThrough: false })
    expect(await shop.door.json('/odata/shop/Orders?$top=1&$expand=Customer&explain=plan')).toMatchObject({ passesThrough: false })
  })

  it('are one request a page, and equal what a computation over the same rows gives, to the end', async () => {
    const matching = shop.orders.filter(({ Quantity }) => Number(Quantity ?? 0) > 10)
    const found: unknown[] = []
    const requests = await requestsDuring(shop, async () => {
      let next: string | undefined = path
      for (let page = 0; next !== undefined; page += 1) {
        const body = await shop.door.json(next)
        expect(body['@odata.context']).toBe(`${shop.door.origin}/odata/erp/$metadata#Orders(OrderID,Quantity)`)
        expect(body['@odata.count']).toBe(page === 0 ? matching.length : undefined)
        found.push(...valuesOf(body).map(({ OrderID }) => OrderID))
        next = body['@odata.nextLink'] as string | undefined
        expect(next ?? `${shop.door.origin}/odata/erp/Orders?$skiptoken=none`).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/odata\/erp\/Orders\?.*\$skiptoken=[\w-]+$/)
      }
    })
    expect(found).toEqual(matching.slice(0, 100).map(({ OrderID }) => OrderID))
    expect(requests).toHaveLength(3)
  })

  it('ask the source for exactly what the client asked us', async () => {
    const [plain] = await requestsDuring(shop, () => shop.door.json('/odata/erp/Orders?$top=3&$orderby=OrderID'))
    expect(plain?.accept).toBe('application/json;odata.metadata=minimal')
    const [exact] = await requestsDuring(shop, async () => {
      const text = await (await shop.door.get('/odata/erp/Orders?$top=3&$orderby=OrderID&$select=OrderID,Freight', { accept: 'application/json;IEEE754Compatible=true;odata.metadata=none' })).text()
      expect(JSON.parse(text)).toEqual({ value: shop.orders.slice(0, 3).map(({ OrderID, Freight }) => ({ OrderID, Freight })) })
    })
    expect(exact?.accept).toBe('application/json;odata.metadata=none;IEEE754Compatible=true')
  })

  it('are executed instead where the source refuses what it was trusted with', async () => {
    shop.erp.behave({ orderby: 'refuse', pageSize: 40 })
    const body = await shop.door.json('/odata/erp/Orders?$top=5&$orderby=Weight%20desc,OrderID&$select=OrderID')
    const expected = shop.orders.toSorted((a, b) => Number(b['Weight'] ?? -1) - Number(a['Weight'] ?? -1) || Number(a['OrderID']) - Number(b['OrderID'])).slice(0, 5)
    expect(valuesOf(body)).toEqual(expected.map(({ OrderID }) => ({ OrderID })))
    shop.erp.behave({ pageSize: 40, nextLinks: 'relative' })
  })

  it('break off where the source does', async () => {
    const crm = '/odata/crm/Customers?$top=50&$orderby=CustomerID'
    expect(await shop.door.json(`${crm}&explain=plan`)).toMatchObject({ passesThrough: expect.any(Boolean) })
    for (const fault of ['truncate', 'in-stream-error', 'missing-value', 'html'] as const) {
      shop.erp.behave({ fault })
      const outcome = await shop.door.get('/odata/erp/Orders?$top=30&$orderby=OrderID').then(async (response) => `${response.status} ${await response.text()}`).catch(() => 'broken off')
      expect([fault, outcome]).toEqual([fault, expect.stringMatching(/^broken off$|^502 .*HUB_SOURCE_/)])
    }
    shop.erp.behave({ pageSize: 40 })
  })
})
