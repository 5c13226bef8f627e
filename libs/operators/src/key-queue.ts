import type { JoinKey } from './join-keys.js'
import type { Related } from './related-cache.js'
import type { Row } from './page-rows.js'

/** Related rows that came within a row, and have to be compared with what the key brings. */
export interface Doubted {
  /** How many came, and how many of them join the row and are wanted. */
  readonly given: number
  readonly wanted: number
}

/** A key that is looked for. `found` is set when its batch arrived. */
export interface Sought extends JoinKey {
  /** As the remote's key columns carry it. */
  readonly tuple: Row
  /** What was offered for it, which has to be compared with what it brings. */
  readonly doubted?: Doubted
  found?: Related
}

/** Keys waiting to be asked for. */
export interface KeyQueue {
  readonly size: number
  add(sought: Sought): void
  /** Puts keys back in front: they were asked for in vain, and how many fit may have changed. */
  putBack(batch: readonly Sought[]): void
  /** The source takes more keys at a time than usual; what was narrowed stays so. */
  widen(keys: number): void
  /** From now on no batch holds more keys. */
  narrow(keys: number): void
  /**
   * The next batch: a full one, or undefined; with `partial` whatever waits. Full means that `fits` takes no more of the waiting keys,
   * or as many wait as a batch may hold.
   */
  take(fits: (tuples: readonly Row[]) => number, partial: boolean): readonly Sought[] | undefined
}

/** An empty queue whose batches hold at most `mostKeys` keys. */
export function keyQueue(mostKeys: number): KeyQueue {
  const waiting: Sought[] = []
  let maxKeys = mostKeys
  let narrowed = false
  /** Below this number of keys no batch can be full, as far as earlier ones show: saves asking the source for every key. */
  let threshold = 1
  return {
    get size() { return waiting.length },
    add(sought) { waiting.push(sought) },
    putBack(batch) {
      waiting.unshift(...batch)
      threshold = 1
    },
    widen(keys) {
      if (!narrowed) maxKeys = Math.max(maxKeys, keys)
    },
    narrow(keys) {
      narrowed = true
      maxKeys = Math.max(1, Math.min(maxKeys, keys))
    },
    take(fits, partial) {
      if (waiting.length === 0 || (!partial && waiting.length < threshold)) return undefined
      const leading = waiting.slice(0, maxKeys)
      const fitting = Math.max(1, Math.min(leading.length, fits(leading.map((sought) => sought.tuple))))
      const full = fitting < leading.length || fitting === maxKeys
      if (full) threshold = Math.min(maxKeys, fitting + 1)
      else threshold = Math.min(maxKeys, fitting + Math.max(8, fitting >> 2))
      return full || partial ? waiting.splice(0, fitting) : undefined
    },
  }
}
