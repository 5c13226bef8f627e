/** Samples kept of each source, and needed before they mean anything. */
const KEPT = 100
const NEEDED = 20
/** Sorting the samples for every request would cost more than they tell. */
const RECKONED_EVERY = 10
/** No more than this share of requests is sent a second time. */
const MOST_HEDGED = 0.05
/** A source that answers faster than this is not helped by a second request. */
const LEAST_WAIT_MS = 25

interface Record {
  readonly samples: number[]
  next: number
  requests: number
  hedged: number
  /** How long nineteen of twenty of the samples took at most, since it was last reckoned; undefined: too few samples. */
  slow: number | undefined
}

/** How long sources take until they begin to answer. */
export interface Latencies {
  /** A request is sent that may be hedged. */
  sent(source: string): void
  answered(source: string, ms: number): void
  /** After how many ms without an answer a read may be sent a second time; undefined: not at all. */
  hedgeAfter(source: string): number | undefined
  hedged(source: string): void
}

/** Nothing is known yet. */
export function createLatencies(): Latencies {
  const records = new Map<string, Record>()
  const recordOf = (source: string): Record => {
    const record = records.get(source) ?? { samples: [], next: 0, requests: 0, hedged: 0, slow: undefined }
    records.set(source, record)
    return record
  }
  return {
    sent: (source) => {
      recordOf(source).requests++
    },
    answered: (source, ms) => {
      const record = recordOf(source)
      record.samples[record.next] = ms
      record.next = (record.next + 1) % KEPT
      if (record.samples.length >= NEEDED && (record.slow === undefined || record.next % RECKONED_EVERY === 0)) record.slow = slowOf(record.samples)
    },
    hedgeAfter: (source) => {
      const { slow, requests, hedged } = recordOf(source)
      return slow === undefined || hedged >= requests * MOST_HEDGED ? undefined : Math.max(slow, LEAST_WAIT_MS)
    },
    hedged: (source) => {
      recordOf(source).hedged++
    },
  }
}

const slowOf = (samples: readonly number[]): number => samples.toSorted((a, b) => a - b)[Math.floor(samples.length * 0.95)] ?? Infinity
