import type { Column, Plan, Value } from '@tributary/plan'
import type { ExecutionContext, RowStream } from './execution-context.js'
import type { Replay } from './replay.js'
import type { RequestState } from './request-state.js'

/** Keys for one read of the inner side of a bind join: they are given to `of`, a node of the plan. */
export interface KeyBatch {
  readonly of: Plan
  readonly keys: readonly (readonly Value[])[]
}

/** Rows that a step gives to its inner plan, which may read them several times. */
export interface GivenRows extends Replay {
  readonly columns: readonly Column[]
}

/** One request being executed: what operators hand down to their inputs. */
export interface Execution {
  readonly context: ExecutionContext
  readonly signal: AbortSignal
  readonly state: RequestState
  /** Opens a part of the plan. */
  readonly open: (plan: Plan, execution: Execution) => RowStream
  readonly batch?: KeyBatch
  /** The rows that the step around gives to its inner plan. */
  readonly given?: GivenRows
  /** The embedded engine was considered for the whole of this part of the plan, and is not asked again. */
  readonly inMemory?: true
}
