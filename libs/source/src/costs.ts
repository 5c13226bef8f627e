import type { RemoteRequest } from './source.js'

/** What reading an entity set has cost lately. */
export interface SetCosts {
  /** Milliseconds of a request without rows. */
  readonly latencyMs: number
  readonly msPerRow: number
  readonly bytesPerRow: number
  /** Rows of the fullest page lately; 0: none was read. */
  readonly pageRows: number
}

/** Running averages per source and entity set: what joins are chosen by. One per process. */
export interface Costs {
  /** A request to the set ended; what was not answered by the source itself says nothing. */
  note(slug: string, entitySet: string, request: RemoteRequest): void
  of(slug: string, entitySet: string): SetCosts
  /** The same, where a few requests were noted lately. */
  measured(slug: string, entitySet: string): SetCosts | undefined
}

/** The name that reading a set together with related rows is noted under. */
export const expandedSet = (entitySet: string, navigation: string): string => `${entitySet}?$expand=${navigation}`

/** Fewer requests tell little. */
const FEW = 3

/** Of a set nothing is known of: a fast source nearby. */
const UNKNOWN: SetCosts = Object.freeze({ latencyMs: 20, msPerRow: 0.01, bytesPerRow: 200, pageRows: 0 })
/** What was before the last twenty requests hardly counts. */
const FADING = 0.9

/** Fading sums for a line through (rows, ms). */
interface Sums {
  requests: number
  rows: number
  ms: number
  squares: number
  products: number
  bytes: number
  pageRows: number
}

/** Nothing is known yet. */
export function createCosts(): Costs {
  const sets = new Map<string, Sums>()
  return {
    note: (slug, entitySet, { status, rows, ms, bytes, queuedMs, cache }) => {
      if (status !== 200 || cache !== undefined) return
      const id = `${slug}\0${entitySet}`
      const sums = sets.get(id) ?? { requests: 0, rows: 0, ms: 0, squares: 0, products: 0, bytes: 0, pageRows: 0 }
      const spent = Math.max(0, ms - queuedMs)
      sets.set(id, {
        requests: sums.requests * FADING + 1,
        rows: sums.rows * FADING + rows,
        ms: sums.ms * FADING + spent,
        squares: sums.squares * FADING + rows * rows,
        products: sums.products * FADING + rows * spent,
        bytes: sums.bytes * FADING + bytes,
        pageRows: Math.max(sums.pageRows * FADING, rows),
      })
    },
    of: (slug, entitySet) => {
      const sums = sets.get(`${slug}\0${entitySet}`)
      return sums === undefined ? UNKNOWN : lineThrough(sums)
    },
    measured: (slug, entitySet) => {
      const sums = sets.get(`${slug}\0${entitySet}`)
      return sums === undefined || sums.requests < FEW * FADING ** FEW ? undefined : lineThrough(sums)
    },
  }
}

/** Latency and cost of a row by least squares; where all requests had about as many rows, all of their time counts as latency. */
function lineThrough({ requests, rows, ms, squares, products, bytes, pageRows }: Sums): SetCosts {
  const spread = requests * squares - rows * rows
  const slope = spread > 0.01 * rows * rows + 1 ? Math.max(0, (requests * products - rows * ms) / spread) : 0
  const latencyMs = Math.max(0.1, (ms - slope * rows) / requests)
  return Object.freeze({ latencyMs, msPerRow: slope === 0 ? Math.min(UNKNOWN.msPerRow, ms / Math.max(1, rows)) : slope, bytesPerRow: rows === 0 ? UNKNOWN.bytesPerRow : bytes / rows, pageRows: Math.round(pageRows) })
}
