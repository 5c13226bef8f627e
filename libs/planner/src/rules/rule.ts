import type { Plan } from '@tributary/plan'

/**
 * A better way to say the same: gets one node whose inputs are done, and returns it, or another node with the same rows in the same
 * order. Returning the node itself means that the rule does not fire.
 */
export interface Rule {
  readonly name: string
  readonly apply: (plan: Plan) => Plan
}
