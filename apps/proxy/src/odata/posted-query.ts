import { hubError } from '@tributary/errors'
import { header } from '../http/exchange.js'
import type { ServiceRequest } from './service-request.js'

const suffix = /\/(?:\$|%24)query\/?$/i

/** True for a path whose query options come in the body, because they are long. */
export const isPostedQuery = (path: string): boolean => suffix.test(path)

/**
 * The request as it would be with its options in the URL.
 * @throws HUB_CONTENT_UNSUPPORTED unless the body is plain text, HUB_LIMIT_EXCEEDED
 * @see OData URL Conventions 4.01, section 4.17
 */
export async function postedQuery(asked: ServiceRequest): Promise<ServiceRequest> {
  const { exchange, path } = asked
  const type = header(exchange, 'content-type') ?? 'none'
  if (!/^text\/plain\s*(?:;|$)/i.test(type)) throw hubError('HUB_CONTENT_UNSUPPORTED', { type, known: 'text/plain' }, { target: 'Content-Type' })
  const body = (await exchange.readBody()).toString('utf8').trim()
  const query = [exchange.query, body].filter((part) => part !== '').join('&')
  return { ...asked, path: path.replace(suffix, ''), exchange: { ...exchange, path: exchange.path.replace(suffix, ''), query } }
}
