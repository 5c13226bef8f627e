import { concat, type Plan, withInput } from '@tributary/plan'
import type { Rule } from './rule.js'

/**
 * Groups have no order, and what is computed of all rows of one does not depend on it.
 * ```
 * Aggregate                 Aggregate
 * └ Sort OrderID      ⇒     └ Filter x
 *   └ Filter x                └ Scan
 * ```
 * Does not fire where a limit cuts the rows between.
 */
export const dropUnusedOrder: Rule = {
  name: 'DropUnusedOrder',
  apply(plan) {
    return plan.kind === 'aggregate' ? withInput(plan, withoutOrder(plan.input)) : plan
  },
}

function withoutOrder(plan: Plan): Plan {
  switch (plan.kind) {
    case 'sort': return withoutOrder(plan.input)
    case 'filter': case 'expand': case 'semiJoin': case 'compute': return withInput(plan, withoutOrder(plan.input))
    case 'concat': {
      const inputs = plan.inputs.map(withoutOrder)
      return inputs.every((input, index) => input === plan.inputs[index]) ? plan : concat(inputs, plan.columns)
    }
    case 'limit': case 'aggregate': case 'transformation': case 'given': case 'scan': case 'remote': case 'remoteScan': case 'constantRows': return plan
  }
}
