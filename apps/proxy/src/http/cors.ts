import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { HubResponse } from '@tributary/nest'
import type { Headers } from './respond.js'

const exposed = 'OData-Version, ETag, Location, OData-EntityId, Preference-Applied, AsyncResult, Allow, Server-Timing, X-Request-Id, Retry-After'
const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'

/**
 * Lets the page a request comes from read the answer, if its origin is one of those allowed. Credentials are only ever those the page
 * sends itself, so they are not asked for by name.
 * @returns false: it is not, or no page sent the request
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function allowOrigin({ origin }: IncomingHttpHeaders, response: HubResponse, allowed: readonly string[]): boolean {
  if (origin === undefined || !(allowed.includes('*') || allowed.includes(origin))) return false
  response.stand('access-control-allow-origin', origin)
  response.stand('access-control-expose-headers', exposed)
  return true
}

/** True for the question a browser asks before the request itself. */
export const isPreflight = ({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean => method === 'OPTIONS' && headers['access-control-request-method'] !== undefined

/** What may be asked: any header, because OData clients send many. */
export const preflightHeaders = (headers: IncomingHttpHeaders): Headers => ({
  'access-control-allow-methods': methods,
  'access-control-allow-headers': headers['access-control-request-headers'] ?? '*',
  'access-control-max-age': '7200',
})
