import { filter, semiJoin, withInput } from '@tributary/plan'
import type { Rule } from './rule.js'

/**
 * Filters before a semi-join, and joins before related rows are fetched: neither changes which rows the other keeps.
 * ```
 * Filter a             SemiJoin            SemiJoin            Expand N
 * └ SemiJoin     ⇒     ├ Filter a          ├ Expand N    ⇒     ├ SemiJoin
 *   ├ x                │ └ x               │ ├ x               │ ├ x
 *   └ y                └ y                 │ └ y               │ └ z
 *                                          └ z                 └ y
 * ```
 * Limits are never pushed below: a semi-join drops rows.
 */
export const pushBelowSemiJoin: Rule = {
  name: 'PushBelowSemiJoin',
  apply(plan) {
    if (plan.kind === 'filter' && plan.input.kind === 'semiJoin') return withInput(plan.input, filter(plan.input.input, plan.predicate))
    if (plan.kind === 'semiJoin' && plan.input.kind === 'expand') return withInput(plan.input, semiJoin(plan.input.input, plan))
    return plan
  },
}
