import { errorBody, negotiateVersion, versionOfError } from '@tributary/odata-wire'
import type { HubError } from '@tributary/errors'
import { challengeOf } from '@tributary/nest'
import { type Exchange, header } from './exchange.js'
import { outletOf } from './outlet.js'

/** The methods of everything that is read. */
export const reading = 'GET, HEAD, OPTIONS'

/** Headers of an answer, names in lower case. */
export type Headers = Readonly<Record<string, string>>

/** The version of an answer that has nothing else to be negotiated. @throws HUB_VERSION_UNSUPPORTED */
export const versionOf = (exchange: Pick<Exchange, 'request'>): Headers => ({ 'odata-version': negotiateVersion(header(exchange, 'odata-maxversion')).version })

/** A small answer, whole. HEAD gets its headers only. */
export function respond({ request, response }: Pick<Exchange, 'request' | 'response'>, status: number, answer: { readonly headers: Headers; readonly body?: string | Buffer }): void {
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body
  const headers = varied(answer.headers)
  response.writeHead(status, body === undefined ? headers : { ...headers, 'content-length': String(body.length) })
  response.end(request.method === 'HEAD' ? undefined : body)
}

/**
 * Streams an answer whose status is 200. The status line leaves with the first chunk, so that a failure before it can still become an
 * error; a failure later destroys the connection, so that nobody takes what has left for the whole.
 * Waits where the client reads slowly. `headers` is asked for when the first chunk is there.
 */
export async function respondWithStream({ request, response, signal }: Exchange, chunks: AsyncIterable<Buffer>, headers: () => Headers): Promise<void> {
  const source = chunks[Symbol.asyncIterator]()
  try {
    let next = await source.next()
    signal.throwIfAborted()
    response.writeHead(200, varied(headers()))
    if (request.method === 'HEAD') return void response.end()
    const outlet = outletOf({ response, signal })
    while (next.done !== true) {
      await outlet.write(next.value)
      next = await source.next()
    }
    await outlet.end()
  } finally {
    await source.return?.()
  }
}

/** Every answer may be compressed, and allowed to some origins only. */
const varied = (headers: Headers): Headers => ({ ...headers, vary: headers['vary'] === undefined ? always : `${headers['vary']}, ${always}` })
const always = 'accept-encoding, origin'

/** Answers with an OData error object, or, where an answer has begun, breaks it off. */
export function respondWithError({ request, response }: Pick<Exchange, 'request' | 'response'>, error: HubError): void {
  if (response.headersSent) return void response.destroy()
  respond({ request, response }, error.status, {
    headers: {
      'content-type': 'application/json',
      'odata-version': versionOfError(header({ request }, 'odata-maxversion')),
      'cache-control': 'no-store',
      ...(error.status === 401 ? { 'www-authenticate': challengeOf(error) } : {}),
      ...(error.status === 405 ? { allow: String(error.params['allowed'] ?? reading) } : {}),
    },
    body: errorBody(error),
  })
}
