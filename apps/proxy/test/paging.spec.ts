import { randomBytes } from 'node:crypto'
import { allPages, openShop, valuesOf, type Shop } from './shop.js'
import { serviceExposure } from './exposures.js'

const compare = (a: unknown, b: unknown): number => (a === b ? 0 : a === null ? -1 : b === null ? 1 : (a as string) < (b as string) ? -1 : 1)

describe('pages', () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await openShop({ orders: 350, environment: { TRIBUTARY_PAGE_ROWS: '100' }, erp: { pageSize: 70, nextLinks: 'relative' } })
  })
  afterAll(() => shop.stop())

  it('give every row once, in the order of the key, whatever the pages of the source', async () => {
    const { rows, pages } = await allPages(shop.door, '/odata/erp/Orders')
    expect(pages).toEqual([100, 100, 100, 50])
    expect(rows.map(({ OrderID }) => OrderID)).toEqual(shop.orders.map(({ OrderID }) => OrderID))
  })

  it('keep an order with nulls and equal values, forwards and backwards', async () => {
    for (const direction of ['asc', 'desc']) {
      const { rows } = await allPages(shop.door, `/odata/erp/Orders?$orderby=OrderDate%20${direction},Quantity&$select=OrderID,OrderDate,Quantity`, { prefer: 'maxpagesize=33' })
      const sign = direction === 'asc' ? 1 : -1
      const expected = shop.orders.toSorted((a, b) => sign * compare(a['OrderDate'], b['OrderDate']) || compare(a['Quantity'], b['Quantity']) || Number(a['OrderID']) - Number(b['OrderID']))
      expect(rows.map(({ OrderID }) => OrderID)).toEqual(expected.map(({ OrderID }) => OrderID))
    }
  })

  it('end where $top ends, count once, and say so on every page', async () => {
    const first = await shop.door.json('/odata/erp/Orders?$filter=Quantity%20gt%2010&$top=150&$skip=5&$count=true')
    const matching = shop.orders.filter(({ Quantity }) => Number(Quantity ?? 0) > 10)
    expect(first['@odata.count']).toBe(matching.length)
    const second = await shop.door.json(String(first['@odata.nextLink']))
    expect(second['@odata.count']).toBe(matching.length)
    expect([...valuesOf(first), ...valuesOf(second)].map(({ OrderID }) => OrderID)).toEqual(matching.slice(5, 155).map(({ OrderID }) => OrderID))
    expect(second['@odata.nextLink']).toBeUndefined()
  })

  it('have no next link when the last row fills the page', async () => {
    const body = await shop.door.json('/odata/erp/Orders?$filter=OrderID%20lt%2010100')
    expect([valuesOf(body).length, body['@odata.nextLink']]).toEqual([100, undefined])
  })

  it('are smaller where the client prefers, never larger', async () => {
    const small = await shop.door.get('/odata/erp/Orders', { prefer: 'odata.maxpagesize=7' })
    expect(small.headers.get('preference-applied')).toBe('odata.maxpagesize=7')
    expect(valuesOf(await small.json() as Record<string, unknown>)).toHaveLength(7)
    expect(valuesOf(await shop.door.json('/odata/erp/Orders', { prefer: 'maxpagesize=5000' }))).toHaveLength(100)
  })

  it('link absolutely, by the Host unless a trusted proxy says otherwise', async () => {
    const { port } = new URL(shop.door.origin)
    const forwarded = { 'x-forwarded-host': 'data.example.com', 'x-forwarded-proto': 'https' }
    expect((await shop.door.json('/odata/erp/Orders', forwarded))['@odata.nextLink']).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${port}/odata/erp/Orders\\?\\$skiptoken=`))
    const behind = await openShop({ orders: 20, environment: { TRIBUTARY_PAGE_ROWS: '5', TRIBUTARY_TRUSTED_PROXIES: '127.0.0.0/8' } })
    const body = await behind.door.json('/odata/erp/Orders?$select=OrderID', forwarded)
    expect(body['@odata.nextLink']).toMatch(/^https:\/\/data\.example\.com\/odata\/erp\/Orders\?\$select=OrderID&\$skiptoken=/)
    expect(body['@odata.context']).toBe('https://data.example.com/odata/erp/$metadata#Orders(OrderID)')
    await behind.stop()
  })

  it('of sets without a key go on by the number of rows', async () => {
    const { Orders } = await openKeyless()
    expect(Orders.rows.map(({ OrderID }) => OrderID)).toEqual(Orders.expected)
  })
})

async function openKeyless(): Promise<{ readonly Orders: { readonly rows: readonly Readonly<Record<string, unknown>>[]; readonly expected: readonly unknown[] } }> {
  const shop = await openShop({ orders: 40, environment: { TRIBUTARY_PAGE_ROWS: '15' } })
  const known = await shop.door.catalog.exposure('erp')
  const endpoint = known?.endpoints.get('erp')
  if (known === undefined || endpoint === undefined) throw new Error('erp is gone')
  const exposure = serviceExposure(endpoint)
  const set = exposure.sets.get('Orders')
  if (set === undefined) throw new Error('Orders are gone')
  shop.door.catalog.put({ ...exposure, slug: 'keyless', sets: new Map([['Orders', { ...set, key: [] }]]) })
  const { rows } = await allPages(shop.door, '/odata/keyless/Orders?$filter=OrderID%20gt%2010003')
  const expected = shop.orders.map(({ OrderID }) => OrderID).filter((id) => Number(id) > 10_003)
  await shop.stop()
  return { Orders: { rows, expected } }
}

describe('page tokens', () => {
  const key = randomBytes(32)
  let shop: Shop
  let next: URL
  beforeAll(async () => {
    shop = await openShop({ key, environment: { TRIBUTARY_PAGE_ROWS: '50' } })
    next = new URL(String((await shop.door.json('/odata/erp/Orders?$select=OrderID&$filter=OrderID%20gt%2010001'))['@odata.nextLink']))
  })
  afterAll(() => shop.stop())

  const outcomeOf = async (path: string): Promise<readonly unknown[]> => {
    const response = await shop.door.get(path)
    const { error } = await response.json() as { readonly error?: { readonly code: string } }
    return [response.status, error?.code]
  }
  const expired = [410, 'HUB_TOKEN_EXPIRED']

  it('do not show what they hold', () => {
    const token = next.searchParams.get('$skiptoken') ?? ''
    expect(Buffer.from(token, 'base64url').toString('latin1')).not.toMatch(/1005|keyset|erp/)
  })

  it('are good in another replica with the same key, and however the client encodes the query', async () => {
    const replica = await openShop({ key, environment: { TRIBUTARY_PAGE_ROWS: '50' } })
    const path = `/odata/erp/Orders?%24skiptoken=${next.searchParams.get('$skiptoken')}&%24filter=OrderID+gt+10001&$select=OrderID`.replaceAll('+', '%20')
    expect(valuesOf(await replica.door.json(path))[0]).toEqual({ OrderID: 10052 })
    await replica.stop()
  })

  it('are of no use for another query, set or service, or when damaged', async () => {
    const token = next.searchParams.get('$skiptoken') ?? ''
    expect(await outcomeOf(`/odata/erp/Orders?$select=OrderID&$filter=OrderID%20gt%2010002&$skiptoken=${token}`)).toEqual(expired)
    expect(await outcomeOf(`/odata/shop/Orders?$select=OrderID&$filter=OrderID%20gt%2010001&$skiptoken=${token}`)).toEqual(expired)
    expect(await outcomeOf(`${next.pathname}${next.search.slice(0, -4)}AAAA`)).toEqual(expired)
  })

  it('expire when the contract changes', async () => {
    const exposure = await shop.door.catalog.exposure('erp')
    if (exposure === undefined) throw new Error('erp is gone')
    shop.door.catalog.put({ ...exposure, revision: 2 })
    expect(await outcomeOf(`${next.pathname}${next.search}`)).toEqual(expired)
  })
})
