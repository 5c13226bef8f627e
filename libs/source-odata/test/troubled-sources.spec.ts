import { capabilitiesOf, type RemoteRequest } from '@tributary/source'
import { primitiveType } from '@tributary/plan'
import { ODataSource } from '@tributary/source-odata'
import { customersAndOrders, startODataServer, type ODataServer } from '../../../test/harness/odata-server.js'
import { createLanes } from '../src/lanes.js'
import { targetOf, wantAll } from './served.js'

const sets = customersAndOrders(20, 300)
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

async function rows(observe: (request: RemoteRequest) => void = () => undefined, reader = source): Promise<number> {
  const accepted = reader.accept(wantAll(targetOf(server, sets), sets, 'Orders', {}), nothingKnown)
  let count = 0
  for await (const { page } of reader.read(accepted, { signal: new AbortController().signal, observe })) count += page.kind === 'bytes' ? page.offsets.length / 2 : page.rows.length
  return count
}

const failure = (): Promise<unknown> => rows().then((count) => `${count} rows`, (error: unknown) => error)
const throttled = { throttle: { status: 503, times: Infinity, retryAfter: '0' } }

const soon = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/** Looks again and again; the test's own time is the end of it. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await soon()
}

/** Fails until nothing is sent any more. */
const open = async (): Promise<void> => {
  server.behave(throttled)
  for (let times = 0; times < 5; times += 1) expect(await failure()).toMatchObject({ code: 'HUB_SOURCE_FAILED' })
}

describe('a source that keeps failing', () => {
  it('is left alone, by name, since when and until when', async () => {
    await open()
    const asked = server.requests.length
    moment += 4_000
    expect(await failure()).toMatchObject({
      code: 'HUB_SOURCE_SUSPENDED', status: 502, params: { slug: 'crm', failures: 5, since: '2026-01-01T00:00:00.000Z', until: '2026-01-01T00:00:05.000Z' },
      message: expect.stringContaining('it answered 503'),
    })
    expect(server.requests).toHaveLength(asked)
  })

  it('is tried by one request afterwards, and welcome when it is back', async () => {
    await open()
    server.behave({ latencyMs: 30 })
    const asked = server.requests.length
    moment += 5_000
    const outcomes = await Promise.all([failure(), failure(), failure()])
    expect(outcomes.filter((outcome) => outcome === '300 rows')).toHaveLength(1)
    expect(server.requests).toHaveLength(asked + 1)
    expect(await rows()).toBe(300)
  })

  it('is left alone for twice as long when it is not', async () => {
    await open()
    moment += 5_000
    expect(await failure()).toMatchObject({ code: 'HUB_SOURCE_FAILED' })
    moment += 9_999
    expect(await failure()).toMatchObject({ code: 'HUB_SOURCE_SUSPENDED', params: { until: '2026-01-01T00:00:15.000Z' } })
    server.behave({})
    moment += 1
    expect(await rows()).toBe(300)
  })

  it('is not left alone for what single requests do wrong', async () => {
    server.behave({ fault: 'failure' })
    for (let times = 0; times < 7; times += 1) expect(await failure()).toMatchObject({ code: 'HUB_SOURCE_FAILED', params: { status: 500 } })
  })

  it('is not left alone for closing its connection over long URLs', async () => {
    server.behave({ urlLimit: 1_200, overlong: 'reset' })
    const keys = Array.from({ length: 400 }, (_, index): readonly [number] => [index])
    const able = capabilitiesOf(new Map(), { urlLimit: 8_000 })
    const asked = source.accept(wantAll(targetOf(server, sets), sets, 'Orders', { keys: [{ name: 'OrderID', type: primitiveType('Edm.Int32') }] }), able)
    const longRead = async () => {
      for await (const _ of source.read(asked, { signal: new AbortController().signal, observe: () => undefined, keys })) continue
    }
    for (let times = 0; times < 7; times += 1) await expect(longRead()).rejects.toMatchObject({ name: 'SourceRefused', status: 414 })
    expect(await rows()).toBe(300)
  })

  it('is asked by a registration all the same', async () => {
    await open()
    server.behave({})
    const { model: _, ...target } = targetOf(server, sets)
    expect((await source.describe(target, new AbortController().signal)).content).toContain('Orders')
  })

  it('that asks to be left alone for longer than anybody waits is left alone by everybody', async () => {
    server.behave({ throttle: { status: 429, times: 1, retryAfter: '40' } })
    expect(await failure()).toMatchObject({ code: 'HUB_SOURCE_FAILED', params: { status: 429 } })
    moment += 39_000
    expect(await failure()).toMatchObject({ code: 'HUB_SOURCE_SUSPENDED', params: { until: '2026-01-01T00:00:40.000Z' } })
    moment += 1_000
    expect(await rows()).toBe(300)
  })
})

describe('a source that fails once', () => {
  it.each(['truncate', 'reset'] as const)('by %s is asked again, as long as no row has left', async (fault) => {
    server.behave({ fault, faultTimes: 1 })
    expect(await rows()).toBe(300)
    expect(server.requests.length).toBe(2)
  })

  it('in the middle of its pages is asked for that page again', async () => {
    server.behave({ fault: 'truncate', faultTimes: 1, pageSize: 100, faultFromPage: 1 })
    expect(await rows()).toBe(300)
  })
})

/** Reads that are slow from their first moment on, once that is said; before it none is, however busy the machine. */
const slowOnceTold = (): { readonly source: ODataSource; tell(): void } => {
  const told = { slow: false }
  const over = (): Promise<undefined> => (told.slow ? Promise.resolve(undefined) : new Promise<undefined>(() => undefined))
  return { source: new ODataSource({ now: () => moment, timer: () => ({ over: over(), stop: () => undefined }) }), tell: () => { told.slow = true } }
}

describe('a source that is slower than it usually is', () => {
  it('is asked a second time, the first request is cancelled', async () => {
    const { source: own, tell } = slowOnceTold()
    for (let times = 0; times < 60; times += 1) await rows(undefined, own)
    const before = server.requests.length
    const reported: RemoteRequest[] = []
    server.behave({ silent: { times: 1 } })
    tell()
    expect(await rows((request) => reported.push(request), own)).toBe(300)
    const [first, second, ...more] = server.requests.slice(before).map(({ url }) => url)
    expect([second, more]).toEqual([first, []])
    await until(() => server.cancelled.length > 0)
    expect(server.cancelled.at(-1)?.url).toBe(first)
    expect(reported.map(({ status }) => status).toSorted()).toEqual([0, 200])
    await own.close()
  })

  it('gets few requests twice: one of twenty', async () => {
    const { source: own, tell } = slowOnceTold()
    for (let times = 0; times < 20; times += 1) await rows(undefined, own)
    expect(server.requests).toHaveLength(20)
    tell()
    const reported: RemoteRequest[] = []
    for (let times = 0; times < 40; times += 1) await rows((request) => reported.push(request), own)
    // Every read is slow, and would be sent again if it might; whichever loses is reported when it has ended.
    await until(() => reported.length >= 40 + 60 * 0.05)
    expect(reported).toHaveLength(40 + 60 * 0.05)
    await own.close()
  })
})

describe('lanes that adapt', () => {
  const { signal } = new AbortController()

  it('halve once for requests that are refused together, and open one by one', async () => {
    const lanes = createLanes(8)
    const held = await Promise.all(Array.from({ length: 8 }, () => lanes.enter('erp', signal)))
    for (const lane of held) lane.pushedBack(0)
    expect(lanes.width('erp')).toBe(4)
    for (const lane of held) lane.release()
    const after = await lanes.enter('erp', signal)
    after.pushedBack(0)
    expect(lanes.width('erp')).toBe(2)
    for (const width of [2, 3, 3, 3, 4]) {
      after.answered()
      expect(lanes.width('erp')).toBe(width)
    }
  })

  it('admit nobody while the source asks to be left alone', async () => {
    const lanes = createLanes(2)
    const refused = await lanes.enter('erp', signal)
    const order: string[] = []
    refused.pushedBack(40)
    refused.release()
    const waiting = [lanes.enter('erp', signal), lanes.enter('erp', signal)].map(async (entered) => {
      const lane = await entered
      order.push('entered')
      lane.release()
    })
    const before = new Promise((resolve) => setTimeout(resolve, 20)).then(() => order.push('still waiting'))
    await Promise.all([...waiting, before])
    expect(order).toEqual(['still waiting', 'entered', 'entered'])
    expect(lanes.spare('crm')).toBeDefined()
  })

  it('have nothing to spare while somebody waits', async () => {
    const lanes = createLanes(1)
    const held = await lanes.enter('erp', signal)
    expect(lanes.spare('erp')).toBeUndefined()
    const next = lanes.enter('erp', signal)
    await soon()
    held.release()
    expect(lanes.spare('erp')).toBeUndefined()
    ;(await next).release()
    expect(lanes.spare('erp')).toBeDefined()
  })
})
