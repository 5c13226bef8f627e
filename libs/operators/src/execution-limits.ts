/** How much one request may use. Reaching a limit is an error that names it, never a shorter answer. */
export interface ExecutionLimits {
  /** Key batches in flight to one source. */
  readonly lanesPerSource: number
  /** Distinct keys in one batch of a bind join, before the source says how many fit. */
  readonly batchKeys: number
  /** Distinct keys a semi-join holds; with more, the other side's keys are looked up instead. */
  readonly semiJoinKeys: number
  /** Rows and bytes that one sort, or the build side of one join, may hold. */
  readonly buildRows: number
  readonly buildBytes: number
  /** Rows from which on the embedded engine takes over, where there is one. Default: `buildRows`. */
  readonly engineFrom?: number
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
  /** Bytes, roughly, that all operators of one request hold together: sorts, groups, build sides. */
  readonly bytesBuffered: number
}

/** What a request may use where nothing else is said. */
export const defaultLimits: ExecutionLimits = Object.freeze({
  lanesPerSource: 8,
  batchKeys: 200,
  semiJoinKeys: 5000,
  buildRows: 100_000,
  buildBytes: 64 * 1024 * 1024,
  cacheRows: 20_000,
  cacheBytes: 16 * 1024 * 1024,
  lookAheadRows: 16_384,
  lookAheadBytes: 16 * 1024 * 1024,
  rowsRead: 20_000_000,
  remoteRequests: 20_000,
  bytesBuffered: 256 * 1024 * 1024,
})
