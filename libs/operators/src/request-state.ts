import type { Expand, Plan, Remote } from '@tributary/plan'
import type { AdaptivePlacement } from './placement.js'
import type { EngineWork } from './engine.js'
import type { Lanes } from './lanes.js'
import type { Meter } from './meter.js'
import type { RelatedRows } from './sought-rows.js'

/**
 * What the operators of one request share, whatever number of times a part of the plan is opened: so that a fragment refused once is
 * not asked for the same way again, and a key met in two batches is read once.
 */
export interface RequestState {
  placement(node: Remote): AdaptivePlacement
  related(node: Expand): RelatedRows
  lanes(slug: string): Lanes
  readonly meter: Meter
  /** What the request keeps beyond memory; undefined: there is no engine. */
  readonly work?: EngineWork
  /** Nodes whose values may be rows that are stored. */
  readonly handedOn: ReadonlySet<Plan>
  /** What explain was told of operators that went on there. */
  readonly noticed: Set<string>
}

/** A function that makes a value per key once. */
export function once<Key, Result>(make: (key: Key) => Result): (key: Key) => Result {
  const made = new Map<Key, Result>()
  return (key) => {
    const known = made.get(key)
    if (known !== undefined) return known
    const result = make(key)
    made.set(key, result)
    return result
  }
}
