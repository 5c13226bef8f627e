import { limit, withInput } from '@tributary/plan'
import type { Rule } from './rule.js'

/**
 * Cuts before related rows are fetched: expanding neither adds nor drops rows.
 * ```
 * Limit 20            Expand N
 * └ Expand N     ⇒    ├ Limit 20
 *   ├ x               │ └ x
 *   └ y               └ y
 * ```
 * Does not fire where something between the two changes rows or their order (a filter or a sort that could not be pushed).
 */
export const pushLimitBelowExpand: Rule = {
  name: 'PushLimitBelowExpand',
  apply(plan) {
    if (plan.kind !== 'limit' || plan.input.kind !== 'expand') return plan
    const { input: inner } = plan
    return withInput(inner, limit(inner.input, plan.skip, plan.take, plan.count))
  },
}
