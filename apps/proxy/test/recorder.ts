import { once } from 'node:events'
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as a source gets it. */
export interface Recorded {
  readonly method: string
  /** Below the service root, as it came. */
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** What the source answers. */
export interface Answer {
  readonly status: number
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string
}

/** A source that writes down what it gets and answers what a test says. */
export interface Recorder {
  /** Service root, ends in `/`. */
  readonly url: string
  readonly requests: Recorded[]
  /** What comes next is answered like this; `$root$` in it stands for the service root. */
  answer(next: Answer): void
  stop(): Promise<void>
}

export async function startRecorder(): Promise<Recorder> {
  const requests: Recorded[] = []
  const state: { next: Answer } = { next: { status: 204 } }
  const server = createServer((request, response) => void reply(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/remote/`
  const rooted = (text: string): string => text.replaceAll('$root$', url)
  async function reply(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    requests.push({ method: request.method ?? '', path: (request.url ?? '').replace('/remote/', ''), headers: request.headers, body: Buffer.concat(chunks).toString('utf8') })
    const { status, headers = {}, body } = state.next
    const told = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, rooted(String(value))]))
    response.writeHead(status, { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...told })
    response.end(body === undefined ? undefined : rooted(body))
  }
  return {
    url, requests,
    answer: (next) => { state.next = next },
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
