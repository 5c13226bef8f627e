import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { authenticate, publicOrigin, requestIdOf, type HubResponse, type Log, type Settings } from '@tributary/nest'
import { compressing } from './compress.js'
import { allowOrigin, isPreflight, preflightHeaders } from './cors.js'
import type { Exchange } from './exchange.js'
import { fail } from './fail.js'
import { readBody, streamBody } from './read-body.js'
import { respond } from './respond.js'
import { watchClient } from './watch-client.js'

/** Answers requests below one path, such as `/odata/`. */
export interface DataRoute {
  /** Begins and ends with `/`. */
  readonly path: string
  answer(exchange: Exchange): Promise<void>
}

/** What the handler needs of its surroundings. */
export interface DataHandlerOptions {
  readonly settings: Settings
  readonly log: Log
  readonly routes: readonly DataRoute[]
}

/**
 * The data routes' own HTTP handler, ahead of Nest's router: it knows the caller first, and whatever happens ends in an OData error
 * object or a broken connection, never in an unhandled rejection.
 */
export class DataHandler {
  constructor(private readonly options: DataHandlerOptions) {}

  /** True if the request was one of the data routes' and is being answered. */
  handle(request: IncomingMessage, response: HubResponse): boolean {
    const target = request.url ?? '/'
    const mark = target.indexOf('?')
    const path = mark < 0 ? target : target.slice(0, mark)
    const route = this.options.routes.find((one) => path.startsWith(one.path) || path === one.path.slice(0, -1))
    if (route === undefined) return false
    void this.answer(route, request, response, { path, query: mark < 0 ? '' : target.slice(mark + 1) })
    return true
  }

  private async answer(route: DataRoute, request: IncomingMessage, raw: HubResponse, address: Pick<Exchange, 'path' | 'query'>): Promise<void> {
    const { settings, log } = this.options
    const requestId = requestIdOf(request.headers['x-request-id'])
    const { signal, done } = watchClient(raw)
    raw.stand('x-request-id', requestId)
    raw.stand('x-content-type-options', 'nosniff')
    if (fetchesToken(request)) raw.stand('x-csrf-token', randomUUID())
    const allowedOrigin = allowOrigin(request.headers, raw, settings.corsOrigins)
    // Browsers ask beforehand without credentials.
    if (allowedOrigin && isPreflight(request)) return respond({ request, response: raw }, 204, { headers: preflightHeaders(request.headers) })
    const called = { request, response: compressing(request.headers['accept-encoding'], raw), ...address }
    try {
      const peer = { address: request.socket.remoteAddress ?? '', method: request.method ?? 'GET' }
      const principal = authenticate(request.headers, peer, settings)
      await route.answer({
        request, response: called.response, path: address.path, query: address.query, principal, requestId,
        origin: publicOrigin(request.headers, peer.address, settings), signal,
        readBody: () => readBody(request, settings.bodyBytes), streamBody: () => streamBody(request, settings.mediaBytes),
      })
    } catch (thrown) {
      fail(thrown, { ...called, requestId, signal }, log)
    } finally {
      done()
    }
  }
}

/**
 * Clients of SAP's fetch a token at any address before they post, and send it with every request after. Posts are guarded by the origin
 * they come from, so the token is only what these clients wait for.
 */
const fetchesToken = ({ headers }: IncomingMessage): boolean => headers['x-csrf-token'] !== undefined && String(headers['x-csrf-token']).toLowerCase() === 'fetch'
