import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { hubError } from '@tributary/errors'
import { asHubError, authenticate, publicOrigin, type Log, type Settings } from '@tributary/nest'
import type { Exchange } from './exchange.js'
import { respond, respondWithError } from './respond.js'

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

const allowed = 'GET, HEAD, OPTIONS'

/**
 * The data routes' own HTTP handler, ahead of Nest's router: it knows the caller first, and whatever happens ends in an OData error
 * object or a broken connection, never in an unhandled rejection.
 */
export class DataHandler {
  constructor(private readonly options: DataHandlerOptions) {}

  /** True if the request was one of the data routes' and is being answered. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const target = request.url ?? '/'
    const mark = target.indexOf('?')
    const path = mark < 0 ? target : target.slice(0, mark)
    const route = this.options.routes.find((one) => path.startsWith(one.path) || path === one.path.slice(0, -1))
    if (route === undefined) return false
    void this.answer(route, { request, response, path, query: mark < 0 ? '' : target.slice(mark + 1) })
    return true
  }

  private async answer(route: DataRoute, called: Pick<Exchange, 'request' | 'response' | 'path' | 'query'>): Promise<void> {
    const { request, response } = called
    const requestId = requestIdOf(request)
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    response.on('error', () => gone.abort())
    response.setHeader('x-request-id', requestId)
    response.setHeader('x-content-type-options', 'nosniff')
    try {
      const peer = { address: request.socket.remoteAddress ?? '', method: request.method ?? 'GET' }
      const principal = authenticate(request.headers, peer, this.options.settings)
      if (request.method === 'OPTIONS') return respond(called, 204, { headers: { allow: allowed } })
      if (request.method !== 'GET' && request.method !== 'HEAD') throw hubError('HUB_METHOD_NOT_ALLOWED', { method: request.method ?? '', resource: called.path, allowed })
      await route.answer({ ...called, principal, requestId, origin: publicOrigin(request.headers, peer.address, this.options.settings), signal: gone.signal })
    } catch (thrown) {
      this.fail(thrown, called, { requestId, gone: gone.signal.aborted })
    }
  }

  private fail(thrown: unknown, called: Pick<Exchange, 'request' | 'response' | 'path'>, { requestId, gone }: { readonly requestId: string; readonly gone: boolean }): void {
    const { log } = this.options
    if (gone) return log.debug({ requestId, path: called.path }, 'the client went away')
    const error = asHubError(thrown, requestId)
    const fields = { err: error.cause ?? error, code: error.code, requestId, path: called.path }
    if (error.status === 500) log.error(fields, error.message)
    else if (error.status > 501 || called.response.headersSent) log.warn(fields, error.message)
    respondWithError(called, error)
  }
}

/** The id the caller or a proxy gave, where it is harmless; else a fresh one. */
function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID()
}
