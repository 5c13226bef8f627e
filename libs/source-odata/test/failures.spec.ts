import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { binary, call, column, booleanType, dateType, decimalType, int32Type, literal, orderKey, stringType } from '@tributary/plan'
import { capabilitiesOf, SourceContradicted, SourceRefused, type Capabilities, type Connection, type RemoteRequest, type ScanRequest, type Target } from '@tributary/source'
import { ODataSource } from '@tributary/source-odata'
import { customersAndOrders, startODataServer, type Behaviour, type ODataServer } from '../../../test/harness/odata-server.js'
import { targetOf, wantAll } from './served.js'

const sets = customersAndOrders(50, 3_000)
const nothingKnown = capabilitiesOf(new Map())
const everythingExact: Capabilities = { ...nothingKnown, fact: () => ({ trust: 'exact', origin: 'probed', why: 'so the test says', since: new Date(0) }) }
let source: ODataSource
let server: ODataServer
let elsewhere: ODataServer

beforeAll(async () => {
  elsewhere = await startODataServer({ sets })
  server = await startODataServer({ sets, elsewhere: elsewhere.url })
})
afterAll(async () => {
  await Promise.all([server.stop(), elsewhere.stop()])
})
afterEach(() => source.close())
beforeEach(() => {
  // What one test teaches of the remote is no concern of the next.
  source = new ODataSource()
  server.behave({})
  server.requests.length = 0
  elsewhere.requests.length = 0
})

async function rows(wanted: Partial<ScanRequest> = {}, options: { readonly target?: Target; readonly able?: Capabilities; readonly observe?: (request: RemoteRequest) => void } = {}): Promise<number> {
  const accepted = source.accept(wantAll(options.target ?? targetOf(server, sets), sets, 'Orders', wanted), options.able ?? nothingKnown)
  let count = 0
  for await (const { page } of source.read(accepted, { signal: new AbortController().signal, observe: options.observe ?? (() => undefined) })) count += page.kind === 'bytes' ? page.offsets.length / 2 : page.rows.length
  return count
}

const freight = binary('gt', column(decimalType, 'Freight'), literal(decimalType, '500'))

describe('a remote that fails', () => {
  it.each<[string, Behaviour, string, string]>([
    ['cuts its body off', { fault: 'truncate' }, 'HUB_SOURCE_INVALID', 'ends in the middle'],
    ['cuts a later page off', { fault: 'truncate', pageSize: 1_000, faultFromPage: 1 }, 'HUB_SOURCE_INVALID', 'ends in the middle'],
    ['sends a web page', { fault: 'html' }, 'HUB_SOURCE_INVALID', 'text/html'],
    ['sends no rows', { fault: 'missing-value' }, 'HUB_SOURCE_INVALID', '`value`'],
    ['puts an error behind its rows', { fault: 'in-stream-error' }, 'HUB_SOURCE_FAILED', 'the cursor was lost'],
    ['answers 500', { fault: 'failure' }, 'HUB_SOURCE_FAILED', 'the database is gone'],
    ['answers 500 to a later page', { fault: 'failure', pageSize: 1_000, faultFromPage: 2 }, 'HUB_SOURCE_FAILED', 'the database is gone'],
    ['runs in a circle', { fault: 'loop', pageSize: 1_000 }, 'HUB_SOURCE_INVALID', 'circle'],
    ['closes the connection', { fault: 'reset' }, 'HUB_SOURCE_UNREACHABLE', 'closed'],
    ['points elsewhere', { fault: 'foreign-link', pageSize: 1_000 }, 'HUB_SOURCE_LINK_REFUSED', 'outside'],
    ['redirects elsewhere', { fault: 'redirect' }, 'HUB_SOURCE_LINK_REFUSED', 'outside'],
    ['denies', { auth: { kind: 'bearer', token: 'other' } }, 'HUB_SOURCE_DENIED', '401'],
  ])('is named: one that %s', async (_, behaviour, code, text) => {
    server.behave(behaviour)
    await expect(rows()).rejects.toMatchObject({ code, params: expect.objectContaining({ slug: 'crm' }) as unknown, message: expect.stringContaining(text) as unknown })
  })

  it('is named when nobody listens, and when it does not answer in time', async () => {
    await expect(rows({}, { target: { ...targetOf(server, sets), url: 'http://127.0.0.1:9/' } })).rejects.toMatchObject({ code: 'HUB_SOURCE_UNREACHABLE' })
    await expect(rows({}, { target: { ...targetOf(server, sets), url: 'http://no-such-host.invalid/' } })).rejects.toMatchObject({ code: 'HUB_SOURCE_UNREACHABLE' })
    server.behave({ fault: 'hang' })
    await expect(rows({}, { target: targetOf(server, sets, { timeoutMs: 50 }) })).rejects.toMatchObject({ code: 'HUB_SOURCE_TIMEOUT', status: 504 })
  })

  it('gets a second and third chance when it is busy, and no more', async () => {
    server.behave({ throttle: { status: 429, times: 2, retryAfter: '0' } })
    expect(await rows()).toBe(3_000)
    server.behave({ throttle: { status: 503, times: 3, retryAfter: '0' } })
    await expect(rows()).rejects.toMatchObject({ code: 'HUB_SOURCE_FAILED', params: { status: 503 } })
  })

  it('is not waited for longer than it is worth', async () => {
    server.behave({ throttle: { status: 429, times: 1, retryAfter: '3600' } })
    await expect(rows()).rejects.toMatchObject({ code: 'HUB_SOURCE_FAILED', params: { status: 429 } })
    expect(server.requests).toHaveLength(1)
  })

  it('may close a connection that was kept alive', async () => {
    let served = 0
    const flaky = createServer((socket) => {
      socket.on('error', () => undefined).on('data', () => {
        served++
        if (served === 2) return void socket.destroy()
        const body = '{"value":[{"OrderID":1}]}'
        socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: keep-alive\r\n\r\n${body}`)
      })
    }).listen(0, '127.0.0.1')
    await once(flaky, 'listening')
    const target = { ...targetOf(server, sets), url: `http://127.0.0.1:${(flaky.address() as AddressInfo).port}/` }
    expect(await rows({}, { target })).toBe(1)
    expect(await rows({}, { target })).toBe(1)
    expect(served).toBe(3)
    flaky.close()
  })
})

describe('a remote that refuses', () => {
  it('is told from one that fails: the most suspicious feature first', async () => {
    server.behave({ functions: 'refuse' })
    const filter = binary('and', freight, call('contains', booleanType, column(stringType, 'ShipName'), literal(stringType, '7')))
    const error = await rows({ filter }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(SourceRefused)
    expect(error).toMatchObject({ slug: 'crm', entitySet: 'Orders', status: 501, reason: 'function contains', features: expect.arrayContaining(['filter:contains', 'filter:gt:Edm.Decimal', 'filter']) as unknown })
    expect((error as SourceRefused).features[0]).toBe('filter:contains')
    expect((error as SourceRefused).features.at(-1)).toBe('filter')
  })

  it('by breaking over what is unusual is asked without it; over everyday comparisons it has failed', async () => {
    server.behave({ functions: 'break' })
    const filter = binary('and', freight, call('contains', booleanType, column(stringType, 'ShipName'), literal(stringType, '7')))
    await expect(rows({ filter })).rejects.toMatchObject({ name: 'SourceRefused', status: 500, reason: 'function contains' })
    server.behave({ fault: 'failure' })
    await expect(rows({ filter: binary('gt', column(dateType, 'OrderDate'), literal(dateType, '2024-01-01')) })).rejects.toMatchObject({ name: 'SourceRefused', features: ['filter:gt:Edm.Date'] })
    await expect(rows({ filter: freight })).rejects.toMatchObject({ code: 'HUB_SOURCE_FAILED', params: { status: 500 } })
  })

  it('that answers 404 to the bare set refuses the set, with nothing that could be left out', async () => {
    await expect(rows({}, { target: { ...targetOf(server, sets), url: `${server.url}nowhere/` } })).rejects.toMatchObject({ name: 'SourceRefused', status: 404, features: [] })
  })
})

describe('a remote that contradicts what it was trusted with', () => {
  const byFreight = [orderKey(column(decimalType, 'Freight')), orderKey(column(int32Type, 'OrderID'))]

  it('is caught with more rows than $top, rows out of order, no count', async () => {
    server.behave({ top: 'ignore' })
    await expect(rows({ top: 5 }, { able: everythingExact })).rejects.toMatchObject({ feature: 'top' })
    server.behave({ orderby: 'ignore' })
    const error = await rows({ order: byFreight }, { able: everythingExact }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(SourceContradicted)
    expect(error).toMatchObject({ feature: 'orderby:Edm.Decimal' })
    server.behave({ count: 'ignore' })
    await expect(rows({ count: true }, { able: everythingExact })).rejects.toMatchObject({ feature: 'count' })
  })

  it('is caught with a number of rows that is not theirs, or changes', async () => {
    server.behave({ countError: 3, pageSize: 700 })
    await expect(rows({ count: true }, { able: everythingExact })).rejects.toMatchObject({ feature: 'count', reason: 'it counted 3003 rows and gave 3000' })
  })

  it.each(['loop', 'repeat'] as const)('is caught with pages that come again: %s', async (fault) => {
    server.behave({ fault, pageSize: 700, faultTimes: 1 })
    await expect(rows()).rejects.toMatchObject({ code: expect.stringMatching(/^HUB_SOURCE_(?:INVALID|CHANGED)$/) as unknown })
  })

  it('and one that does as it is told is not', async () => {
    server.behave({ pageSize: 700 })
    expect(await rows({ order: byFreight }, { able: everythingExact })).toBe(3_000)
    expect(await rows({ order: byFreight, top: 900, count: true }, { able: everythingExact })).toBe(900)
  })
})

describe('credentials', () => {
  const secret = 'h7#p&w=1 ä'
  it.each<[string, Connection['auth'], Behaviour['auth']]>([
    ['basic', { kind: 'basic', username: 'joan', password: secret }, { kind: 'basic', username: 'joan', password: secret }],
    ['bearer', { kind: 'bearer', token: 'abc.def' }, { kind: 'bearer', token: 'abc.def' }],
    ['an API key in a header', { kind: 'apiKey', name: 'X-Key', value: 'k-123', in: 'header' }, { kind: 'apiKey', name: 'x-key', value: 'k-123', in: 'header' }],
    ['an API key in the query', { kind: 'apiKey', name: 'api key', value: secret, in: 'query' }, { kind: 'apiKey', name: 'api key', value: secret, in: 'query' }],
  ])('let in, on every page, and are never shown: %s', async (_, auth, served) => {
    server.behave({ pageSize: 1_000, ...(served === undefined ? {} : { auth: served }) })
    const seen: RemoteRequest[] = []
    expect(await rows({}, { target: targetOf(server, sets, { auth }), observe: (request) => seen.push(request) })).toBe(3_000)
    expect(seen).toHaveLength(3)
    expect(JSON.stringify(seen)).not.toMatch(/p%26w|p&w|k-123|abc\.def|api(%20|\+| )key/)
  })

  it('never go to another origin, allowed or not', async () => {
    server.behave({ fault: 'foreign-link', pageSize: 1_000 })
    const target = targetOf(server, sets, { auth: { kind: 'bearer', token: 'abc' }, headers: { 'X-Tenant': 'one' }, allowedOrigins: [new URL(elsewhere.url).origin] })
    expect(await rows({}, { target })).toBe(3_000)
    expect(server.requests[0]?.headers).toMatchObject({ authorization: 'Bearer abc', 'x-tenant': 'one' })
    expect(elsewhere.requests).toHaveLength(1)
    expect(elsewhere.requests[0]?.headers['authorization']).toBeUndefined()
    expect(elsewhere.requests[0]?.headers['x-tenant']).toBeUndefined()
  })
})

describe('requests in flight', () => {
  it('are at most eight to a source, and each tells how long it waited', async () => {
    const busy = await startODataServer({ sets, behaviour: { latencyMs: 15 } })
    const seen: RemoteRequest[] = []
    const target = targetOf(busy, sets)
    await Promise.all(Array.from({ length: 30 }, () => rows({}, { target, observe: (request) => seen.push(request) })))
    expect(busy.inFlight().most).toBeLessThanOrEqual(8)
    expect(busy.inFlight().most).toBeGreaterThan(1)
    expect(seen.filter(({ queuedMs }) => queuedMs > 1).length).toBeGreaterThan(10)
    await busy.stop()
  })

  it('end when the reader stops, and the lane is free again', async () => {
    const one = await startODataServer({ sets, behaviour: { pageSize: 500 } })
    for (let round = 0; round < 12; round++) {
      const accepted = source.accept(wantAll(targetOf(one, sets), sets, 'Orders'), nothingKnown)
      for await (const { page } of source.read(accepted, { signal: new AbortController().signal, observe: () => undefined })) {
        expect(page.columns).toHaveLength(8)
        break
      }
    }
    expect(one.requests.length).toBeLessThanOrEqual(24)
    await one.stop()
  })
})
