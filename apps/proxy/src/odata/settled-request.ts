import { acceptInCharset } from '@tributary/odata-wire'
import { header } from '../http/exchange.js'
import type { ServiceRequest } from './service-request.js'

const currentSchema = /^(?:\$|%24)?schemaversion=(?:\*|%2A)$/i

/**
 * A request without what says only what holds anyway: `Accept-Charset`, which is settled by now, and `$schemaversion=*`, the version that
 * is served. Most requests have neither and stay as they are.
 * @throws HUB_FORMAT_UNSUPPORTED for other character sets than UTF-8
 * @see OData Protocol 4.01, sections 8.2.2 and 11.2.12
 */
export function settledRequest(asked: ServiceRequest): ServiceRequest {
  const { exchange } = asked
  const charsets = header(exchange, 'accept-charset')
  const isVersioned = /schemaversion/i.test(exchange.query)
  if (charsets === undefined && !isVersioned) return asked
  const query = isVersioned ? exchange.query.split('&').filter((option) => !currentSchema.test(option)).join('&') : exchange.query
  if (charsets === undefined) return { ...asked, exchange: { ...exchange, query } }
  const { 'accept-charset': _settled, accept, ...headers } = exchange.request.headers
  const settled = acceptInCharset(accept, charsets)
  return { ...asked, exchange: { ...exchange, query, request: { ...(exchange.request.method === undefined ? {} : { method: exchange.request.method }), headers: { ...headers, ...(settled === undefined ? {} : { accept: settled }) } } } }
}
