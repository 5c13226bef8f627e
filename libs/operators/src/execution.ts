import type { Fragment, Page, Plan, Column, Remote, Value } from '@tributary/plan'
import type { Endpoints, RemoteRequest } from '@tributary/source'
import type { RequestState } from './request-state.js'

/** How much one request may use. Reaching a limit is an error that names it, never a shorter answer. */
export interface ExecutionLimits {
  /** Key batches in flight to one source. */
  readonly lanesPerSource: number
  /** Distinct keys in one batch of a bind join, before the source says how many fit. */
  readonly batchKeys: number
  /** Rows and bytes that one sort, or the build side of one join, may hold. */
  readonly buildRows: number
  readonly buildBytes: number
  /** Related rows a bind join keeps for keys that come again. */
  readonly cacheRows: number
  readonly cacheBytes: number
  /** Rows, and roughly bytes, an expand may hold while it collects keys for the next batch. */
  readonly lookAheadRows: number
  readonly lookAheadBytes: number
  /** Rows read from all sources together. */
  readonly rowsRead: number
  /** Requests to all sources together. */
  readonly remoteRequests: number
}

export const defaultLimits: ExecutionLimits = Object.freeze({
  lanesPerSource: 8,
  batchKeys: 200,
  buildRows: 100_000,
  buildBytes: 64 * 1024 * 1024,
  cacheRows: 20_000,
  cacheBytes: 16 * 1024 * 1024,
  lookAheadRows: 16_384,
  lookAheadBytes: 16 * 1024 * 1024,
  rowsRead: 20_000_000,
  remoteRequests: 20_000,
})

/** What a plan is executed with. */
export interface ExecutionContext {
  readonly endpoints: Endpoints
  /**
   * Places a fragment with what `endpoints` know: the planner's `placeFragment`. The endpoints given are those of this context, or a
   * view of them in which features a remote refused count as unsupported (`withLessons`).
   */
  readonly place: (fragment: Fragment, endpoints: Endpoints) => Remote
  /** Ends the request: every read of a source is cancelled. */
  readonly signal: AbortSignal
  /** Hears of every request that went to a source. */
  readonly observe: (request: RemoteRequest) => void
  readonly limits: ExecutionLimits
  /** The present moment, for facts that are learnt. Default: the system's clock. */
  readonly now?: () => Date
}

/** Rows as they come: nothing is read before the first page is asked for, and returning the iterator cancels what is being read. */
export interface RowStream {
  /** The columns every page has, in this order (a `BytesPage` may hold more in its text). */
  readonly columns: readonly Column[]
  readonly pages: AsyncIterable<Page>
  /** Rows counted by the plan's outermost counting limit, or by the source; always known after the last page where the plan counts. */
  count(): number | undefined
}

/** Keys for one read of the inner side of a bind join: they are given to `of`, a node of the plan. */
export interface KeyBatch {
  readonly of: Plan
  readonly keys: readonly (readonly Value[])[]
}

/** One request being executed: what operators hand down to their inputs. */
export interface Execution {
  readonly context: ExecutionContext
  readonly signal: AbortSignal
  readonly state: RequestState
  /** Opens a part of the plan. */
  readonly open: (plan: Plan, execution: Execution) => RowStream
  readonly batch?: KeyBatch
}
