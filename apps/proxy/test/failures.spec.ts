import { once } from 'node:events'
import { request } from 'node:http'
import { openShop, valuesOf, type Shop } from './shop.js'

describe('when things go wrong', () => {
  let shop: Shop | undefined
  afterEach(async () => {
    await shop?.stop()
    shop = undefined
  })

  it('a source that is down gives 502 with its slug, and the hub lives', async () => {
    shop = await openShop()
    await shop.crm.stop()
    const response = await shop.door.get('/odata/shop/Orders?$expand=Customer')
    expect(response.status).toBe(502)
    expect(await response.json()).toMatchObject({ error: { code: 'HUB_SOURCE_UNREACHABLE', message: expect.stringContaining('crm') } })
    expect(valuesOf(await shop.door.json('/odata/shop/Orders?$top=3'))).toHaveLength(3)
    Object.assign(shop, { stop: () => Promise.all([shop?.door.stop(), shop?.erp.stop()]).then(() => undefined) })
  })

  it('a source that fails gives 502 with its slug and status', async () => {
    shop = await openShop({ erp: { fault: 'failure' } })
    const response = await shop.door.get('/odata/erp/Orders')
    expect(response.status).toBe(502)
    expect(await response.json()).toMatchObject({ error: { code: 'HUB_SOURCE_FAILED', message: expect.stringMatching(/erp.*500/) } })
  })

  it('a source that breaks over a function is asked without it, and remembered', async () => {
    shop = await openShop()
    const query = "/odata/erp/Orders?$filter=contains(ShipName,'7')&$count=true&$select=OrderID"
    const expected: unknown = await shop.door.json(query)
    shop.erp.behave({ functions: 'break' })
    expect(await shop.door.json(query)).toEqual(expected)
    const before = shop.erp.requests.length
    expect(await shop.door.json(query)).toEqual(expected)
    expect(shop.erp.requests.slice(before).filter(({ url }) => url.includes("contains(ShipName,'7')"))).toEqual([])
  })

  it.each(['truncate', 'in-stream-error', 'loop', 'html', 'missing-value'] as const)('a source that answers with %s never becomes a shorter answer', async (fault) => {
    shop = await openShop({ erp: { fault } })
    const outcome = await shop.door.get('/odata/erp/Orders').then(async (response) => {
      const text = await response.text()
      return response.status === 200 ? text : `${response.status} ${text}`
    }).catch(() => 'broken off')
    expect(outcome).toMatch(/^broken off$|^502 .*HUB_SOURCE_/)
  })

  it('a failure after the first row breaks the connection instead of ending well-formed', async () => {
    shop = await openShop({ orders: 3000, environment: { TRIBUTARY_PAGE_ROWS: '0' }, erp: { pageSize: 1000, fault: 'reset', faultFromPage: 2 } })
    const response = await shop.door.get('/odata/erp/Orders')
    expect(response.status).toBe(200)
    await expect(response.text()).rejects.toThrow('terminated')
    expect(valuesOf(await shop.door.json('/odata/crm/Customers?$top=1'))).toHaveLength(1)
  })

  it('a client that goes away cancels the requests to the sources', async () => {
    shop = await openShop({ orders: 5000, environment: { TRIBUTARY_PAGE_ROWS: '0' }, erp: { pageSize: 100, latencyMs: 20 } })
    const call = request(`${shop.door.origin}/odata/erp/Orders`)
    call.end()
    const [answer] = await once(call, 'response') as [NodeJS.ReadableStream & { destroy(): void }]
    await once(answer, 'data')
    answer.destroy()
    call.destroy()
    const { erp } = shop
    const pagesAsked = (): number => erp.requests.filter(({ options }) => '$skiptoken' in options).length
    for (let before = -1; before !== pagesAsked();) {
      before = pagesAsked()
      await new Promise((resolve) => setTimeout(resolve, 150))
    }
    expect(pagesAsked()).toBeLessThan(45)
  })

  it('a client that reads slowly slows the source down', async () => {
    shop = await openShop({ orders: 60_000, environment: { TRIBUTARY_PAGE_ROWS: '0' }, erp: { pageSize: 1000 } })
    const call = request(`${shop.door.origin}/odata/erp/Orders`)
    call.end()
    const [answer] = await once(call, 'response') as [NodeJS.ReadableStream & { destroy(): void }]
    answer.pause()
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(shop.erp.rowsSent()).toBeLessThan(60_000)
    let text = ''
    for await (const chunk of answer) text += String(chunk)
    expect((JSON.parse(text) as { readonly value: readonly unknown[] }).value).toHaveLength(60_000)
  })

  it('writes are refused with what is allowed, HEAD and OPTIONS are answered', async () => {
    shop = await openShop()
    const post = await shop.door.get('/odata/erp/Orders', {}, { method: 'POST', body: '{}' })
    expect([post.status, post.headers.get('allow'), await post.json()]).toEqual([405, 'GET, HEAD, OPTIONS', { error: expect.objectContaining({ code: 'HUB_CHANGE_NOT_ALLOWED' }) }])
    const head = await shop.door.get('/odata/erp/Orders?$top=1', {}, { method: 'HEAD' })
    expect([head.status, head.headers.get('odata-version'), await head.text()]).toEqual([200, '4.0', ''])
    const headRoot = await shop.door.get('/odata/erp/', {}, { method: 'HEAD' })
    expect([headRoot.status, Number(headRoot.headers.get('content-length')) > 0, await headRoot.text()]).toEqual([200, true, ''])
    expect((await shop.door.get('/odata/erp/Orders', {}, { method: 'OPTIONS' })).status).toBe(204)
  })

  it('every data route knows its caller first', async () => {
    const token = 'a-token-of-at-least-thirty-two-characters'
    shop = await openShop({ environment: { TRIBUTARY_ADMIN_TOKEN: token } })
    for (const path of ['/odata', '/odata/', '/odata/erp/', '/odata/erp/$metadata', '/odata/erp/Orders', '/odata/nothing/', '/samples/', '/samples/sales/Orders']) {
      const response = await shop.door.get(path)
      expect([path, response.status, response.headers.get('www-authenticate')]).toEqual([path, 401, expect.stringContaining('Basic')])
      expect(await response.json()).toMatchObject({ error: { code: 'HUB_AUTH_REQUIRED' } })
    }
    expect((await shop.door.get('/odata/erp/Orders', { authorization: 'Bearer ' })).status).toBe(401)
    expect((await shop.door.get('/odata/erp/Orders', { authorization: `Bearer ${token}` })).status).toBe(200)
    expect((await shop.door.get('/odata/erp/Orders', { authorization: `Basic ${Buffer.from(`anyone:${token}`).toString('base64')}` })).status).toBe(200)
  })
})
