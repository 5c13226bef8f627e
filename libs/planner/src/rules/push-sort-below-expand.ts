import { columnsOf, sort, withInput } from '@tributary/plan'
import type { Rule } from './rule.js'

/**
 * Sorts before related rows are fetched: expanding keeps the order of its input.
 * ```
 * Sort a              Expand N
 * └ Expand N     ⇒    ├ Sort a
 *   ├ x               │ └ x
 *   └ y               └ y
 * ```
 * Does not fire if a sort key reads the expanded column.
 */
export const pushSortBelowExpand: Rule = {
  name: 'PushSortBelowExpand',
  apply(plan) {
    if (plan.kind !== 'sort' || plan.input.kind !== 'expand') return plan
    const { input: inner, keys } = plan
    if (keys.some(({ expression }) => columnsOf(expression).has(inner.navigation.name))) return plan
    return withInput(inner, sort(inner.input, keys))
  },
}
