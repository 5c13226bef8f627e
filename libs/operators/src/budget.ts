import { hubError } from '@tributary/errors'
import type { ExecutionLimits } from './execution-limits.js'
import type { Memory } from './meter.js'
import { rowBytes } from './row-bytes.js'
import type { Row } from './page-rows.js'

/** Counts what an operator holds in memory. */
export interface Budget {
  /** Counts a row; false if there is no room for it. @throws HUB_LIMIT_BYTES_BUFFERED if the whole request holds too much */
  fits(row: Row): boolean
  /** Counts a row. @throws HUB_LIMIT_EXCEEDED naming the limit and what reached it, HUB_LIMIT_BYTES_BUFFERED */
  hold(row: Row): void
  /** Everything counted is held no more. */
  release(): void
}

/**
 * The budget of one operator that must hold its input: `what` says which, for the error.
 * @param memory what all operators of the request hold together; left out: nobody counts
 */
export function buildBudget({ buildRows, buildBytes }: Pick<ExecutionLimits, 'buildRows' | 'buildBytes'>, what: string, memory?: Memory): Budget {
  let rows = 0
  let bytes = 0
  const fits = (row: Row): boolean => {
    const size = rowBytes(row)
    rows += 1
    bytes += size
    memory?.hold(size, what)
    return rows <= buildRows && bytes <= buildBytes
  }
  return {
    fits,
    hold(row) {
      if (!fits(row)) throw rows > buildRows ? exceeded(buildRows, `rows ${what}`) : exceeded(buildBytes, `bytes ${what}`)
    },
    release() {
      memory?.release(bytes)
      rows = 0
      bytes = 0
    },
  }
}

/** The error of a request that needs more than it may use. */
export const exceeded = (limit: number, what: string): Error =>
  hubError('HUB_LIMIT_EXCEEDED', { limit, what, hint: 'Narrow the query with $filter, or ask for less with $top and $select.' })
