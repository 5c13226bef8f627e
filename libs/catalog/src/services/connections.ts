import { hubError } from '@tributary/errors'
import type { OpenConnection } from '../ports.js'
import type { ConnectionRequest } from './registration.js'

const defaultTimeoutMs = 30_000
const longestTimeoutMs = 600_000
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** Field values of HTTP: visible characters, blanks and tabs. */
const fieldValue = /^[\t\u0020-\u007e\u0080-\u00ff]*$/

/**
 * A whole connection; what is left out is: no credentials, no headers, 30 s, changes as the contract declares them.
 * @throws HUB_REQUEST_INVALID naming the field, never its value
 */
export function completeConnection(request: ConnectionRequest = {}): OpenConnection {
  const { auth = { kind: 'none' }, headers = {}, timeoutMs = defaultTimeoutMs, allowedOrigins, writes, cache } = request
  for (const [name, value] of Object.entries(headers)) {
    if (!token.test(name) || !fieldValue.test(value)) throw invalid('connection.headers', 'holds a name or value that HTTP does not allow')
  }
  if (auth.kind === 'apiKey' && auth.in === 'header' && !(token.test(auth.name) && fieldValue.test(auth.value))) {
    throw invalid('connection.auth', 'holds a header name or value that HTTP does not allow')
  }
  if (auth.kind === 'bearer' && !fieldValue.test(auth.token)) throw invalid('connection.auth.token', 'holds characters that HTTP does not allow')
  if (auth.kind === 'basic' && auth.username.includes(':')) throw invalid('connection.auth.username', 'must not contain a colon')
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > longestTimeoutMs) throw invalid('connection.timeoutMs', `must be a whole number from 1 to ${longestTimeoutMs}`)
  return Object.freeze({
    auth, headers, timeoutMs,
    ...(allowedOrigins === undefined ? {} : { allowedOrigins: allowedOrigins.map(originOf) }),
    ...(writes === undefined ? {} : { writes }),
    ...(cache === undefined ? {} : { cache: completeCache(cache) }),
  })
}

const longestCacheSeconds = 7 * 24 * 60 * 60

function completeCache({ ttlSeconds, staleIfErrorSeconds = 0, public: shared = false }: NonNullable<ConnectionRequest['cache']>): NonNullable<OpenConnection['cache']> {
  for (const [name, seconds] of Object.entries({ ttlSeconds, staleIfErrorSeconds })) {
    if (!Number.isInteger(seconds) || seconds < 0 || seconds > longestCacheSeconds) throw invalid(`connection.cache.${name}`, `must be a whole number from 0 to ${longestCacheSeconds}`)
  }
  return Object.freeze({ ttlSeconds, staleIfErrorSeconds, public: shared })
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw invalid('connection.allowedOrigins', 'must list http or https addresses')
  return url.origin
}

/** True if both open the same doors: order of headers and origins aside. */
export const sameConnection = (a: OpenConnection, b: OpenConnection): boolean => canonical(a) === canonical(b)

const sorted = (record: Readonly<Record<string, unknown>>) => Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1))

const canonical = ({ auth, headers, timeoutMs, allowedOrigins, writes = 'declared', cache }: OpenConnection): string =>
  JSON.stringify([sorted(auth), sorted(headers), timeoutMs, [...(allowedOrigins ?? [])].toSorted(), writes, cache === undefined ? [] : sorted({ ...cache })])

const invalid = (field: string, reason: string) => hubError('HUB_REQUEST_INVALID', { reason: `${field} ${reason}` }, { target: field })
