import { once } from 'node:events'
import { createServer, request as requestOf, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { serviceExposure } from '@tributary/catalog'
import { openDoor, type DataDoor } from './data-door.js'
import { endpointOf } from './exposures.js'
import { salesContract } from './yard.js'

type Handle = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

const bytesOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const nothing: Handle = () => undefined
const tokenless: Handle = (_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
const storing = (store: Handle): Handle => (request, response) => (request.method === 'GET' ? tokenless(request, response) : store(request, response))

/** Streams go to their source as they come: nothing waits for their end, and nobody holds them. */
describe('media that are sent', () => {
  let handle = nothing
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${(request.url ?? '').replace('/remote/', '')}`)
    void handle(request, response)
  })
  let door: DataDoor
  let url = ''
  beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/remote/`
    door = await openDoor({ environment: { TRIBUTARY_MEDIA_BYTES: String(256 * 1024 * 1024), TRIBUTARY_BODY_BYTES: '1000' } })
    await serve()
  })
  const serve = async (): Promise<void> => door.catalog.put(serviceExposure({ slug: 'sales', name: 'Sales', revision: 1 }, endpointOf('sales', url, salesContract())))
  beforeEach(() => {
    seen.length = 0
  })
  afterAll(async () => {
    await door.stop()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })

  /** A client that sends chunk by chunk, as fast as it may. */
  const client = (path: string, headers: Readonly<Record<string, string>> = {}, origin = door.origin) => {
    const { port } = new URL(origin)
    const sending = requestOf({ host: '127.0.0.1', port, method: 'PUT', path: `/odata/sales/${path}`, headers: { 'content-type': 'video/mp4', ...headers } })
    const answered = new Promise<number>((resolve) => {
      sending.on('response', (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      })
      sending.on('error', () => resolve(-1))
    })
    return { sending, answered }
  }

  it.each([['PUT', 'Files(1)/$value'], ['PUT', 'Orders(1)/Scan'], ['POST', 'Files'], ['PUT', 'Orders(1)/CustomerID/$value']])('%s %s: every byte arrives, with its type and length', async (method, path) => {
    const sent = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251))
    let got: { readonly headers: IncomingMessage['headers']; readonly body: Buffer } | undefined
    handle = storing(async (request, response) => {
      got = { headers: request.headers, body: await bytesOf(request) }
      response.writeHead(204).end()
    })
    const response = await door.get(`/odata/sales/${path}`, { 'content-type': 'image/x-odd', 'slug': 'My%20file' }, { method, body: sent })
    expect([response.status, got?.body.equals(sent), got?.headers['content-type'], got?.headers['content-length'], got?.headers['slug']]).toEqual([204, true, 'image/x-odd', '300000', 'My%20file'])
  })

  it('reach the source before the client has sent them all', async () => {
    const first = Promise.withResolvers<string>()
    handle = storing((request, response) => {
      request.once('data', (chunk: Buffer) => first.resolve(chunk.toString()))
      request.on('end', () => response.writeHead(204).end())
    })
    const { sending, answered } = client('Files(1)/$value')
    sending.write('begin')
    expect(await first.promise).toBe('begin')
    sending.end('end')
    expect(await answered).toBe(204)
  })

  it('come no faster than the source takes them', async () => {
    const waiting: (() => void)[] = []
    let received = 0
    handle = storing((request, response) => {
      request.pause()
      waiting.push(() => {
        request.on('data', (chunk: Buffer) => { received += chunk.length })
        request.on('end', () => response.writeHead(204).end())
        request.resume()
      })
    })
    const { sending, answered } = client('Files(1)/$value')
    const chunk = Buffer.alloc(1024 * 1024)
    const all = 128
    const progress = { sent: 0, seen: -1 }
    const send = async (): Promise<void> => {
      for (; progress.sent < all; progress.sent++) if (!sending.write(chunk)) await once(sending, 'drain')
      sending.end()
    }
    const sendingAll = send()
    while (progress.seen !== progress.sent || progress.sent === 0) {
      progress.seen = progress.sent
      await sleep(400)
    }
    // What the sockets on the way hold, and little more.
    expect(progress.sent).toBeLessThan(all / 2)
    for (const resume of waiting) resume()
    await sendingAll
    expect([await answered, received]).toEqual([204, all * chunk.length])
  }, 60_000)

  it('have a limit of their own, told before anything is sent where their length is known', async () => {
    handle = storing((request, response) => {
      request.resume()
      request.on('end', () => response.writeHead(204).end())
    })
    const { sending, answered } = client('Files(1)/$value', { 'content-length': String(257 * 1024 * 1024) })
    sending.write('x')
    expect([await answered, seen.filter((line) => line.startsWith('PUT'))]).toEqual([413, []])
    sending.destroy()
    const json = await door.get('/odata/sales/Files(1)', { 'content-type': 'application/json' }, { method: 'PATCH', body: JSON.stringify({ Title: 'x'.repeat(2000) }) })
    expect([json.status, await json.text()]).toEqual([413, expect.stringContaining('1000 bytes of a body')])
  })

  it('that turn out to be too long are broken off, at both ends', async () => {
    const small = await openDoor({ environment: { TRIBUTARY_MEDIA_BYTES: '100000' } })
    small.catalog.put(serviceExposure({ slug: 'sales', name: 'Sales', revision: 1 }, endpointOf('sales', url, salesContract())))
    const [begun, broken] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    handle = storing((request) => {
      begun.resolve()
      request.on('error', () => undefined)
      request.on('close', () => broken.resolve())
      request.resume()
    })
    const { sending, answered } = client('Files(1)/$value', {}, small.origin)
    sending.write(Buffer.alloc(30_000))
    await begun.promise
    for (let chunk = 0; chunk < 20; chunk++) sending.write(Buffer.alloc(30_000))
    expect(await answered).toBe(413)
    sending.destroy()
    await broken.promise
    await small.stop()
  })

  it('carry the token of a source that wants one, which is asked for beforehand', async () => {
    let stored = ''
    handle = async (request, response) => {
      if (request.headers['x-csrf-token'] === 'Fetch') return void response.writeHead(200, { 'x-csrf-token': 'T1', 'set-cookie': 'session=1; Path=/' }).end('{}')
      const welcome = request.headers['x-csrf-token'] === 'T1' && request.headers['cookie'] === 'session=1'
      const body = await bytesOf(request)
      stored = welcome ? body.toString() : ''
      response.writeHead(welcome ? 204 : 403, welcome ? {} : { 'x-csrf-token': 'Required' }).end()
    }
    const other = await openDoor()
    other.catalog.put(serviceExposure({ slug: 'sales', name: 'Sales', revision: 1 }, endpointOf('sales', url, salesContract())))
    const response = await other.get('/odata/sales/Files(1)/$value', { 'content-type': 'text/plain' }, { method: 'PUT', body: 'words' })
    expect([response.status, stored, seen.filter((line) => line.startsWith('PUT')).length]).toEqual([204, 'words', 1])
    await other.stop()
  })

  it.each([['gzip', gzipSync], ['br', brotliCompressSync], ['zstd', zstdCompressSync]] as const)('and bodies that are JSON may be coded: %s', async (coding, code) => {
    let body = ''
    handle = storing(async (request, response) => {
      body = (await bytesOf(request)).toString()
      response.writeHead(204).end()
    })
    const headers = { 'content-type': 'application/json', 'content-encoding': coding }
    const good = await door.get('/odata/sales/Files(1)', headers, { method: 'PATCH', body: code(Buffer.from('{"Title":"coded"}')) })
    expect([good.status, body]).toEqual([204, '{"Title":"coded"}'])
    const bad = await door.get('/odata/sales/Files(1)', headers, { method: 'PATCH', body: '{"Title":"plain"}' })
    expect([bad.status, await bad.text()]).toEqual([400, expect.stringContaining('Content-Encoding')])
    const bomb = await door.get('/odata/sales/Files(1)', headers, { method: 'PATCH', body: code(Buffer.alloc(100_000)) })
    expect([bomb.status, await bomb.text()]).toEqual([413, expect.stringContaining('1000 bytes')])
    const strange = await door.get('/odata/sales/Files(1)', { ...headers, 'content-encoding': 'compress' }, { method: 'PATCH', body: '{}' })
    expect([strange.status, await strange.text()]).toEqual([415, expect.stringContaining('compress')])
  })
})
