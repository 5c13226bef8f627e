import type { Row } from './page-rows.js'

/** A finished group of an aggregation. */
export interface Finished {
  /** The number of its first row. */
  readonly ordinal: number
  /** What its rows share. */
  readonly values: Row
  /** Of its measures. */
  readonly results: Row
}
