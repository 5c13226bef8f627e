import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** A secret a request brought, and the scheme it came with. */
export interface Credential {
  readonly scheme: 'basic' | 'bearer'
  readonly secret: string
}

/**
 * The credential of an Authorization header: a bearer token, or the password of Basic (what Excel, Power BI and Tableau can send; the
 * name is free). Undefined: none was sent, which an empty `Bearer` or an empty password also means. `unreadable`: something else.
 * @see RFC 6750 section 2.1, RFC 7617 section 2
 */
export function readCredential(headers: IncomingHttpHeaders): Credential | 'unreadable' | undefined {
  const header = headers.authorization?.trim()
  if (header === undefined || header === '') return undefined
  const [, scheme = '', value = ''] = /^(\S+)(?: +(.*))?$/.exec(header) ?? []
  if (scheme.toLowerCase() === 'bearer') return value === '' ? undefined : { scheme: 'bearer', secret: value }
  if (scheme.toLowerCase() !== 'basic') return 'unreadable'
  if (value === '') return undefined
  const pair = Buffer.from(value, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  if (colon < 0) return 'unreadable'
  const password = pair.slice(colon + 1)
  return password === '' ? undefined : { scheme: 'basic', secret: password }
}

/** Compares secrets in a time that tells nothing of either, their lengths included. */
export const sameSecret = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected))

const digest = (text: string) => createHash('sha256').update(text).digest()
