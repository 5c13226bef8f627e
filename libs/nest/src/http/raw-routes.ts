import type { IncomingMessage, ServerResponse } from 'node:http'

/** Answers a request itself and says true, or leaves it to the next: false. It knows the caller first (`authenticate`). */
export type RawHandler = (request: IncomingMessage, response: ServerResponse) => boolean

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
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    return this.#handlers.some((handler) => handler(request, response))
  }
}
