import { columnsOf, type Expression, goesRowByRow, limit, outputColumns, sort, type Transformation, withInner, innerOf } from '@tributary/plan'
import type { Rule } from './rule.js'

/**
 * Sorts and cuts before rows get a column that is made of what they hold: neither drops rows nor changes their order.
 * ```
 * Limit 3                    Nest ~Sales as Sales
 * └ Nest ~Sales as Sales ⇒   └ Limit 3
 *   └ x                        └ x
 * ```
 * Does not fire for orders that read the column, for limits that count what is beneath them, nor above steps that drop, add or reorder rows.
 */
export const pushBelowRowStep: Rule = {
  name: 'PushBelowRowStep',
  apply(plan) {
    if ((plan.kind !== 'sort' && plan.kind !== 'limit') || plan.input.kind !== 'transformation' || !goesRowByRow(plan.input)) return plan
    const { input: inner } = plan
    const [first, ...others] = inner.inputs
    if (plan.kind === 'limit') return plan.count ? plan : withInner(inner, [limit(first, plan.skip, plan.take), ...others], innerOf(inner))
    return plan.keys.some(({ expression }) => readsMade(expression, inner)) ? plan : withInner(inner, [sort(first, plan.keys), ...others], innerOf(inner))
  },
}

function readsMade(expression: Expression, { inputs, columns, step }: Transformation): boolean {
  const replaced = step.kind === 'nested' && step.name === step.from ? step.name : undefined
  const known = new Set(outputColumns(inputs[0]).map(({ name }) => name).filter((name) => name !== replaced))
  const read = columnsOf(expression)
  return columns.some(({ name }) => !known.has(name) && read.has(name))
}
