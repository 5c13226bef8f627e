import { columnsOf, conjunction, conjuncts, filter, withInput } from '@tributary/plan'
import type { Rule } from './rule.js'

/**
 * Filters before related rows are fetched, conjunct by conjunct.
 * ```
 * Filter a and n            Filter n
 * └ Expand N           ⇒    └ Expand N
 *   ├ x                       ├ Filter a
 *   └ y                       │ └ x
 *                             └ y
 * ```
 * Does not fire for conjuncts that read the expanded column.
 */
export const pushFilterBelowExpand: Rule = {
  name: 'PushFilterBelowExpand',
  apply(plan) {
    if (plan.kind !== 'filter' || plan.input.kind !== 'expand') return plan
    const { input: inner } = plan
    const parts = conjuncts(plan.predicate)
    const reads = (part: (typeof parts)[number]): boolean => columnsOf(part).has(inner.navigation.name)
    const below = conjunction(parts.filter((part) => !reads(part)))
    if (below === undefined) return plan
    const above = conjunction(parts.filter(reads))
    const pushed = withInput(inner, filter(inner.input, below))
    return above === undefined ? pushed : filter(pushed, above)
  },
}
