import type { Budget } from '../budget.js'
import { rowBytes } from '../row-bytes.js'
import type { SpillBudget } from '../spill-budget.js'

/**
 * What the groups of an aggregation hold beside themselves: distinct values, entities seen, parts. While rows are collected, what a row brings is
 * held even where it is the last for which there is room, for half a row cannot be given away.
 */
export interface StateRoom extends Budget {
  /** The next row has to go elsewhere. */
  readonly full: boolean
  /** Nothing more is collected here. */
  close(): void
  /** From now on no more may be held than this: one group is computed after the other. */
  keepTo(budget: Budget): void
}

/** Room within the budget of an operator. */
export function stateRoom(budget: SpillBudget): StateRoom {
  let full = false
  let strict: Budget | undefined
  return {
    get full() { return full },
    fits: (row) => strict?.fits(row) ?? true,
    hold(row) {
      if (strict !== undefined) strict.hold(row)
      else if (!budget.holds(1, rowBytes(row))) full = true
    },
    release: () => strict?.release(),
    close() {
      full = true
    },
    keepTo(limit) {
      strict = limit
    },
  }
}
