import type { ExecutionLimits } from './execution-limits.js'
import type { JoinProgress } from './join-choice.js'

/** A response takes at most one request per this many distinct keys, where the source takes as many at a time. */
const keysPerRequest = 100

/** What was sent of the batches of one join, and what came of it. */
export interface BatchLedger {
  sent(keys: number): void
  answered(keys: number, rows: number): void
  /** The fragment was placed anew: what the source takes has to be found out again. */
  placedAnew(): void
  /** Batches that may be read at a time. */
  width(): number
  /** Whether a batch that is not full keeps a response to its requests, if `waiting` keys go with it. */
  mayHurry(waiting: number): boolean
  progress(): Pick<JoinProgress, 'sent' | 'answered' | 'rows' | 'batchKeys'>
}

/** @param proven everything the batches rely on has been proved, so that several may be read at once */
export function batchLedger(proven: boolean, limits: Pick<ExecutionLimits, 'lanesPerSource' | 'lookAheadRows'>): BatchLedger {
  let requests = 0
  // Until the source has answered a batch, a second one would only repeat what it may refuse.
  let hasAnswered = proven
  let largest = 1
  const spent = { sent: 0, answered: 0, rows: 0, batchKeys: 0 }
  return {
    sent(keys) {
      requests += 1
      spent.sent += keys
      spent.batchKeys = Math.max(spent.batchKeys, keys)
    },
    answered(keys, rows) {
      hasAnswered = true
      spent.answered += keys
      spent.rows += rows
      largest = Math.max(largest, rows)
    },
    placedAnew() {
      hasAnswered = false
    },
    // Rows of batches that are read together are held together.
    width: () => (hasAnswered ? Math.max(1, Math.min(limits.lanesPerSource, Math.floor(limits.lookAheadRows / largest))) : 1),
    mayHurry: (waiting) => requests + 1 <= Math.floor((spent.answered + waiting) / keysPerRequest),
    progress: () => spent,
  }
}
