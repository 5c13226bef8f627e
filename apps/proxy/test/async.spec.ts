import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../../../test/harness/running.js'
import { openShop, type Shop, type ShopOptions } from './shop.js'

type Headers = Readonly<Record<string, string>>

const later = (opened: Shop, path: string, headers: Headers = {}, init: RequestInit = {}) => opened.door.get(path, { prefer: 'respond-async', ...headers }, init)
/** The monitor of an answer that is not there yet. */
async function monitorOf(response: Response): Promise<string> {
  expect([response.status, await response.text()]).toEqual([202, ''])
  expect(response.headers.get('preference-applied')).toBe('respond-async')
  expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
  return response.headers.get('location') ?? ''
}
async function fetched(opened: Shop, monitor: string, headers: Headers = {}): Promise<Response> {
  return until('the answer', async () => {
    const response = await opened.door.get(monitor, headers)
    if (response.status !== 202) return response
    await response.text()
    return undefined
  })
}
const happens = (what: string, happened: () => Promise<boolean> | boolean): Promise<unknown> => until(what, async () => ((await happened()) ? true : undefined))

describe('an answer that is fetched later', () => {
  let shop: Shop | undefined
  const open = async (options: ShopOptions = {}): Promise<Shop> => (shop = await openShop(options))
  afterEach(async () => {
    await shop?.stop()
    shop = undefined
  })

  it('is the same answer, its status in AsyncResult, and may be fetched again', async () => {
    const opened = await open()
    const path = '/odata/shop/Orders?$top=20&$expand=Customer&$count=true'
    const monitor = await monitorOf(await later(opened, path))
    expect(monitor).toMatch(new RegExp(`^${opened.door.origin}/odata/shop/\\$async/[\\w-]{32}$`))
    const direct = await opened.door.json(path)
    for (let round = 0; round < 2; round++) {
      const response = await fetched(opened, monitor, { 'odata-maxversion': '4.01' })
      expect([response.status, response.headers.get('asyncresult'), response.headers.get('content-type')]).toEqual([200, '200', expect.stringContaining('application/json')])
      expect(await response.json()).toEqual(direct)
    }
  })

  it('is an HTTP message for clients that want one, errors too', async () => {
    const opened = await open()
    for (const [path, line, text] of [['/odata/erp/Orders(10248)', 'HTTP/1.1 200 OK', '"OrderID":10248'], ['/odata/erp/Orders?$filter=Nothing eq 1', 'HTTP/1.1 400 Bad Request', 'HUB_QUERY_UNKNOWN_PROPERTY']] as const) {
      const response = await fetched(opened, await monitorOf(await later(opened, path)), { 'accept': 'application/http', 'odata-maxversion': '4.0' })
      const [head = '', body = ''] = (await response.text()).split('\r\n\r\n')
      expect([response.status, response.headers.get('content-type'), response.headers.get('content-transfer-encoding')]).toEqual([200, 'application/http', 'binary'])
      expect(head.split('\r\n')).toEqual(expect.arrayContaining([line, expect.stringMatching(/^content-type: application\/json/)]))
      expect(body).toContain(text)
    }
    const failed = await fetched(opened, await monitorOf(await later(opened, '/odata/erp/Nothing')))
    expect([failed.status, failed.headers.get('asyncresult'), await failed.text()]).toEqual([200, '404', expect.stringContaining('HUB_RESOURCE_NOT_FOUND')])
  })

  it('comes at once where it is there within the time the client waits', async () => {
    const opened = await open()
    const response = await later(opened, '/odata/erp/Orders/$count', { prefer: 'respond-async, wait=30' })
    expect([response.status, response.headers.get('asyncresult'), await response.text()]).toEqual([200, null, '400'])
  })

  it('may be waited for, batches too', async () => {
    const opened = await open({ erp: { latencyMs: 50 } })
    const init = { method: 'POST', body: JSON.stringify({ requests: [{ id: '1', method: 'get', url: 'Orders/$count', headers: { prefer: 'respond-async' } }] }) }
    const monitor = await monitorOf(await later(opened, '/odata/shop/$batch', { 'content-type': 'application/json' }, init))
    const response = await opened.door.get(monitor, { prefer: 'wait=30' })
    expect([response.status, (await response.json() as { readonly responses: readonly { readonly body: unknown }[] }).responses]).toEqual([200, [expect.objectContaining({ status: 200, body: '400' })]])
  })

  it('may be to any method', async () => {
    const opened = await open()
    const head = await fetched(opened, await monitorOf(await later(opened, '/odata/erp/Orders(10248)', {}, { method: 'HEAD' })))
    expect([head.status, head.headers.get('asyncresult'), await head.text()]).toEqual([200, '200', ''])
    const refused = await fetched(opened, await monitorOf(await later(opened, '/odata/erp/Orders(10248)', {}, { method: 'DELETE' })))
    expect([refused.headers.get('asyncresult'), (await refused.json() as { readonly error: { readonly code: string } }).error.code]).toEqual(['405', 'HUB_CHANGE_NOT_ALLOWED'])
  })

  it('is given up by DELETE, and the requests to sources with it', async () => {
    const opened = await open({ erp: { fault: 'hang' } })
    const monitor = await monitorOf(await later(opened, '/odata/erp/Orders'))
    await happens('a request to the source', () => opened.erp.inFlight().now > 0)
    const ended = await opened.door.get(monitor, { 'odata-maxversion': '4.01' }, { method: 'DELETE' })
    expect([ended.status, ended.headers.get('odata-version')]).toEqual([204, '4.01'])
    await happens('the end of the request', () => opened.erp.inFlight().now === 0)
    expect((await opened.door.get(monitor)).status).toBe(404)
  })

  it('outlives the connection that asked for it, and is nobody else’s and no other service’s', async () => {
    const opened = await open({ erp: { latencyMs: 30 } })
    const monitor = await monitorOf(await later(opened, '/odata/erp/Orders/$count', { connection: 'close' }))
    expect((await opened.door.get(monitor.replace('/erp/', '/crm/'))).status).toBe(404)
    expect((await opened.door.get(`${monitor}x`)).status).toBe(404)
    expect(await (await fetched(opened, monitor)).text()).toBe('400')
    const post = await opened.door.get(monitor, {}, { method: 'POST' })
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD, DELETE, OPTIONS'])
  })

  it('that breaks off is told as such, and never given in part', async () => {
    const opened = await open({ environment: { TRIBUTARY_PAGE_ROWS: '0' }, orders: 3_000, erp: { pageSize: 1_000, fault: 'truncate', faultFromPage: 2 } })
    const response = await fetched(opened, await monitorOf(await later(opened, '/odata/erp/Orders')))
    expect([response.headers.get('asyncresult'), (await response.text()).slice(0, 400)]).toEqual(['502', expect.stringContaining('HUB_ASYNC_BROKEN')])
  })

  it('keeps to limits: of bytes, of time, and of number, beyond which requests are answered directly', async () => {
    const opened = await open({ environment: { TRIBUTARY_ASYNC_REQUESTS: '1', TRIBUTARY_ASYNC_KEPT_SECONDS: '1' }, erp: { latencyMs: 50 } })
    const monitor = await monitorOf(await later(opened, '/odata/erp/Orders/$count'))
    const direct = await later(opened, '/odata/crm/Customers/$count')
    expect([direct.status, await direct.text()]).toEqual([200, '60'])
    await happens('the end of the answer', async () => (await opened.door.get(monitor)).status === 404)
    expect((await later(opened, '/odata/crm/Customers/$count')).status).toBe(202)
    await opened.stop()
    const none = await open({ environment: { TRIBUTARY_ASYNC_REQUESTS: '0' } })
    expect((await later(none, '/odata/erp/Orders/$count')).status).toBe(200)
    await none.stop()
    const large = await open({ environment: { TRIBUTARY_ASYNC_MB: '1', TRIBUTARY_PAGE_ROWS: '0' }, orders: 12_000 })
    const response = await fetched(large, await monitorOf(await later(large, '/odata/erp/Orders')))
    expect([response.headers.get('asyncresult'), (await response.text()).slice(0, 400)]).toEqual(['413', expect.stringContaining('TRIBUTARY_ASYNC_MB')])
  })

  it('is given at once where it cannot be kept', async () => {
    const opened = await open({ answersDirectory: '/dev/null/nowhere' })
    const response = await later(opened, '/odata/erp/Orders/$count')
    expect([response.status, await response.text()]).toEqual([200, '400'])
    expect(opened.door.log.join('')).toContain('cannot be kept')
  })

  it('leaves nothing on disk', async () => {
    const opened = await open()
    await fetched(opened, await monitorOf(await later(opened, '/odata/erp/Orders')))
    expect(readdirSync(join(tmpdir(), `tributary-answers-${process.pid}`))).toEqual([])
  })
})
