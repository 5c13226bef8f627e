import type { IncomingMessage } from 'node:http'
import type { HubResponse } from './hub-response.js'

/** Answers a request itself and says true, or leaves it to the next: false. It knows the caller first (`authenticate`). */
export type RawHandler = (request: IncomingMessage, response: HubResponse) => boolean

/**
 * Handlers that are asked ahead of Fastify and Nest, request by request: data routes stream without a framework in between.
 * Modules add theirs when they start.
 */
export class RawRoutes {
  readonly #handlers: RawHandler[] = []

  add(handler: RawHandler): void {
    this.#handlers.push(handler)
  }

  /** True if one of the handlers answers. */
  handle(request: IncomingMessage, response: HubResponse): boolean {
    return this.#handlers.some((handler) => handler(request, response))
  }
}
