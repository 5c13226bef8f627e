import type { Row } from './page-rows.js'

/** Rows that can be read again and again. */
export interface Replay {
  pages(): AsyncIterable<readonly Row[]>
}

/** Rows that are held already. */
export const heldRows = (rows: readonly Row[]): Replay => ({
  async *pages() {
    if (rows.length > 0) yield rows
  },
})
