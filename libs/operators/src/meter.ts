import type { RemoteRequest } from '@tributary/source'
import { exceeded } from './budget.js'
import type { ExecutionContext } from './execution-context.js'

/** Counts what one request takes from its sources. */
export interface Meter {
  /** @throws HUB_LIMIT_EXCEEDED when more rows were read, or more requests sent, than one request may */
  rows(count: number): void
  readonly observe: (request: RemoteRequest) => void
}

/** A request that goes beyond its limits ends with the next page it reads. */
export function requestMeter({ limits, observe }: Pick<ExecutionContext, 'limits' | 'observe'>): Meter {
  let rows = 0
  let requests = 0
  return {
    rows(count) {
      rows += count
      if (rows > limits.rowsRead) throw exceeded(limits.rowsRead, 'rows read from sources')
      if (requests > limits.remoteRequests) throw exceeded(limits.remoteRequests, 'requests to sources')
    },
    observe(request) {
      requests += 1
      observe(request)
    },
  }
}
