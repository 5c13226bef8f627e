import { columnsOf, type Compute, conjunction, conjuncts, filter, type Expression, limit, sort, withInput } from '@tributary/plan'
import type { Rule } from './rule.js'

/**
 * Filters, sorts and cuts before columns are computed, where these are not read.
 * ```
 * Limit 3                    Compute a add 1 as b
 * └ Sort a             ⇒     └ Limit 3
 *   └ Compute …                └ Sort a
 *     └ x                        └ x
 * ```
 * Does not fire for conjuncts and orders that read a computed column.
 */
export const pushBelowCompute: Rule = {
  name: 'PushBelowCompute',
  apply(plan) {
    if ((plan.kind !== 'filter' && plan.kind !== 'sort' && plan.kind !== 'limit') || plan.input.kind !== 'compute') return plan
    const { input: inner } = plan
    if (plan.kind === 'limit') return withInput(inner, limit(inner.input, plan.skip, plan.take, plan.count))
    if (plan.kind === 'sort') return plan.keys.some(({ expression }) => reads(expression, inner)) ? plan : withInput(inner, sort(inner.input, plan.keys))
    const parts = conjuncts(plan.predicate)
    const below = conjunction(parts.filter((part) => !reads(part, inner)))
    if (below === undefined) return plan
    const above = conjunction(parts.filter((part) => reads(part, inner)))
    const pushed = withInput(inner, filter(inner.input, below))
    return above === undefined ? pushed : filter(pushed, above)
  },
}

function reads(expression: Expression, { computed }: Compute): boolean {
  const names = columnsOf(expression)
  return computed.some(({ column }) => names.has(column.name))
}
