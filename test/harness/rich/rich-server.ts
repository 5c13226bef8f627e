import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readCsdl } from '@tributary/edm'
import { namesOf } from '@tributary/odata-url'
import type { Behaviour, Service } from './exchange.js'
import { handle } from './handle.js'
import { contractOf, type Writes } from './rich-contract.js'
import { seed } from './seed.js'
import { stateOf } from './state.js'

export type { Behaviour } from './exchange.js'
export type { Writes } from './rich-contract.js'

/** A request as it came. */
export interface RichRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  /** The body as UTF-8 text, '' where there is none. */
  readonly body: string
}

export interface RichOptions extends Behaviour {
  /** What the contract says of writes; 'declared' unless told. */
  readonly writes?: Writes
  /** Whether the contract says that rows have versions; they have them either way. 'declared' unless told. */
  readonly versions?: 'declared' | 'undeclared'
}

/** A loopback OData 4.01 service with a rich model, its rows in memory. */
export interface RichServer {
  /** Service root, ends in `/`. */
  readonly url: string
  /** The CSDL text of `$metadata`. */
  readonly metadata: string
  readonly requests: RichRequest[]
  /** The rows as they were at the start; forgets the requests. */
  reset(): void
  /** Everything it holds, as JSON text: two servers that hold the same tell the same. */
  state(): string
  /** Replaces the switches. */
  behave(behaviour: Behaviour): void
  stop(): Promise<void>
}

const rootPath = '/port/'

/** Starts the server on a free port of 127.0.0.1. */
export async function startRichServer({ writes = 'declared', versions = 'declared', ...behaviour }: RichOptions = {}): Promise<RichServer> {
  const whole = contractOf(writes)
  const metadata = versions === 'declared' ? whole : whole.replaceAll(/<Annotation Term="Org\.OData\.Core\.V1\.OptimisticConcurrency">.*?<\/Annotation>/g, '')
  const model = readCsdl(metadata)
  const requests: RichRequest[] = []
  const state: { service?: Service } = {}
  const server = createServer({ maxHeaderSize: 64 * 1024 }, (request, response) => void answer(state, requests, { request, response }))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${rootPath}`
  const service: Service = { root: url, model, metadata, names: namesOf(model), store: seed(model), behaviour }
  state.service = service
  return {
    url, metadata, requests,
    reset: () => {
      service.store = seed(model)
      requests.length = 0
    },
    state: () => stateOf(model, service.store),
    behave: (next) => { service.behaviour = next },
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

interface Wire {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

async function answer(state: { readonly service?: Service }, requests: RichRequest[], { request, response }: Wire): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  const { method = 'GET', url = '/', headers } = request
  requests.push({ method, url, headers, body: body.toString('utf8') })
  const [path = '', query = ''] = /^([^?]*)\??(.*)$/s.exec(url)?.slice(1) ?? []
  if (state.service === undefined || !`${path}/`.startsWith(rootPath)) return void response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"code":"404","message":"no service here"}}')
  const plain = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value ?? '']))
  const reply = handle(state.service, { method, path: path.slice(rootPath.length), query, headers: plain, body })
  const bytes = reply.body === undefined ? Buffer.alloc(0) : Buffer.from(reply.body as string)
  response.writeHead(reply.status, { ...reply.headers, ...(reply.status === 204 || reply.status === 304 ? {} : { 'content-length': String(bytes.length) }) })
  response.end(method === 'HEAD' || reply.status === 204 || reply.status === 304 ? undefined : bytes)
}
