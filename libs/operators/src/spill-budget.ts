import { isHubError } from '@tributary/errors'
import { exceeded } from './budget.js'
import type { EngineWork } from './engine.js'
import type { Execution } from './execution.js'

/** What an operator may hold that can go on beyond memory. */
export interface SpillBudget {
  /**
   * Counts rows. False: they have to go to the engine.
   * @throws HUB_LIMIT_EXCEEDED, HUB_LIMIT_BYTES_BUFFERED where there is no engine
   */
  holds(rows: number, bytes: number): boolean
  /** What to go on with, once the answer was false; `operator` is what explain names. */
  spills(operator: string): EngineWork
  /** Everything counted is held no more. */
  release(): void
}

/** Rows that one operator may hold. */
export const mostHeld = ({ context: { limits }, state: { work } }: Pick<Execution, 'context' | 'state'>): number =>
  (work === undefined ? limits.buildRows : Math.min(limits.buildRows, limits.engineFrom ?? limits.buildRows))

/** The budget of one operator: `what` says what its rows are for. */
export function spillBudget(execution: Pick<Execution, 'context' | 'state'>, what: string): SpillBudget {
  const { context, state: { meter, work, noticed } } = execution
  const { limits } = context
  const mostRows = mostHeld(execution)
  let rows = 0
  let bytes = 0
  let counted = 0
  let reason = ''
  const full = (limit: number, unit: string): boolean => {
    if (work === undefined) throw exceeded(limit, `${unit} ${what}`)
    reason = `more than ${limit} ${unit} ${what}`
    return false
  }
  return {
    holds(moreRows, moreBytes) {
      rows += moreRows
      bytes += moreBytes
      if (rows > mostRows) return full(mostRows, 'rows')
      if (bytes > limits.buildBytes) return full(limits.buildBytes, 'bytes')
      try {
        counted += moreBytes
        meter.memory.hold(moreBytes, what)
        return true
      } catch (error) {
        if (work === undefined || !isHubError(error)) throw error
        return full(limits.bytesBuffered, 'bytes of the whole request')
      }
    },
    spills(operator) {
      if (work === undefined) throw new Error('There is no engine to go on with')
      const told = `${operator}: ${reason}`
      // An operator may go on there once for each of very many groups.
      if (!noticed.has(told)) context.notice?.({ operator, tier: 'embedded engine', why: reason })
      noticed.add(told)
      return work
    },
    release() {
      meter.memory.release(counted)
      rows = 0
      bytes = 0
      counted = 0
    },
  }
}
