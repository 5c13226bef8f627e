import type { Budget } from '../budget.js'
import type { Row } from '../page-rows.js'
import { rowBytes } from '../row-bytes.js'
import type { SpillBudget } from '../spill-budget.js'
import { type Aside, asideRows } from './set-aside.js'

/** What accumulators of a group may hold beside their values: distinct values, entities seen, parts. */
export interface MeasureRoom {
  /** Counts what is held; false: there is no room, and it has to be set aside. */
  holds(row: Row): boolean
  aside(): Aside
  /** Writes what was set aside since the last time. */
  flush(): Promise<void>
}

/**
 * What the groups of an aggregation hold beside themselves. While rows are collected, what a row brings is held even where it is the last for which
 * there is room, for half a row cannot be given away; while groups are finished one after the other, what finds no room is set aside.
 */
export interface StateRoom extends MeasureRoom {
  /** The next row has to go elsewhere. */
  readonly full: boolean
  /** Nothing more is collected here. */
  close(): void
  /** From now on no more may be held than this: one group is computed after the other. */
  keepTo(budget: SpillBudget): void
  /** Forgets what was set aside. */
  forget(): Promise<void>
}

/** Room within the budget of an operator. */
export function stateRoom(budget: SpillBudget): StateRoom {
  let full = false
  let own: SpillBudget | undefined
  const asides = asideRows(() => (own ?? budget).spills('Aggregates'))
  return {
    flush: asides.flush,
    forget: asides.close,
    get full() { return full },
    holds(row) {
      if (own !== undefined) return own.holds(1, rowBytes(row))
      if (!budget.holds(1, rowBytes(row))) full = true
      return true
    },
    aside: () => asides.aside(),
    close() {
      full = true
    },
    keepTo(limit) {
      own = limit
    },
  }
}

/** Room that ends with an error: for what one row alone needs. */
export const strictRoom = (budget: Budget): MeasureRoom => ({
  holds(row) {
    budget.hold(row)
    return true
  },
  aside() {
    throw new Error('Everything finds room, or ends the request')
  },
  flush: () => Promise.resolve(),
})
