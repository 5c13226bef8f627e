import type { Column, ExpandedShape } from './page.js'
import { isOfferedIn } from './inlined.js'
import type { Expand, Plan } from './plan.js'

/** The column an expand adds. */
export const expandedColumn = (name: string, entityType: string, shape: ExpandedShape): Column =>
  Object.freeze({ name, type: Object.freeze({ name: entityType, collection: shape.toMany, base: 'structured' }), expanded: Object.freeze(shape) })

/** The columns of the rows a plan yields, in the order of their values. */
export function outputColumns(plan: Plan): readonly Column[] {
  switch (plan.kind) {
    case 'scan': case 'remoteScan': case 'constantRows': case 'aggregate': case 'concat': case 'transformation': case 'given': return plan.columns
    case 'compute': return [...outputColumns(plan.input), ...plan.computed.map(({ column }) => column)]
    case 'filter': case 'sort': case 'limit': case 'semiJoin': return outputColumns(plan.input)
    case 'expand': return [...withoutOffer(outputColumns(plan.input), plan.inline), plan.navigation]
    case 'remote': return outputColumns(plan.plan)
  }
}

/** The columns beside those that related rows are offered in. */
export function withoutOffer(columns: readonly Column[], inline: Expand['inline']): readonly Column[] {
  if (inline === undefined) return columns
  return columns.filter(({ name }) => !isOfferedIn(inline.inlined.column, name))
}
