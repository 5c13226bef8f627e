import { allPages, openShop, valuesOf, type Shop } from './shop.js'

const encoded = (query: string): string => query.replaceAll(' ', '%20')

describe('queries over one service', () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await openShop()
  })
  afterAll(() => shop.stop())

  it('filters, orders, counts and takes as a computation over the same rows does', async () => {
    const body = await shop.door.json(encoded("/odata/erp/Orders?$filter=Freight gt 500 and contains(ShipName,'7')&$orderby=Weight desc,OrderID&$top=7&$count=true&$select=OrderID,Weight"))
    const matching = shop.orders.filter(({ Freight, ShipName }) => Freight !== null && Number(Freight) > 500 && String(ShipName ?? '').includes('7'))
    const ordered = matching.toSorted((a, b) => Number(b['Weight'] ?? -1) - Number(a['Weight'] ?? -1) || Number(a['OrderID']) - Number(b['OrderID']))
    expect(body['@odata.count']).toBe(matching.length)
    expect(body['@odata.context']).toBe(`${shop.door.origin}/odata/erp/$metadata#Orders(OrderID,Weight)`)
    expect(valuesOf(body)).toEqual(ordered.slice(0, 7).map(({ OrderID, Weight }) => ({ OrderID, Weight })))
  })

  it('answers an entity by key, its properties, raw values and counts', async () => {
    const [order] = shop.orders
    const entity = await shop.door.json('/odata/erp/Orders(10000)')
    expect(entity).toMatchObject({ '@odata.context': `${shop.door.origin}/odata/erp/$metadata#Orders/$entity`, 'OrderID': 10000, 'CustomerID': order?.['CustomerID'] })
    expect(await shop.door.json('/odata/erp/Orders(OrderID=10000)/Quantity')).toMatchObject({ value: order?.['Quantity'] })
    const raw = await shop.door.get('/odata/erp/Orders(10000)/Freight/$value')
    expect(raw.headers.get('content-type')).toBe('text/plain;charset=utf-8')
    expect(await raw.text()).toBe(order?.['Freight'])
    expect(await (await shop.door.get('/odata/erp/Orders/$count')).text()).toBe('400')
    expect(await (await shop.door.get(encoded('/odata/erp/Orders/$count?$filter=OrderID lt 10010'))).text()).toBe('10')
  })

  it('answers null with 204 and an unknown key with 404', async () => {
    const empty = shop.orders.find(({ ShipName }) => ShipName === null)
    expect((await shop.door.get(`/odata/erp/Orders(${empty?.['OrderID']})/ShipName`)).status).toBe(204)
    const missing = await shop.door.get('/odata/erp/Orders(1)')
    expect(missing.status).toBe(404)
    expect(await missing.json()).toMatchObject({ error: { code: 'HUB_RESOURCE_NOT_FOUND', message: expect.stringContaining('Orders(1)') } })
  })

  it('keeps every digit, as numbers or as strings', async () => {
    const text = await (await shop.door.get('/odata/crm/Customers?$top=60&$select=CustomerID,Credit,Visits,Score')).text()
    for (const { CustomerID, Visits, Credit, Score } of shop.customers) {
      expect(text).toContain(`{"CustomerID":"${CustomerID}","Credit":${Credit},"Visits":${Visits},"Score":${Score === 'INF' ? '"INF"' : JSON.stringify(Score)}}`)
    }
    const response = await shop.door.get('/odata/crm/Customers?$top=60&$count=true', { accept: 'application/json;IEEE754Compatible=true;odata.metadata=minimal' })
    expect(response.headers.get('content-type')).toBe('application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=true')
    const exact = await response.json() as Record<string, unknown>
    expect(exact['@odata.count']).toBe('60')
    expect(valuesOf(exact).map(({ Visits, Credit }) => [Visits, Credit])).toEqual(shop.customers.map(({ Visits, Credit }) => [Visits, Credit]))
  })

  it('leaves out nulls and metadata where asked', async () => {
    const body = await shop.door.json('/odata/erp/Orders?$top=400', { 'accept': 'application/json;odata.metadata=none', 'prefer': 'omit-values=nulls' })
    expect(Object.keys(body)).toEqual(['value'])
    expect(valuesOf(body).every((row) => Object.values(row).every((value) => value !== null))).toBe(true)
    expect(valuesOf(body)).toHaveLength(400)
  })

  it('speaks 4.01 without prefix to who says so, 4.0 to everybody else, and nothing older', async () => {
    const new401 = await shop.door.get('/odata/erp/Orders?$top=1', { 'odata-maxversion': '4.01' })
    expect(new401.headers.get('odata-version')).toBe('4.01')
    expect(Object.keys(await new401.json() as object)).toContain('@context')
    const usual = await shop.door.get('/odata/erp/Orders?$top=1')
    expect([usual.headers.get('odata-version'), usual.headers.get('vary')]).toEqual(['4.0', 'accept, prefer, odata-maxversion, authorization, accept-language, accept-encoding, origin'])
    const old = await shop.door.get('/odata/erp/Orders?$top=1', { 'odata-maxversion': '3.0' })
    expect([old.status, await old.json()]).toEqual([400, { error: expect.objectContaining({ code: 'HUB_VERSION_UNSUPPORTED', target: 'OData-MaxVersion' }) }])
  })

  it('names each source in Server-Timing', async () => {
    const response = await shop.door.get('/odata/shop/Orders?$top=2&$expand=Customer')
    expect(response.headers.get('server-timing')).toMatch(/^plan;dur=[\d.]+;desc="miss", erp;dur=.*, crm;dur=/)
    await response.body?.cancel()
  })

  it.each([
    ['/odata/erp/Orders?$filter=Fright%20gt%201', 400, 'HUB_QUERY_UNKNOWN_PROPERTY', 'Freight'],
    ['/odata/erp/Orders?$filter=(', 400, 'HUB_QUERY_SYNTAX', 'position'],
    ['/odata/erp/Orders?$nothing=1', 400, 'HUB_QUERY_UNKNOWN_OPTION', '$nothing'],
    ['/odata/erp/Orders?$apply=aggregate(Freight with Shop.median as M)', 501, 'HUB_QUERY_UNSUPPORTED', '$apply'],
    ['/odata/erp/Nothing', 404, 'HUB_RESOURCE_NOT_FOUND', 'Nothing'],
    ['/odata/erb/Orders', 404, 'HUB_SERVICE_NOT_FOUND', 'Did you mean erp?'],
    ['/odata/erp/Orders?$format=atom', 406, 'HUB_FORMAT_UNSUPPORTED', 'atom'],
    ['/odata/erp/Orders?$skiptoken=abc', 410, 'HUB_TOKEN_EXPIRED', 'first page'],
    ['/odata/erp/Orders?explain=me', 400, 'HUB_QUERY_INVALID', 'explain'],
  ])('refuses %s with %i %s', async (path, status, code, word) => {
    const response = await shop.door.get(path)
    const body = await response.json() as { readonly error: { readonly code: string; readonly message: string } }
    expect([response.status, body.error.code]).toEqual([status, code])
    expect(body.error.message).toContain(word)
    expect(response.headers.get('x-request-id')).toMatch(/^[\w-]+$/)
  })
})

describe('joins across two services', () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await openShop()
  })
  afterAll(() => shop.stop())

  it('expands to-one, with one request for many keys', async () => {
    const before = shop.crm.requests.length
    const body = await shop.door.json(encoded('/odata/shop/Orders?$expand=Customer($select=CompanyName)&$filter=Freight gt 500&$orderby=OrderDate desc,OrderID&$top=50'))
    const byId = new Map(shop.customers.map((customer) => [customer['CustomerID'], customer]))
    const expected = shop.orders.filter(({ Freight }) => Freight !== null && Number(Freight) > 500)
      .toSorted((a, b) => {
        const [x, y] = [String(a['OrderDate'] ?? ''), String(b['OrderDate'] ?? '')]
        return x === y ? Number(a['OrderID']) - Number(b['OrderID']) : x < y ? 1 : -1
      }).slice(0, 50)
    expect(valuesOf(body).map((row) => [row['OrderID'], row['Customer']])).toEqual(expected.map(({ OrderID, CustomerID }) => {
      const customer = byId.get(CustomerID)
      return [OrderID, customer === undefined ? null : { CompanyName: customer['CompanyName'] }]
    }))
    const keys = new Set(expected.map(({ CustomerID }) => CustomerID).filter((key) => key !== null))
    expect(shop.crm.requests.length - before).toBeLessThanOrEqual(Math.ceil(keys.size / 25))
    expect(body['@odata.context']).toBe(`${shop.door.origin}/odata/shop/$metadata#Orders(Customer(CompanyName))`)
  })

  it('expands to-many and follows navigation paths', async () => {
    const body = await shop.door.json(encoded('/odata/shop/Customers?$expand=Orders($select=OrderID;$orderby=OrderID;$top=2;$count=true)&$select=CustomerID&$top=60'))
    expect(valuesOf(body)).toEqual(shop.customers.map(({ CustomerID }) => {
      const own = shop.orders.filter((order) => order['CustomerID'] === CustomerID)
      return { CustomerID, 'Orders@odata.count': own.length, 'Orders': own.slice(0, 2).map(({ OrderID }) => ({ OrderID })) }
    }))
    const first = shop.orders.find(({ CustomerID }) => String(CustomerID).startsWith('C'))
    const customer = shop.customers.find(({ CustomerID }) => CustomerID === first?.['CustomerID'])
    expect(await shop.door.json(`/odata/shop/Orders(${first?.['OrderID']})/Customer`)).toMatchObject({ CompanyName: customer?.['CompanyName'] })
    const through = await shop.door.json(`/odata/shop/Customers('${customer?.['CustomerID']}')/Orders?$select=OrderID&$orderby=OrderID`)
    const own = shop.orders.filter(({ CustomerID }) => CustomerID === customer?.['CustomerID'])
    expect(valuesOf(through)).toEqual(own.map(({ OrderID }) => ({ OrderID })))
    expect(await (await shop.door.get(`/odata/shop/Customers('${customer?.['CustomerID']}')/Orders/$count`)).text()).toBe(String(own.length))
  })

  it('answers a to-one that leads nowhere with 204', async () => {
    const alone = shop.orders.find(({ CustomerID }) => CustomerID === null)
    expect((await shop.door.get(`/odata/shop/Orders(${alone?.['OrderID']})/Customer`)).status).toBe(204)
  })

  it('explains the plan without asking, and analyses what was asked', async () => {
    const fresh = await openShop()
    const plan = await fresh.door.json('/odata/shop/Orders?$expand=Customer&$top=5&explain=plan')
    expect(plan['text']).toContain('Expand Customer')
    expect(plan['tree']).toMatchObject({ node: expect.any(String), inputs: expect.any(Array) })
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(fresh.erp.requests.length + fresh.crm.requests.length).toBe(0)
    await fresh.stop()
    const analysis = await shop.door.json('/odata/shop/Orders?$expand=Customer&$top=5&explain=analyze')
    expect(analysis).toMatchObject({ rows: 5, requests: expect.arrayContaining([expect.objectContaining({ source: 'erp', url: expect.stringContaining('/Orders'), ms: expect.any(Number) }), expect.objectContaining({ source: 'crm' })]) })
  })

  it('pages through a join to the end', async () => {
    const { rows, pages } = await allPages(shop.door, '/odata/shop/Orders?$expand=Customer($select=CompanyName)&$select=OrderID', { prefer: 'odata.maxpagesize=150' })
    expect(pages).toEqual([150, 150, 100])
    const byId = new Map(shop.customers.map((customer) => [customer['CustomerID'], customer]))
    expect(rows.map((row) => [row['OrderID'], (row['Customer'] as Record<string, unknown> | null)?.['CompanyName']])).toEqual(shop.orders.map(({ OrderID, CustomerID }) => [OrderID, byId.get(CustomerID)?.['CompanyName']]))
  })
})
