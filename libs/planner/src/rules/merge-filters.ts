import { conjunction, conjuncts, filter } from '@tributary/plan'
import type { Rule } from './rule.js'

/**
 * Makes one filter of two, and none of one that is always true.
 * ```
 * Filter a            Filter b and a        Filter true
 * └ Filter b     ⇒    └ x                   └ x            ⇒   x
 *   └ x
 * ```
 * The inner predicate stays first: it may guard the outer one. Does not fire on a single filter that can be false.
 */
export const mergeFilters: Rule = {
  name: 'MergeFilters',
  apply(plan) {
    if (plan.kind !== 'filter') return plan
    const parts = conjuncts(plan.predicate)
    if (parts.length === 0) return plan.input
    if (plan.input.kind !== 'filter') return plan
    const all = conjunction([...conjuncts(plan.input.predicate), ...parts])
    return all === undefined ? plan.input.input : filter(plan.input.input, all)
  },
}
