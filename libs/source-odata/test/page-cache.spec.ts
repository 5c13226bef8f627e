import { parseRows } from '@tributary/plan'
import { capabilitiesOf, type CachePolicy, type Connection, type RemoteRequest } from '@tributary/source'
import { ODataSource } from '@tributary/source-odata'
import { customersAndOrders, startODataServer, type ODataServer } from '../../../test/harness/odata-server.js'
import { targetOf, wantAll } from './served.js'

const sets = customersAndOrders(20, 300)
const others = customersAndOrders(20, 300, 2)
const nothingKnown = capabilitiesOf(new Map())
let server: ODataServer
let source: ODataSource
let moment: number

beforeEach(async () => {
  moment = Date.parse('2026-01-01T00:00:00Z')
  server = await startODataServer({ sets })
  source = new ODataSource({ now: () => moment })
})
afterEach(async () => {
  await source.close()
  await server.stop()
})

interface Reader {
  readonly scope?: string
  readonly cache?: CachePolicy
  readonly identity?: string
  readonly signal?: AbortSignal
  readonly connection?: Partial<Connection>
}

interface Read {
  readonly rows: number
  readonly outcomes: readonly (string | undefined)[]
  readonly ages: readonly (number | undefined)[]
}

const minute: CachePolicy = { ttlSeconds: 60, staleIfErrorSeconds: 600 }

async function read({ scope = 'ann', cache = minute, identity = 'crm@1', signal = new AbortController().signal, connection = {} }: Reader = {}): Promise<Read> {
  const target = { ...targetOf(server, sets, { cache, ...connection }), identity }
  const accepted = source.accept(wantAll(target, sets, 'Orders', {}), nothingKnown)
  const reported: RemoteRequest[] = []
  let rows = 0
  for await (const { page } of source.read(accepted, { signal, scope, observe: (request) => reported.push(request) })) rows += page.kind === 'bytes' ? parseRows(page).rows.length : page.rows.length
  return { rows, outcomes: reported.map((request) => request.cache), ages: reported.map(({ ageMs }) => ageMs) }
}

describe('pages that are kept', () => {
  it('are given again while they are fresh, and asked for anew afterwards', async () => {
    expect(await read()).toEqual({ rows: 300, outcomes: [undefined], ages: [undefined] })
    moment += 59_999
    expect(await read()).toEqual({ rows: 300, outcomes: ['hit'], ages: [59_999] })
    expect(server.requests).toHaveLength(1)
    moment += 1
    expect((await read()).outcomes).toEqual([undefined])
    expect(server.requests).toHaveLength(2)
  })

  it('are not kept where nobody asked for it, or nobody stands for the request', async () => {
    const { cache: _, ...uncached } = targetOf(server, sets, {}).connection
    expect(uncached).not.toHaveProperty('cache')
    for (let times = 0; times < 2; times += 1) await read({ cache: { ttlSeconds: 0 } })
    expect(server.requests).toHaveLength(2)
    const target = { ...targetOf(server, sets, { cache: minute }), identity: 'crm@1' }
    for (let times = 0; times < 2; times += 1) {
      const accepted = source.accept(wantAll(target, sets, 'Orders', {}), nothingKnown)
      for await (const { page } of source.read(accepted, { signal: new AbortController().signal, observe: () => undefined })) expect(page.kind).toBe('bytes')
    }
    expect(server.requests).toHaveLength(4)
  })

  it('are no other principal\'s, unless the service is public', async () => {
    await read({ scope: 'ann' })
    expect((await read({ scope: 'bob' })).outcomes).toEqual([undefined])
    expect(server.requests).toHaveLength(2)
    const everybody = { ...minute, public: true }
    await read({ scope: 'ann', cache: everybody })
    expect((await read({ scope: 'bob', cache: everybody })).outcomes).toEqual(['hit'])
  })

  it('belong to the connection and the contract they were read by', async () => {
    await read({ identity: 'crm@1' })
    expect((await read({ identity: 'crm@2' })).outcomes).toEqual([undefined])
  })

  it('are asked for by their ETag when they are old', async () => {
    server.behave({ etag: 'W/"1"' })
    await read()
    moment += 60_000
    expect((await read()).outcomes).toEqual([undefined, 'revalidated'])
    expect(server.requests.at(-1)?.headers['if-none-match']).toBe('W/"1"')
    expect((await read()).outcomes).toEqual(['hit'])
    server.behave({ etag: 'W/"2"' })
    moment += 60_000
    expect((await read()).outcomes).toEqual([undefined])
  })

  it('are given though old where the source fails, for a while', async () => {
    await read()
    server.behave({ fault: 'failure' })
    moment += 660_000 - 1
    expect(await read()).toMatchObject({ rows: 300, outcomes: [undefined, undefined, undefined, 'stale'], ages: [undefined, undefined, undefined, 659_999] })
    moment += 1
    await expect(read()).rejects.toMatchObject({ code: 'HUB_SOURCE_FAILED' })
    await expect(read({ scope: 'bob' })).rejects.toMatchObject({ code: 'HUB_SOURCE_FAILED' })
  })

  it('are fetched once for all who want them at a time', async () => {
    server.behave({ latencyMs: 40 })
    const all = await Promise.all(Array.from({ length: 6 }, () => read()))
    expect(all.map(({ rows }) => rows)).toEqual(Array.from({ length: 6 }, () => 300))
    expect(all.flatMap(({ outcomes }) => outcomes).filter((outcome) => outcome === 'shared')).toHaveLength(5)
    expect(server.requests).toHaveLength(1)
  })

  it('are fetched by another where the one who asked goes away', async () => {
    server.behave({ latencyMs: 40 })
    const gone = new AbortController()
    const first = read({ signal: gone.signal }).catch(() => 'gone')
    const second = read()
    await new Promise((resolve) => setTimeout(resolve, 10))
    gone.abort(new Error('the client went away'))
    expect(await first).toBe('gone')
    expect((await second).rows).toBe(300)
  })

  it.each(['truncate', 'in-stream-error', 'html', 'missing-value'] as const)('never hold an answer that ends in %s', async (fault) => {
    server.behave({ fault })
    await expect(read()).rejects.toMatchObject({ code: expect.stringMatching(/^HUB_SOURCE_/) as unknown })
    server.behave({})
    expect((await read()).rows).toBe(300)
  })

  it('are forgotten when something is written through the hub, what is being fetched meanwhile included', async () => {
    await read()
    const { signal } = new AbortController()
    const target = { ...targetOf(server, sets, { cache: minute }), identity: 'crm@1' }
    server.behave({ latencyMs: 40 })
    moment += 60_000
    const during = read()
    await source.relay(target, { method: 'DELETE', path: 'Orders(10000)', headers: {} }, { signal, observe: () => undefined })
    await during
    expect((await read()).outcomes).toEqual([undefined])
    await source.relay(target, { method: 'GET', path: 'Orders(10000)', headers: {} }, { signal, observe: () => undefined })
    expect((await read()).outcomes).toEqual(['hit'])
  })

  it('are the rows of their own source and request', async () => {
    const elsewhere = await startODataServer({ sets: others })
    try {
      const one = source.accept(wantAll({ ...targetOf(server, sets, { cache: minute }), identity: 'x' }, sets, 'Orders', { top: 5 }), nothingKnown)
      const two = source.accept(wantAll({ ...targetOf(elsewhere, others, { cache: minute }), identity: 'x' }, others, 'Orders', {}), nothingKnown)
      const texts: string[] = []
      for (const scan of [one, two, one, two]) {
        for await (const { page } of source.read(scan, { signal: new AbortController().signal, scope: 'ann', observe: () => undefined })) texts.push(page.kind === 'bytes' ? page.bytes.toString('utf8') : '')
      }
      expect(texts[0]).toBe(texts[2])
      expect(texts[1]).toBe(texts[3])
      expect(texts[0]).not.toBe(texts[1])
    } finally {
      await elsewhere.stop()
    }
  })
})
