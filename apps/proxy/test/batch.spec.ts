import { openShop, type Shop } from './shop.js'

interface Answer {
  readonly id: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: { readonly value?: readonly unknown[]; readonly error?: { readonly code: string; readonly message: string } } & Readonly<Record<string, unknown>>
}

describe('$batch', () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await openShop({ environment: { TRIBUTARY_BATCH_REQUESTS: '5', TRIBUTARY_BODY_BYTES: '20000' } })
  })
  afterAll(() => shop.stop())

  const post = (body: string, headers: Readonly<Record<string, string>>, path = '/odata/shop/$batch') => shop.door.get(path, headers, { method: 'POST', body })
  const json = async (requests: readonly object[], headers: Readonly<Record<string, string>> = {}): Promise<readonly Answer[]> => {
    const response = await post(JSON.stringify({ requests }), { 'content-type': 'application/json', ...headers })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json'])
    return (await response.json() as { readonly responses: readonly Answer[] }).responses
  }
  const mime = async (urls: readonly string[], headers: Readonly<Record<string, string>> = {}): Promise<readonly string[]> => {
    const parts = urls.map((url) => `--x\r\nContent-Type: application/http\r\n\r\n${url} HTTP/1.1\r\nAccept: application/json\r\n\r\n\r\n`)
    const response = await post(`${parts.join('')}--x--`, { 'content-type': 'multipart/mixed;boundary=x', ...headers })
    expect(response.status).toBe(200)
    const boundary = /^multipart\/mixed;boundary=(\S+)$/.exec(response.headers.get('content-type') ?? '')?.[1] ?? ''
    const sections = (await response.text()).split(`--${boundary}`)
    expect(sections.at(-1)).toBe('--\r\n')
    return sections.slice(1, -1)
  }

  it('answers each request as it would be answered alone', async () => {
    const [orders, one, count, wrong, document] = await json([
      { id: 'a', method: 'GET', url: 'Orders?$top=2&$expand=Customer($select=CompanyName)&$select=OrderID' },
      { id: 'b', method: 'get', url: `${shop.door.origin}/odata/shop/Orders(10248)`, headers: { accept: 'application/json;IEEE754Compatible=true' } },
      { id: 'c', method: 'get', url: '/odata/shop/Orders/$count' },
      { id: 'd', method: 'get', url: 'Orders?$filter=Nothing eq 1' },
      { id: 'e', method: 'get', url: '$metadata' },
    ])
    const alone = async (path: string) => shop.door.json(`/odata/shop/${path}`)
    expect(orders).toMatchObject({ id: 'a', status: 200, body: await alone('Orders?$top=2&$expand=Customer($select=CompanyName)&$select=OrderID') })
    expect(one?.headers['content-type']).toContain('IEEE754Compatible=true')
    expect(count).toMatchObject({ status: 200, body: '400' })
    expect(wrong).toMatchObject({ status: 400, body: { error: { code: 'HUB_QUERY_UNKNOWN_PROPERTY' } } })
    expect(Buffer.from(String(document?.body), 'base64url').toString()).toContain('<edmx:Edmx')
  })

  it('explains what it asks of sources within a batch as alone, in both forms', async () => {
    const path = 'Orders?$filter=Quantity gt 10&$select=OrderID&$expand=Customer($select=CompanyName)&$top=3'
    const [plan, run, wrong, rows] = await json([
      { id: 'plan', method: 'get', url: `${path}&explain=plan` }, { id: 'run', method: 'get', url: `${path}&explain=analyze` }, { id: 'wrong', method: 'get', url: `${path}&explain=why` }, { id: 'rows', method: 'get', url: path },
    ])
    const alone = await shop.door.json(`/odata/shop/${path}&explain=plan`)
    expect([plan?.status, Object.keys(plan?.body ?? {})]).toEqual([200, Object.keys(alone)])
    const told = run?.body as unknown as { readonly text: string; readonly rows: number; readonly requests: readonly { readonly source: string; readonly url: string }[] }
    const [section] = await mime([`GET /odata/shop/${path.replaceAll(' ', '%20')}&explain=plan`])
    const inMime = JSON.parse(/\{.*\}/s.exec(section ?? '')?.[0] ?? '{}') as { readonly text?: string }
    // What is known of the sources may grow meanwhile.
    for (const text of [plan?.body?.['text'], told.text, inMime.text, alone['text']]) expect(String(text)).toMatch(/^Expand Customer on CustomerID = CustomerID\n├ Remote erp\.Orders\n[^]*RemoteScan erp\.Orders \[[^]*Remote crm\.Customers by CustomerID/)
    expect([told.rows, told.requests.map(({ source }) => source)]).toEqual([rows?.body?.value?.length, ['erp', 'crm']])
    expect(wrong).toMatchObject({ status: 400, body: { error: { code: 'HUB_QUERY_INVALID' } } })
  })

  it('follows references, dependencies and conditions', async () => {
    const answers = await json([
      { id: '1', method: 'get', url: "Customers('C0001')" },
      { id: '2', method: 'get', url: '$1/Orders/$count', dependsOn: ['1'] },
      { id: '3', method: 'get', url: 'Nothing' },
      { id: '4', method: 'get', url: 'Orders/$count', dependsOn: ['3'] },
      { id: '5', method: 'get', url: 'Orders/$count', dependsOn: ['3'], if: 'not $3/$succeeded' },
    ])
    const customer = answers[0]?.status === 200
    expect(answers.map(({ status }) => status)).toEqual([customer ? 200 : 404, customer ? 200 : 424, 404, 424, 200])
    expect(answers[3]?.body?.error).toMatchObject({ code: 'HUB_DEPENDENCY_FAILED', message: expect.stringContaining('3 failed') })
  })

  it('refuses by name what it cannot do, each request for itself', async () => {
    const answers = await json([
      { id: '1', method: 'post', url: 'Orders', body: { OrderID: 1 }, headers: { 'content-type': 'application/json' } },
      { id: '2', method: 'get', url: 'http://elsewhere.example/odata/shop/Orders' },
      { id: '3', method: 'get', url: '/odata/erp/Orders' },
      { id: '4', method: 'get', url: '$batch' },
      { id: '5', method: 'get', url: 'Orders?$filter=OrderID eq $1/OrderID' },
    ])
    expect(answers.map(({ status, body }) => [status, body?.error?.code])).toEqual([
      [405, 'HUB_CHANGE_NOT_ALLOWED'], [400, 'HUB_REQUEST_INVALID'], [400, 'HUB_REQUEST_INVALID'], [400, 'HUB_REQUEST_INVALID'], [424, 'HUB_DEPENDENCY_FAILED'],
    ])
    expect(answers[0]?.headers['allow']).toBe('GET, HEAD, OPTIONS')
  })

  it('stops a JSON batch after an error only if told to, a multipart batch unless told not to', async () => {
    const requests = [{ id: '1', method: 'get', url: 'Nothing' }, { id: '2', method: 'get', url: 'Orders/$count' }]
    expect(await json(requests)).toHaveLength(2)
    expect(await json(requests, { prefer: 'odata.continue-on-error=false' })).toHaveLength(1)
    expect(await mime(['GET Nothing', 'GET Orders/$count'])).toHaveLength(1)
    const both = await mime(['GET Nothing', 'GET Orders/$count'], { prefer: 'continue-on-error' })
    expect(both.map((section) => /HTTP\/1\.1 (\d+)/.exec(section)?.[1])).toEqual(['404', '200'])
    expect(both[1]).toMatch(/\r\n\r\n400\r\n$/)
  })

  it('fails a change set as one, and keeps to the order', async () => {
    const change = '--y\r\nContent-Type: application/http\r\nContent-ID: 1\r\n\r\nDELETE Orders(1) HTTP/1.1\r\n\r\n\r\n'
    const body = `--x\r\nContent-Type: multipart/mixed;boundary=y\r\n\r\n${change}${change.replace('ID: 1', 'ID: 2')}--y--\r\n--x\r\nContent-Type: application/http\r\n\r\nGET Orders/$count HTTP/1.1\r\n\r\n\r\n--x--`
    const response = await post(body, { 'content-type': 'multipart/mixed;boundary=x', 'prefer': 'odata.continue-on-error' })
    expect([...(await response.text()).matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(['405', '200'])
  })

  it('has limits, each with its own error', async () => {
    const many = Array.from({ length: 6 }, (_, id) => ({ id: String(id), method: 'get', url: 'Orders' }))
    const tooMany = await post(JSON.stringify({ requests: many }), { 'content-type': 'application/json' })
    expect([tooMany.status, await tooMany.text()]).toEqual([413, expect.stringContaining('5 requests in a batch')])
    const tooLong = await post('x'.repeat(20_001), { 'content-type': 'application/json' })
    expect([tooLong.status, await tooLong.text()]).toEqual([413, expect.stringContaining('20000 bytes of a body')])
    const form = await post('{}', { 'content-type': 'text/csv' })
    expect([form.status, await form.text()]).toEqual([415, expect.stringContaining('multipart/mixed')])
    const got = await shop.door.get('/odata/shop/$batch')
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
    await got.text()
  })

  it('breaks off where a source does after its rows have begun', async () => {
    shop.erp.behave({ pageSize: 50, fault: 'truncate', faultFromPage: 2 })
    const answer = post(JSON.stringify({ requests: [{ id: '1', method: 'get', url: 'Orders' }, { id: '2', method: 'get', url: 'Customers/$count' }] }), { 'content-type': 'application/json' })
    await expect(answer.then((response) => response.json())).rejects.toMatchObject({ name: 'TypeError' })
    shop.erp.behave({})
  })
})

describe('a query sent as POST', () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await openShop()
  })
  afterAll(() => shop.stop())

  it('is answered as the same query in a URL, next links included', async () => {
    const posted = await shop.door.get('/odata/erp/Orders/$query', { 'content-type': 'text/plain', 'prefer': 'maxpagesize=2' }, { method: 'POST', body: '$filter=Freight%20gt%20100&$select=OrderID' })
    const got = await shop.door.get('/odata/erp/Orders?$filter=Freight%20gt%20100&$select=OrderID', { prefer: 'maxpagesize=2' })
    const [a, b] = [await posted.json(), await got.json()] as readonly Record<string, unknown>[]
    expect(a?.['value']).toEqual(b?.['value'])
    const next = await shop.door.json(String(a?.['@odata.nextLink']), { prefer: 'maxpagesize=2' })
    expect(next['value']).toHaveLength(2)
  })

  it('must be plain text', async () => {
    const response = await shop.door.get('/odata/erp/Orders/$query', { 'content-type': 'application/json' }, { method: 'POST', body: '{}' })
    expect([response.status, await response.text()]).toEqual([415, expect.stringContaining('text/plain')])
  })
})
