import { once } from 'node:events'
import { createServer, request as requestOf, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { serviceExposure } from '@tributary/catalog'
import { openDoor, type DataDoor } from './data-door.js'
import { endpointOf } from './exposures.js'
import { salesContract } from './yard.js'

/** A source that takes changes and answers them when it is told to; it notes whose connection broke before. */
interface Slow {
  readonly url: string
  readonly begun: string[]
  readonly broken: string[]
  readonly server: Server
  /** Answers everything that waits, and everything after it at once. */
  release(): void
}

async function startSlow(): Promise<Slow> {
  const begun: string[] = []
  const broken: string[] = []
  let waiting: (() => void)[] | undefined = []
  const server = createServer((request: IncomingMessage, response) => {
    request.resume()
    const name = `${request.method} ${(request.url ?? '').replace('/remote/', '')}`
    begun.push(name)
    let answered = false
    response.on('close', () => { if (!answered) broken.push(name) })
    const answer = (): void => {
      answered = true
      response.writeHead(204).end()
    }
    if (waiting === undefined) answer()
    else waiting.push(answer)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/remote/`, begun, broken, server,
    release: () => {
      for (const answer of waiting ?? []) answer()
      waiting = undefined
    },
  }
}

const until = async (holds: () => boolean): Promise<void> => {
  for (let tries = 0; !holds() && tries < 500; tries++) await sleep(10)
  if (!holds()) throw new Error('it did not come to that')
}

const batch = JSON.stringify({ requests: [{ id: '1', method: 'delete', url: 'Orders(1)' }, { id: '2', method: 'delete', url: 'Orders(2)' }, { id: '3', method: 'get', url: '$metadata' }] })
const changeSet = JSON.stringify({ requests: [1, 2].map((id) => ({ id: String(id), method: 'delete', url: `Orders(${id})`, atomicityGroup: 'g' })) })
const json = { 'content-type': 'application/json' }

/** A change that was sent may have been made, whatever became of its answer: who waits too long is told so, who goes away stops what has not begun. */
describe('changes that are not waited for', () => {
  let source: Slow
  let door: DataDoor
  const open = async (environment: Readonly<Record<string, string>> = {}): Promise<void> => {
    source = await startSlow()
    door = await openDoor({ environment })
    door.catalog.put(serviceExposure({ slug: 'sales', name: 'Sales', revision: 1 }, endpointOf('sales', source.url, salesContract())))
  }
  afterEach(async () => {
    await door.stop()
    source.server.closeAllConnections()
    source.server.close()
    await once(source.server, 'close')
  })

  it.each([
    ['a change', 'PATCH', 'Orders(1)', '{"Paid":true}'], ['a deep insert', 'POST', 'Orders', '{"ID":1,"Notes":[{"No":1}]}'], ['a stream', 'PUT', 'Files(1)/$value', 'bytes'], ['a reference', 'PUT', 'Orders(1)/Parent/$ref', '{"@odata.id":"Orders(2)"}'],
  ])('%s ends with the time of a request, by name', async (_what, method, path, body) => {
    await open({ TRIBUTARY_LIMIT_TIME_MS: '300' })
    const response = await door.get(`/odata/sales/${path}`, json, { method, body })
    expect([response.status, (await response.json() as { readonly error: { readonly code: string } }).error.code]).toEqual([expect.any(Number), 'HUB_LIMIT_TIME'])
    expect(response.status).toBeGreaterThanOrEqual(500)
    await until(() => source.broken.length === 1)
    expect(source.begun).toHaveLength(1)
  })

  it('a batch ends with its time as a whole: every request of it is answered, none is sent any more', async () => {
    await open({ TRIBUTARY_LIMIT_TIME_MS: '300' })
    const response = await door.get('/odata/sales/$batch', json, { method: 'POST', body: batch })
    const { responses } = await response.json() as { readonly responses: readonly { readonly status: number; readonly body?: { readonly error?: { readonly code: string } } }[] }
    expect(responses.map(({ status, body }) => [status >= 500, body?.error?.code])).toEqual([[true, 'HUB_LIMIT_TIME'], [true, 'HUB_LIMIT_TIME'], [false, undefined]])
    expect(source.begun).toEqual(['DELETE Orders(1)'])
  })

  it('a change set ends with the time of its batch, as one', async () => {
    await open({ TRIBUTARY_LIMIT_TIME_MS: '300' })
    const response = await door.get('/odata/sales/$batch', json, { method: 'POST', body: changeSet })
    const { responses } = await response.json() as { readonly responses: readonly { readonly body?: { readonly error?: { readonly code: string } } }[] }
    expect(responses.map(({ body }) => body?.error?.code)).toEqual(['HUB_LIMIT_TIME', 'HUB_LIMIT_TIME'])
    expect(source.begun).toEqual(['POST $batch'])
    await until(() => source.broken.length === 1)
  })

  it.each([['a change', '', 'DELETE Orders(1)'], ['a batch', batch, 'POST $batch'], ['a change set', changeSet, 'POST $batch']])('%s whose client goes away is cancelled at the source, and nothing more is sent', async (_what, body, line) => {
    await open()
    const { port } = new URL(door.origin)
    const [method = '', path = ''] = line.split(' ')
    const client = requestOf({ port, host: '127.0.0.1', method, path: `/odata/sales/${path}`, headers: { ...json, 'content-length': String(body.length) } })
    client.on('error', () => undefined)
    client.end(body)
    await until(() => source.begun.length === 1)
    client.destroy()
    await until(() => source.broken.length === 1)
    source.release()
    // Whatever came next would have come by the time another request is answered.
    await (await door.get('/odata/sales/Orders(9)', json, { method: 'DELETE' })).text()
    expect(source.begun).toEqual([expect.any(String), 'DELETE Orders(9)'])
  })
})
