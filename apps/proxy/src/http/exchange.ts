import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Principal } from '@tributary/nest'

/** One request to the data routes, from its first look to its end. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly principal: Principal
  /** Under which the log knows it. */
  readonly requestId: string
  /** The hub as the caller sees it, without trailing slash. */
  readonly origin: string
  /** The raw, percent-encoded path as it arrived. */
  readonly path: string
  /** The raw query without `?`; '' for none. */
  readonly query: string
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal
}

/** A header's text; undefined: not sent. */
export function header({ request }: Pick<Exchange, 'request'>, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}
