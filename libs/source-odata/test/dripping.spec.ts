import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { capabilitiesOf } from '@tributary/source'
import { ODataSource } from '@tributary/source-odata'
import { customersAndOrders } from '../../../test/harness/odata-server.js'
import { until } from '../../../test/harness/running.js'
import { targetOf, wantAll } from './served.js'

const sets = customersAndOrders(3, 3)

describe('a body that comes byte by byte', () => {
  const source = new ODataSource()
  let server: Server
  let dropped = 0
  let everyMs = 5
  beforeAll(async () => {
    server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"value":[')
      const timer = setInterval(() => response.write(' '), everyMs)
      response.on('close', () => {
        clearInterval(timer)
        dropped += 1
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterAll(async () => {
    await source.close()
    server.closeAllConnections()
    server.close()
  })
  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/odata/`

  it.each([['is never silent, and yet is given up', 5], ['falls silent', 60_000]])('%s, by name, and its connection is closed', async (_, ms) => {
    everyMs = ms
    const before = dropped
    const target = targetOf({ url: url() }, sets, { timeoutMs: 60 })
    const scan = source.accept(wantAll(target, sets, 'Orders'), capabilitiesOf(new Map()))
    const read = async (): Promise<void> => {
      for await (const page of source.read(scan, { signal: new AbortController().signal, observe: () => undefined })) void page
    }
    await expect(read()).rejects.toMatchObject({ code: 'HUB_SOURCE_TIMEOUT' })
    await until('The end of its connection', () => (dropped > before ? true : undefined))
  })
})
