import { until } from '../../../test/harness/running.js'
import { openShop, type Shop, type ShopOptions } from './shop.js'

/** The answer's status and error, or how it broke off. */
async function outcome(shop: Shop, path: string): Promise<{ readonly status: number; readonly code: string; readonly message: string }> {
  const response = await shop.door.get(path)
  const text = await response.text().catch(() => '')
  const { code = '', message = '' } = response.status === 200 ? {} : (JSON.parse(text) as { readonly error: { readonly code: string; readonly message: string } }).error
  return { status: response.status, code, message }
}

describe('what one request may use', () => {
  let shop: Shop | undefined
  const open = async (environment: Readonly<Record<string, string>>, options: ShopOptions = {}): Promise<Shop> => (shop = await openShop({ ...options, environment }))
  afterEach(async () => {
    await shop?.stop()
    shop = undefined
  })

  it('names the rows read from sources, the source, and the way out', async () => {
    const found = await outcome(await open({ TRIBUTARY_LIMIT_ROWS_READ: '399' }), '/odata/shop/Orders?$expand=Customer')
    expect(found).toMatchObject({ status: 413, code: 'HUB_LIMIT_ROWS_READ', message: expect.stringMatching(/400 rows.*may read 399.*erp.*\$filter.*TRIBUTARY_LIMIT_ROWS_READ/) })
  })

  it('lets a request pass that keeps to the limit', async () => {
    expect(await outcome(await open({ TRIBUTARY_LIMIT_ROWS_READ: '400', TRIBUTARY_LIMIT_ROWS_OUT: '400' }), '/odata/erp/Orders')).toMatchObject({ status: 200 })
  })

  it('names the rows of the answer', async () => {
    const found = await outcome(await open({ TRIBUTARY_LIMIT_ROWS_OUT: '399', TRIBUTARY_PAGE_ROWS: '0' }), '/odata/erp/Orders')
    expect(found).toMatchObject({ status: 413, code: 'HUB_LIMIT_ROWS_OUT', message: expect.stringContaining('399') })
  })

  it('counts rows without giving them', async () => {
    const response = await (await open({ TRIBUTARY_LIMIT_ROWS_OUT: '3' })).door.get('/odata/erp/Orders/$count')
    expect([response.status, await response.text()]).toEqual([200, '400'])
  })

  it('names the requests to sources, before it sends one more', async () => {
    const opened = await open({ TRIBUTARY_LIMIT_REQUESTS: '2' }, { erp: { pageSize: 50, maxpagesize: 'ignore' } })
    expect(await outcome(opened, '/odata/shop/Orders?$expand=Customer')).toMatchObject({ status: 413, code: 'HUB_LIMIT_REQUESTS', message: expect.stringMatching(/may send 2/) })
    expect(opened.erp.requests.length).toBeLessThan(8)
  })

  it('names the bytes that sorts and joins hold together', async () => {
    const opened = await open({ TRIBUTARY_LIMIT_BYTES_BUFFERED: '1000000', TRIBUTARY_PAGE_ROWS: '0' }, { orders: 12_000, erp: { orderby: 'refuse' } })
    const found = await outcome(opened, '/odata/shop/Orders?$orderby=ShipName')
    expect(found).toMatchObject({ status: 413, code: 'HUB_LIMIT_BYTES_BUFFERED', message: expect.stringMatching(/may hold 1000000.*in one sort/) })
  })

  it('holds fewer rows and forgets keys, rather than more than it may, while rows wait for their keys', async () => {
    const options = { customers: 900, orders: 12_000, crm: { latencyMs: 2 } }
    const opened = await open({ TRIBUTARY_LIMIT_BYTES_BUFFERED: '1000000', TRIBUTARY_PAGE_ROWS: '0' }, options)
    const body = await opened.door.json('/odata/shop/Orders?$select=OrderID&$expand=Customer($select=CompanyName)')
    const rows = body['value'] as readonly { readonly Customer: unknown }[]
    expect([rows.length, rows.filter(({ Customer }) => Customer !== null).length > 10_000]).toEqual([12_000, true])
  })

  it('ends a request that takes too long, and cancels what its sources still do', async () => {
    const opened = await open({ TRIBUTARY_LIMIT_TIME_MS: '200' }, { erp: { fault: 'hang' } })
    expect(await outcome(opened, '/odata/erp/Orders')).toMatchObject({ status: 504, code: 'HUB_LIMIT_TIME', message: expect.stringContaining('200 ms') })
    const [first] = opened.erp.requests
    await until('The cancellation of the first request', () => opened.erp.cancelled.find((one) => one === first))
  })

  it('names the length of a URL, and lets longer queries come in a body', async () => {
    const opened = await open({ TRIBUTARY_LIMIT_URL_LENGTH: '256' })
    const filter = `$filter=${'OrderID gt 0 and '.repeat(20)}OrderID gt 0`
    expect(await outcome(opened, `/odata/erp/Orders/$count?${filter}`)).toMatchObject({ status: 414, code: 'HUB_LIMIT_URL', message: expect.stringMatching(/query of the URL has \d+ characters.*may have 256.*\$query.*TRIBUTARY_LIMIT_URL_LENGTH/) })
    const posted = await opened.door.get('/odata/erp/Orders/$count/$query', { 'content-type': 'text/plain' }, { method: 'POST', body: filter })
    expect([posted.status, await posted.text()]).toEqual([200, '400'])
  })

  it('names the depth and the width of what is expanded', async () => {
    const opened = await open({ TRIBUTARY_LIMIT_EXPAND_DEPTH: '2', TRIBUTARY_LIMIT_EXPAND_WIDTH: '1' })
    expect(await outcome(opened, '/odata/shop/Orders?$top=1&$expand=Customer($expand=Orders)')).toMatchObject({ status: 200 })
    expect(await outcome(opened, '/odata/shop/Orders?$expand=Customer($expand=Orders($expand=Customer))')).toMatchObject({ status: 400, code: 'HUB_LIMIT_EXPAND_DEPTH', message: expect.stringMatching(/3 levels deep.*expand 2.*TRIBUTARY_LIMIT_EXPAND_DEPTH/) })
    expect(await outcome(opened, '/odata/shop/Orders?$expand=Customer($levels=3)')).toMatchObject({ status: 400, code: 'HUB_LIMIT_EXPAND_DEPTH' })
    expect(await outcome(opened, '/odata/shop/Orders?$expand=Customer,Customer')).toMatchObject({ status: 400, code: 'HUB_LIMIT_EXPAND_WIDTH', message: expect.stringContaining('names 2 navigation properties') })
  })
})
