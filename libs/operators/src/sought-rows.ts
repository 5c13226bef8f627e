import type { BaseType, Offered } from '@tributary/plan'
import type { JoinKey } from './join-keys.js'
import type { Sought } from './key-queue.js'
import type { Related } from './related-cache.js'

/** The related rows of one expand during one request: a key is asked for once, whoever seeks it, and remembered. */
export interface RelatedRows {
  /**
   * Seeks the rows of a key, whose values are of the types `from`; they are asked for when `reads` sends. `found` is set at once where
   * the key is known, or what the row offers for it can be believed.
   */
  seek(key: JoinKey, from: readonly BaseType[], offered?: Offered): Sought
  /** Keys that had to be asked for, so far. */
  keysSought(): number
  /** What a row that never joins gets. */
  readonly none: Related
  readonly reads: KeyDispatch
}

/** Sends keys to the inner side of one expand: in batches, several at a time, or by reading all of it where it takes no keys. */
export interface KeyDispatch {
  /** Sends batches that are full, or with `partial` all keys waiting, as far as lanes are free. */
  send(partial: boolean): void
  /**
   * Whether a batch that is not full may be sent now, so that rows leave early: if a response keeps to ⌈distinct keys / 100⌉ requests, the
   * last batch included, whatever follows; or if keys seem to be exhausted, because many rows (`quiet`) brought no new one.
   */
  mayHurry(quiet: boolean): boolean
  /** Lanes are taken and another batch waits: no more keys should be sought for now. */
  saturated(): boolean
  readonly inFlight: number
  /** Ends when a read under way ends, well or not. */
  settled(): Promise<void>
  /** @throws what a read failed with */
  check(): void
}
