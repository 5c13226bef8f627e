import { hubError } from '@tributary/errors'
import type { RemoteRequest } from '@tributary/source'
import type { ExecutionContext } from './execution-context.js'

/** Counts what one request takes from its sources, and what it holds of it. */
export interface Meter {
  /** A page arrived from a source. @throws HUB_LIMIT_ROWS_READ, HUB_LIMIT_REQUESTS when the request went beyond what it may */
  rows(count: number, slug: string): void
  /** A read of a source begins. @throws HUB_LIMIT_REQUESTS when no further request may be sent */
  reads(slug: string): void
  readonly observe: (request: RemoteRequest) => void
  readonly memory: Memory
}

/** What all operators of one request hold together. */
export interface Memory {
  /** @param what says what the bytes are for. @throws HUB_LIMIT_BYTES_BUFFERED */
  hold(bytes: number, what: string): void
  release(bytes: number): void
  /** Bytes that may still be held. */
  left(): number
}

/** A request that goes beyond its limits ends with the next page it reads, or the next read it begins. */
export function requestMeter({ limits, observe }: Pick<ExecutionContext, 'limits' | 'observe'>): Meter {
  let rows = 0
  let requests = 0
  const requireRequests = (slug: string, next: number): void => {
    if (requests + next > limits.remoteRequests) throw hubError('HUB_LIMIT_REQUESTS', { limit: limits.remoteRequests, reached: requests + next, slug })
  }
  return {
    rows(count, slug) {
      rows += count
      if (rows > limits.rowsRead) throw hubError('HUB_LIMIT_ROWS_READ', { limit: limits.rowsRead, reached: rows, slug })
      requireRequests(slug, 0)
    },
    reads: (slug) => requireRequests(slug, 1),
    observe(request) {
      if (request.cache === undefined) requests += 1
      observe(request)
    },
    memory: memoryOf(limits),
  }
}

function memoryOf({ bytesBuffered }: Pick<ExecutionContext['limits'], 'bytesBuffered'>): Memory {
  let held = 0
  return {
    hold(bytes, what) {
      held += bytes
      if (held > bytesBuffered) throw hubError('HUB_LIMIT_BYTES_BUFFERED', { limit: bytesBuffered, reached: held, what })
    },
    release(bytes) {
      held -= bytes
    },
    left: () => bytesBuffered - held,
  }
}
