import { inputsOf, printExpression, printOrder, type Plan } from '@tributary/plan'

/** What of one read is left to us, and what its source does. */
export interface Residual {
  readonly source: string
  readonly entitySet: string
  /** What the source was given. */
  readonly taken: readonly string[]
  /** Filters, orders and limits that are done here, because the source does not take them, or is not known to do them exactly. */
  readonly ours: readonly string[]
}

/** What is left to us of each read in a placed plan. */
export function residualsOf(plan: Plan): readonly Residual[] {
  const found: Residual[] = []
  const visit = (node: Plan): void => {
    if (node.kind === 'remote') found.push(residualOf(node.plan, []))
    else for (const input of inputsOf(node)) visit(input)
  }
  visit(plan)
  return found.filter(({ source }) => source !== '')
}

function residualOf(plan: Plan, ours: readonly string[]): Residual {
  switch (plan.kind) {
    case 'filter': return residualOf(plan.input, [...ours, `filter ${printExpression(plan.predicate)}`])
    case 'sort': return residualOf(plan.input, [...ours, `orderby ${printOrder(plan.keys)}`])
    case 'limit': return residualOf(plan.input, [...ours, limitText(plan.skip, plan.take, plan.count)])
    case 'remoteScan': return { source: plan.target.endpoint, entitySet: plan.target.entitySet, taken: plan.taken, ours }
    case 'remote': return residualOf(plan.plan, ours)
    case 'expand': case 'semiJoin': case 'compute': case 'aggregate': case 'concat': case 'transformation': case 'given': case 'scan': case 'constantRows':
      return { source: '', entitySet: '', taken: [], ours }
  }
}

const limitText = (skip: number, take: number | undefined, count: boolean): string =>
  [...(skip === 0 ? [] : [`skip ${skip}`]), ...(take === undefined ? [] : [`top ${take}`]), ...(count ? ['count'] : [])].join(' ')
