import { request } from 'node:http'
import { brotliDecompressSync, constants, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { openShop, valuesOf, type Shop } from './shop.js'

/** A response as it was on the wire: bodies are not decompressed. */
const raw = (url: string, headers: Readonly<Record<string, string>>, method = 'GET'): Promise<{ readonly status: number; readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>; readonly body: Buffer }> =>
  new Promise((resolve, reject) => {
    request(url, { method, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }))
      response.on('error', reject)
    }).on('error', reject).end()
  })

const decoders: Readonly<Record<string, (body: Buffer) => Buffer>> = { br: brotliDecompressSync, gzip: gunzipSync, zstd: zstdDecompressSync }

describe('formats of data', () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await openShop()
  })
  afterAll(() => shop.stop())

  it('with full metadata say types, ids and links, of expanded rows too', async () => {
    const response = await shop.door.get('/odata/shop/Orders?$top=1&$orderby=OrderID&$expand=Customer($select=CompanyName,CustomerID)', { accept: 'application/json;odata.metadata=full' })
    expect(response.headers.get('content-type')).toContain('odata.metadata=full')
    const [row] = valuesOf(await response.json() as Record<string, unknown>)
    const id = `${shop.door.origin}/odata/shop/Orders(${String(row?.['OrderID'])})`
    expect(row).toMatchObject({ '@odata.type': '#Shop.Order', '@odata.id': id, '@odata.editLink': id, '@odata.readLink': id, 'OrderID@odata.type': '#Int32' })
    expect(row?.['Customer']).toMatchObject({ '@odata.type': '#Shop.Customer', '@odata.id': expect.stringMatching(/\/odata\/shop\/Customers\('.*'\)$/), 'Orders@odata.navigationLink': expect.stringContaining("')/Orders") })
    const followed = await shop.door.json(String(row?.['@odata.id']))
    expect(followed['OrderID']).toBe(row?.['OrderID'])
  })

  it('with full metadata name it for one entity and for 4.01 without prefix', async () => {
    const one = await (await shop.door.get('/odata/erp/Orders?$top=1', { 'accept': 'application/json;metadata=full', 'odata-maxversion': '4.01' })).json() as Record<string, unknown>
    expect(valuesOf(one)[0]).toMatchObject({ '@type': expect.stringContaining('#Erp.'), '@id': expect.stringContaining('/odata/erp/Orders(') })
  })

  it('as CSV are all rows, whatever the page, exact and flattened', async () => {
    const response = await shop.door.get('/odata/shop/Orders?$format=csv&$select=OrderID,Freight&$expand=Customer($select=CompanyName)&$orderby=OrderID', { prefer: 'maxpagesize=10' })
    expect([response.status, response.headers.get('content-type'), response.headers.get('content-disposition')]).toEqual([200, 'text/csv;charset=utf-8;header=present', 'attachment; filename="Orders.csv"'])
    const lines = (await response.text()).split('\r\n')
    expect([lines[0], lines.length]).toEqual(['OrderID,Freight,Customer/CompanyName', 402])
    expect(lines.slice(1, 3).map((line) => line.split(',')[0])).toEqual(shop.orders.map((order) => Number(order['OrderID'])).toSorted((a, b) => a - b).slice(0, 2).map(String))
  })

  it('as a workbook are an archive', async () => {
    const response = await shop.door.get('/odata/erp/Orders?$format=xlsx&$top=3')
    expect(response.headers.get('content-type')).toBe('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
    expect(Buffer.from(await response.arrayBuffer()).toString('latin1', 0, 2)).toBe('PK')
  })

  it.each([
    ['/odata/shop/Customers?$format=csv&$expand=Orders', 501, 'Orders'],
    ['/odata/erp/Orders?$format=csv&$count=true', 501, '$count'],
    ['/odata/erp/Orders(10248)?$format=csv', 406, 'csv'],
    ['/odata/erp/Orders?$format=application/json;odata.metadata=half', 406, 'minimal'],
    ['/odata/erp/Orders?$format=application/json;charset=utf-16', 406, 'utf-16'],
    ['/odata/erp/$metadata?$format=csv', 406, 'csv'],
  ])('%s is refused with %i', async (path, status, word) => {
    const response = await shop.door.get(path)
    expect([response.status, await response.text()]).toEqual([status, expect.stringContaining(word)])
  })

  it.each([
    ['br', 'br'], ['gzip', 'gzip'], ['zstd', 'zstd'], ['gzip, deflate, br, zstd', 'br'], ['gzip;q=1, br;q=0.5', 'gzip'], ['*', 'br'], ['br;q=0, zstd', 'zstd'],
  ])('are compressed for %s as %s', async (accepted, encoding) => {
    const url = `${shop.door.origin}/odata/shop/Orders?$expand=Customer`
    const plain = await raw(url, {})
    const packed = await raw(url, { 'accept-encoding': accepted })
    expect([plain.headers['content-encoding'], packed.headers['content-encoding'], packed.headers['vary']]).toEqual([undefined, encoding, expect.stringContaining('accept-encoding')])
    expect(packed.body.length).toBeLessThan(plain.body.length / 2)
    expect(decoders[encoding]?.(packed.body).toString()).toBe(plain.body.toString())
  })

  it.each(['identity', 'deflate', 'gzip;q=0', ''])('are not compressed for "%s", nor small answers for anybody', async (accepted) => {
    expect((await raw(`${shop.door.origin}/odata/erp/Orders`, { 'accept-encoding': accepted })).headers['content-encoding']).toBeUndefined()
    const small = await raw(`${shop.door.origin}/odata/erp/Orders/$count`, { 'accept-encoding': 'br' })
    expect([small.headers['content-encoding'], small.body.toString()]).toEqual([undefined, '400'])
  })

  it.each(['br', 'zstd', 'gzip', 'identity'])('leave row by row as %s: the first does not wait for the last', async (encoding) => {
    shop.erp.behave({ pageSize: 50, fault: 'hang', faultFromPage: 1 })
    const begun = new Promise<Buffer>((resolve, reject) => {
      const asked = request(`${shop.door.origin}/odata/erp/Orders?$filter=contains(ShipName,'')&$count=false`, { headers: { 'accept-encoding': encoding } }, (response) => {
        response.once('data', (chunk: Buffer) => {
          resolve(chunk)
          asked.destroy()
        })
      })
      asked.on('error', reject).end()
    })
    const partial = { finishFlush: constants.Z_SYNC_FLUSH }
    const decode: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
      br: (bytes) => brotliDecompressSync(bytes, { finishFlush: constants.BROTLI_OPERATION_FLUSH }), zstd: (bytes) => zstdDecompressSync(bytes, { finishFlush: constants.ZSTD_e_flush }), gzip: (bytes) => gunzipSync(bytes, partial), identity: (bytes) => bytes,
    }
    expect(decode[encoding]?.(await begun).toString()).toContain('"OrderID":')
    shop.erp.behave({})
  })

  it('break off where a source does, compressed or not', async () => {
    shop.erp.behave({ pageSize: 50, fault: 'truncate', faultFromPage: 2 })
    await expect(raw(`${shop.door.origin}/odata/erp/Orders?$filter=contains(ShipName,'')`, { 'accept-encoding': 'gzip' }).then(({ status, body }) => (status === 200 ? gunzipSync(body).toString() : String(status)))).rejects.toMatchObject({ code: expect.stringMatching(/ECONNRESET|Z_BUF_ERROR/) })
    shop.erp.behave({})
  })

  it('answer HEAD with the headers of GET, and OPTIONS with the methods', async () => {
    for (const path of ['', '$metadata', 'Orders?$top=1', 'Orders/$count']) {
      const [get, head] = [await raw(`${shop.door.origin}/odata/shop/${path}`, {}), await raw(`${shop.door.origin}/odata/shop/${path}`, {}, 'HEAD')]
      expect([path, head.status, head.headers['content-type'], head.headers['odata-version'], head.body.length]).toEqual([path, 200, get.headers['content-type'], get.headers['odata-version'], 0])
      const options = await raw(`${shop.door.origin}/odata/shop/${path}`, {}, 'OPTIONS')
      expect([options.status, options.headers['allow']]).toEqual([204, 'GET, HEAD, OPTIONS'])
    }
    expect((await raw(`${shop.door.origin}/odata/shop/$batch`, {}, 'OPTIONS')).headers['allow']).toBe('POST, OPTIONS')
  })
})

describe('pages of other origins', () => {
  it('read nothing unless their origin is allowed', async () => {
    const shop = await openShop({ environment: { TRIBUTARY_CORS_ORIGINS: 'https://app.example' } })
    const from = (origin: string) => raw(`${shop.door.origin}/odata/erp/Orders/$count`, { origin })
    expect((await from('https://app.example')).headers).toMatchObject({ 'access-control-allow-origin': 'https://app.example', 'access-control-expose-headers': expect.stringContaining('OData-Version'), 'vary': expect.stringContaining('origin') })
    expect((await from('https://other.example')).headers['access-control-allow-origin']).toBeUndefined()
    const preflight = await raw(`${shop.door.origin}/odata/erp/$batch`, { 'origin': 'https://app.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type,authorization' }, 'OPTIONS')
    expect([preflight.status, preflight.headers['access-control-allow-methods'], preflight.headers['access-control-allow-headers']]).toEqual([204, 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS', 'content-type,authorization'])
    await shop.stop()
    const closed = await openShop()
    expect((await raw(`${closed.door.origin}/odata/erp/Orders/$count`, { origin: 'https://app.example' })).headers['access-control-allow-origin']).toBeUndefined()
    await closed.stop()
  })
})
