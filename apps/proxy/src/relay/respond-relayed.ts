import type { Exchange } from '../http/exchange.js'
import { outletOf } from '../http/outlet.js'
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
    const outlet = outletOf({ response, signal })
    while (next.done !== true) {
      await outlet.write(next.value)
      next = await chunks.next()
    }
    await outlet.end()
  } finally {
    await chunks.return?.()
  }
}
