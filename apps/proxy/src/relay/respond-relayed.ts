import { once } from 'node:events'
import type { Exchange } from '../http/exchange.js'
import { respond } from '../http/respond.js'
import type { ClientReply } from './client-reply.js'

/** Gives the client the answer a source gave. A body that breaks off breaks the connection, so that nobody takes it for the whole. */
export async function respondRelayed(exchange: Exchange, { status, headers, body }: ClientReply): Promise<void> {
  if (body === undefined || Buffer.isBuffer(body)) return respond(exchange, status, { headers, ...(body === undefined ? {} : { body }) })
  const { response, request, signal } = exchange
  const chunks = body[Symbol.asyncIterator]()
  try {
    let next = await chunks.next()
    signal.throwIfAborted()
    response.writeHead(status, headers)
    if (request.method === 'HEAD') return void response.end()
    while (next.done !== true) {
      if (!response.write(next.value)) await once(response, 'drain', { signal })
      next = await chunks.next()
    }
    const left = once(response, 'finish', { signal })
    response.end()
    await left
  } finally {
    await chunks.return?.()
  }
}
