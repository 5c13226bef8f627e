import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { capabilitiesOf, type Capabilities, type Forwarded } from '@tributary/source'
import { ODataSource } from '@tributary/source-odata'
import { customersAndOrders } from '../../../test/harness/odata-server.js'
import { targetOf, wantAll } from './served.js'

const sets = customersAndOrders(5, 5)
const exact: Capabilities = { ...capabilitiesOf(new Map()), fact: () => ({ trust: 'exact', origin: 'probed', why: 'so the test says', since: new Date(0) }) }
const json = { 'content-type': 'application/json;odata.metadata=minimal' }
const bodyOf = (filler: number): Buffer => Buffer.from(`{"value":[{"OrderID":1,"ShipName":"${'ä'.repeat(filler)}"}]}`)

async function inParts(response: ServerResponse, body: Buffer): Promise<void> {
  for (const part of [body.subarray(0, 20), body.subarray(20, 21), body.subarray(21)]) {
    response.write(part)
    await sleep(10)
  }
  response.end()
}

async function read(body: Forwarded['body']): Promise<Buffer> {
  if (Buffer.isBuffer(body)) return body
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}

describe('forwarding of what is told to be short', () => {
  const source = new ODataSource()
  let answer: (response: ServerResponse) => void | Promise<void>
  let server: Server

  beforeAll(async () => {
    server = createServer((_request, response) => void answer(response))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterAll(async () => {
    await source.close()
    server.closeAllConnections()
    server.close()
  })

  const forward = (): Promise<Forwarded> => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/odata/`
    return source.forward(source.accept(wantAll(targetOf({ url }, sets), sets, 'Orders'), exact), { signal: new AbortController().signal, observe: () => undefined, ieee754: true, metadata: 'minimal' })
  }
  it('gives all of it at once, however it comes', async () => {
    const given = bodyOf(3_000)
    answer = (response) => inParts(response.writeHead(200, { ...json, 'content-length': given.length }), given)
    const { body } = await forward()
    expect(Buffer.isBuffer(body)).toBe(true)
    expect((await read(body)).equals(given)).toBe(true)
  })

  it.each([
    ['whose length is not told', bodyOf(3_000), {}],
    ['that is long', bodyOf(200_000), { 'content-length': String(bodyOf(200_000).length) }],
  ])('gives piece by piece what comes piece by piece, %s', async (_, given, headers) => {
    answer = (response) => inParts(response.writeHead(200, { ...json, ...headers }), given)
    const { body } = await forward()
    expect(Buffer.isBuffer(body)).toBe(false)
    expect((await read(body)).equals(given)).toBe(true)
  })

  it('decodes what is coded, whose told length is not its own', async () => {
    const given = bodyOf(200_000)
    const coded = gzipSync(given)
    answer = (response) => void response.writeHead(200, { ...json, 'content-encoding': 'gzip', 'content-length': coded.length }).end(coded)
    const { body } = await forward()
    expect((await read(body)).equals(given)).toBe(true)
  })

  it('never gives less than was told, or what does not end', async () => {
    const given = bodyOf(3_000)
    answer = async (response) => {
      response.writeHead(200, { ...json, 'content-length': given.length }).write(given.subarray(0, -5))
      await sleep(10)
      response.destroy()
    }
    await expect(forward()).rejects.toMatchObject({ code: 'HUB_SOURCE_INVALID' })
    const short = given.subarray(0, -5)
    answer = (response) => void response.writeHead(200, { ...json, 'content-length': short.length }).end(short)
    await expect(forward()).rejects.toMatchObject({ code: 'HUB_SOURCE_INVALID' })
  })
})
