import { hubError } from '@tributary/errors'
import type { Exchange } from './exchange.js'
import { respond, versionOf } from './respond.js'

/**
 * True if the request is to be answered; OPTIONS is answered here, with the methods there are.
 * @param allowed methods as the header `Allow` lists them
 * @throws HUB_METHOD_NOT_ALLOWED
 */
export function admits(exchange: Exchange, allowed: string): boolean {
  const { method = 'GET' } = exchange.request
  if (method === 'OPTIONS') {
    respond(exchange, 204, { headers: { allow: allowed, ...versionOf(exchange) } })
    return false
  }
  if (allowed.split(', ').includes(method)) return true
  throw hubError('HUB_METHOD_NOT_ALLOWED', { method, resource: exchange.path, allowed })
}
