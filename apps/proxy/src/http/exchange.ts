import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import type { Writable } from 'node:stream'
import type { Principal } from '@tributary/nest'

/** What is looked at of a request: one of its own, or one within a batch. */
export interface Call {
  readonly method?: string | undefined
  readonly headers: IncomingHttpHeaders
}

/** Where an answer goes: to the client, to be compressed before, or into the answer of a batch. */
export interface Reply extends Writable {
  readonly headersSent: boolean
  writeHead(status: number, headers: OutgoingHttpHeaders): unknown
}

/** One request to the data routes, from its first look to its end. */
export interface Exchange {
  readonly request: Call
  readonly response: Reply
  readonly principal: Principal
  /** Under which the log knows it. */
  readonly requestId: string
  /** The hub as the caller sees it, without trailing slash. */
  readonly origin: string
  /** The raw, percent-encoded path as it arrived. */
  readonly path: string
  /** The raw query without `?`; '' for none. */
  readonly query: string
  /** The request's body, whole. @throws HUB_LIMIT_EXCEEDED */
  readonly readBody: () => Promise<Buffer>
  /** The request's body as it comes, for a stream that is passed on. @throws HUB_LIMIT_EXCEEDED, also while it is read */
  readonly streamBody: () => AsyncIterable<Buffer>
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal
}

/** A header's text; undefined: not sent. */
export function header({ request }: Pick<Exchange, 'request'>, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}
