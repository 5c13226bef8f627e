import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { relays, type Connection, type RemoteCall, type RemoteReply, type RemoteRequest, type Target } from '@tributary/source'
import { ODataSource } from '@tributary/source-odata'
import { customersAndOrders } from '../../../test/harness/odata-server.js'
import { openConnection, targetOf } from './served.js'

interface Received {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}
type Answer = (received: Received, response: ServerResponse) => void

const source = new ODataSource()
const received: Received[] = []
let answer: Answer = () => undefined
let root = ''

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
    const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString('utf8') }
    received.push(one)
    answer(one, response)
  })
})

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  root = `http://127.0.0.1:${(server.address() as AddressInfo).port}/svc/`
})
afterAll(async () => {
  await source.close()
  server.close()
})
beforeEach(() => {
  received.length = 0
  answer = (_, response) => response.writeHead(204).end()
})

const target = (connection: Partial<Connection> = {}): Target => targetOf({ url: root }, customersAndOrders(1, 1), connection)
const post = (over: Partial<RemoteCall> = {}): RemoteCall => ({ method: 'POST', path: 'Orders', headers: { 'content-type': 'application/json' }, body: Buffer.from('{"OrderID":1}'), ...over })

function relay(call: RemoteCall, options: { readonly target?: Target; readonly seen?: RemoteRequest[]; readonly signal?: AbortSignal } = {}): Promise<RemoteReply> {
  return source.relay(options.target ?? target(), call, { signal: options.signal ?? new AbortController().signal, observe: (request) => options.seen?.push(request) })
}

async function text({ body }: RemoteReply): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

describe('a relayed call', () => {
  it('arrives as it was sent, with the connection’s credentials and headers and the version of the contract', async () => {
    answer = (_, response) => response.writeHead(201, { 'content-type': 'application/json', etag: 'W/"1"', location: `${root}Orders(1)` }).end('{"OrderID":1,"Note":"ä"}')
    const seen: RemoteRequest[] = []
    const reply = await relay(post({ headers: { 'content-type': 'application/json', prefer: 'return=representation' } }), { target: target({ auth: { kind: 'basic', username: 'joan', password: 'p' }, headers: { 'X-Tenant': 'one' } }), seen })
    expect(reply).toMatchObject({ status: 201, headers: { etag: 'W/"1"', location: `${root}Orders(1)` } })
    expect(await text(reply)).toBe('{"OrderID":1,"Note":"ä"}')
    expect(received).toEqual([expect.objectContaining({ method: 'POST', url: '/svc/Orders', body: '{"OrderID":1}' })])
    expect(received[0]?.headers).toMatchObject({ 'odata-version': '4.0', 'odata-maxversion': '4.0', 'content-type': 'application/json', prefer: 'return=representation', authorization: `Basic ${Buffer.from('joan:p').toString('base64')}`, 'x-tenant': 'one' })
    expect(seen).toEqual([expect.objectContaining({ slug: 'crm', method: 'POST', url: `${root}Orders`, status: 201, bytes: 25 })])
    expect(relays(source)).toBe(true)
  })

  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'] as const)('may be any method: %s', async (method) => {
    const seen: RemoteRequest[] = []
    expect((await relay({ method, path: "Orders(1)/Test.Do(a='x y')?$select=A", headers: { 'if-match': '*' } }, { seen })).status).toBe(204)
    expect(received).toEqual([expect.objectContaining({ method, url: "/svc/Orders(1)/Test.Do(a='x%20y')?$select=A" })])
    expect(received[0]?.headers['if-match']).toBe('*')
    expect(seen[0]?.method).toBe(method)
  })

  it('comes back decoded', async () => {
    answer = (_, response) => response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(gzipSync('{"value":42}'))
    const reply = await relay(post())
    expect(await text(reply)).toBe('{"value":42}')
    expect(reply.headers).not.toHaveProperty('content-encoding')
    expect(reply.headers).not.toHaveProperty('content-length')
  })

  it.each([400, 404, 409, 412, 500, 501])('gives the remote’s refusal %s as the answer', async (status) => {
    answer = (_, response) => response.writeHead(status, { 'content-type': 'application/json' }).end('{"error":{"code":"X","message":"no"}}')
    const reply = await relay(post())
    expect(reply.status).toBe(status)
    expect(await text(reply)).toBe('{"error":{"code":"X","message":"no"}}')
  })

  it.each([401, 403])('names %s as denied', async (status) => {
    answer = (_, response) => response.writeHead(status).end('who are you')
    await expect(relay(post())).rejects.toMatchObject({ code: 'HUB_SOURCE_DENIED', params: { slug: 'crm', status } })
  })

  it('gives its lane back where nobody reads the empty body', async () => {
    for (let round = 0; round < 20; round++) expect((await relay(post())).status).toBe(204)
    expect(received).toHaveLength(20)
  })

  it('gives its lane back where the asker goes before it reads', async () => {
    answer = (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"value":1}')
    for (let round = 0; round < 20; round++) {
      const asker = new AbortController()
      await relay(post(), { signal: asker.signal })
      asker.abort(new Error('gone'))
    }
    expect(await text(await relay(post()))).toBe('{"value":1}')
  })

  it('never leaves the service root', async () => {
    await expect(relay(post({ path: '../admin/Users' }))).rejects.toMatchObject({ code: 'HUB_SOURCE_LINK_REFUSED' })
    await expect(relay(post({ path: '%2e%2e/admin/Users' }))).rejects.toMatchObject({ code: 'HUB_SOURCE_LINK_REFUSED' })
    expect(received).toHaveLength(0)
  })
})

describe('a relayed write', () => {
  it('is sent once, however busy the remote; a read is repeated', async () => {
    answer = (_, response) => response.writeHead(503, { 'retry-after': '0' }).end()
    expect((await relay(post())).status).toBe(503)
    expect(received).toHaveLength(1)
    answer = (_, response) => (received.length < 3 ? response.writeHead(503, { 'retry-after': '0' }).end() : response.writeHead(200).end('fine'))
    expect(await text(await relay({ method: 'GET', path: 'Orders', headers: {} }))).toBe('fine')
    expect(received).toHaveLength(3)
  })

  it('is not repeated where the connection breaks: nobody knows whether it was done', async () => {
    answer = (_, response) => response.destroy()
    await expect(relay(post())).rejects.toMatchObject({ code: 'HUB_SOURCE_UNREACHABLE' })
    expect(received).toHaveLength(1)
  })

  it.each([307, 308])('follows %s with its body, within its origin alone', async (status) => {
    answer = ({ url }, response) => (url === '/svc/Orders' ? response.writeHead(status, { location: '/svc/v2/Orders' }).end() : response.writeHead(204).end())
    expect((await relay(post())).status).toBe(204)
    expect(received.map(({ method, url, body }) => [method, url, body])).toEqual([['POST', '/svc/Orders', '{"OrderID":1}'], ['POST', '/svc/v2/Orders', '{"OrderID":1}']])
    answer = (_, response) => response.writeHead(status, { location: 'http://localhost:9/svc/Orders' }).end()
    await expect(relay(post(), { target: target({ allowedOrigins: ['http://localhost:9'] }) })).rejects.toMatchObject({ code: 'HUB_SOURCE_LINK_REFUSED' })
  })

  it.each([301, 302, 303])('takes %s for the answer', async (status) => {
    answer = (_, response) => response.writeHead(status, { location: `${root}Orders(1)` }).end('see there')
    const reply = await relay(post())
    expect(reply).toMatchObject({ status, headers: { location: `${root}Orders(1)` } })
    expect(received).toHaveLength(1)
    expect(await text(reply)).toBe('see there')
  })
})

describe('a remote that wants a token against forged requests', () => {
  let token = 'first'
  const guarded: Answer = ({ method, headers }, response) => {
    if (headers['x-csrf-token']?.toString().toLowerCase() === 'fetch') return void response.writeHead(200, { 'x-csrf-token': token, 'set-cookie': [`SAP_SESSION=${token}; path=/; expires=Wed, 01 Jan 2031 00:00:00 GMT`, 'lb=7'] }).end('{}')
    if (method !== 'GET' && (headers['x-csrf-token'] !== token || headers['cookie'] !== `SAP_SESSION=${token}; lb=7`)) return void response.writeHead(403, { 'x-csrf-token': 'Required' }).end('CSRF token validation failed')
    response.writeHead(201, { 'content-type': 'application/json', 'set-cookie': 'SAP_SESSION=other' }).end('{}')
  }

  it('is asked for one, keeps the session to itself, and gets a new one when the old one ends', async () => {
    answer = guarded
    const place = target()
    const reply = await relay(post(), { target: place })
    expect(reply.status).toBe(201)
    expect(reply.headers).not.toHaveProperty('set-cookie')
    expect(received.map(({ method, url }) => [method, url])).toEqual([['POST', '/svc/Orders'], ['GET', '/svc/'], ['POST', '/svc/Orders']])
    expect(received.at(-1)?.body).toBe('{"OrderID":1}')
    received.length = 0
    expect((await relay(post({ method: 'PATCH', path: 'Orders(1)' }), { target: place })).status).toBe(201)
    expect(received.map(({ method }) => method)).toEqual(['PATCH'])
    token = 'second'
    received.length = 0
    expect((await relay(post({ method: 'DELETE', path: 'Orders(1)' }), { target: place })).status).toBe(201)
    expect(received.map(({ method }) => method)).toEqual(['DELETE', 'GET', 'DELETE'])
  })

  it('is told from one that never lets us in', async () => {
    answer = ({ headers }, response) => response.writeHead(headers['x-csrf-token'] === 'Fetch' ? 200 : 403, { 'x-csrf-token': headers['x-csrf-token'] === 'Fetch' ? 't' : 'Required' }).end()
    await expect(relay(post(), { target: { ...target(), connection: openConnection } })).rejects.toMatchObject({ code: 'HUB_SOURCE_DENIED', params: { status: 403 } })
    expect(received).toHaveLength(3)
  })
})
