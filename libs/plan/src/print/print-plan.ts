import type { Measure } from '../aggregation.js'
import type { AppliedStep } from '../applied.js'
import type { Aggregate, Expand, Fragment, Limit, Plan, RemoteResource, RemoteScan, Scan } from '../plan.js'
import { inputsOf } from '../plans.js'
import { printExpression, printOrder } from './print-expression.js'
import { printStep } from './print-step.js'

/** A plan as JSON: what `?explain=plan` answers beside the text. */
export interface PlanTree {
  readonly node: Plan['kind']
  /** The node in one line. */
  readonly text: string
  readonly inputs: readonly PlanTree[]
}

/** A plan as a tree. */
export const planTree = (plan: Plan): PlanTree => Object.freeze({ node: plan.kind, text: describe(plan), inputs: Object.freeze(inputsOf(plan).map(planTree)) })

/**
 * A plan as indented text, one node a line: what explain shows and tests compare.
 * ```
 * Limit 20
 * └ Expand Customer on CustomerID = CustomerID
 *   ├ Remote erp.Orders
 *   │ └ Filter contains(ShipName,'x')
 *   │   └ RemoteScan erp.Orders [$filter=Freight gt 100]
 *   └ Remote crm.Customers by CustomerID
 *     └ RemoteScan crm.Customers []
 * ```
 * Within a Remote, everything above its RemoteScan is what the source did not take.
 */
export const printPlan = (plan: Plan): string => printTree(planTree(plan), '', '').join('\n')

function printTree(tree: PlanTree, first: string, rest: string): readonly string[] {
  const last = tree.inputs.length - 1
  const inner = tree.inputs.flatMap((input, index) => printTree(input, `${rest}${index === last ? '└ ' : '├ '}`, `${rest}${index === last ? '  ' : '│ '}`))
  return [first + tree.text, ...inner]
}

function describe(plan: Plan): string {
  switch (plan.kind) {
    case 'scan': return `Scan ${printTarget(plan)}${plan.applied === undefined ? '' : `/$apply=${plan.applied.steps.map(printApplied).join('/')}`} (${plan.columns.map(({ name }) => name).join(', ')})`
    case 'filter': return `Filter ${printExpression(plan.predicate)}`
    case 'sort': return `Sort ${printOrder(plan.keys)}`
    case 'limit': return describeLimit(plan)
    case 'expand': return describeExpand(plan)
    case 'semiJoin': return `${plan.anti ? 'AntiJoin' : 'SemiJoin'} on ${printPairs(plan.on)}`
    case 'compute': return `Compute ${plan.computed.map(({ column, expression }) => `${printExpression(expression)} as ${column.name}`).join(', ')}`
    case 'aggregate': return describeAggregate(plan)
    case 'concat': return 'Concat'
    case 'transformation': return printStep(plan.step)
    case 'given': return 'Given'
    case 'remote': return `Remote ${printTarget(plan.fragment.scan)}${describeKeys(plan.fragment)}`
    case 'remoteScan': return `RemoteScan ${printTarget(plan)} [${plan.taken.join('; ')}]`
    case 'constantRows': return `Rows ${plan.rows.length} (${plan.columns.map(({ name }) => name).join(', ')})`
  }
}

function printApplied(step: AppliedStep): string {
  switch (step.kind) {
    case 'filter': return `filter(${printExpression(step.predicate)})`
    case 'text': return step.text
    case 'aggregate': return `groupby((${step.groups.map(({ path }) => path.join('/')).join(',')}),aggregate(${step.measures.map(printMeasure).join(',')}))`
  }
}

const printTarget = ({ target: { endpoint, entitySet, resource } }: Scan | RemoteScan): string => `${endpoint}.${resource === undefined ? entitySet : printResource(resource)}`

/** The path, with the names of the keys that fill its gaps. */
const printResource = ({ path, gaps = [] }: RemoteResource): string =>
  `${path}${gaps.map(({ key, after, unwritten }) => `${unwritten === true ? '' : `(${key.map(({ name }) => name).join(',')})`}${after}`).join('')}`

const printPairs = (on: Expand['on']): string => on.map(({ from, to }) => `${from} = ${to}`).join(' and ')

const printMeasure = ({ column, method, expression, per }: Measure): string =>
  `${expression === undefined ? '$count' : `${printExpression(expression)}${per === undefined ? '' : ` per ${printExpression(per)}`} with ${method}`} as ${column.name}`

function describeAggregate({ groups, measures, partial }: Aggregate): string {
  const by = groups.length === 0 ? '' : ` by ${groups.map(({ expression }) => printExpression(expression)).join(', ')}`
  const shown = measures.map(printMeasure)
  return `${partial === true ? 'PartialAggregate' : 'Aggregate'} ${shown.length === 0 ? 'distinct' : shown.join(', ')}${by}`
}

const describeLimit = (limit: Limit): string =>
  `Limit ${limit.take ?? 'all'}${limit.skip === 0 ? '' : ` skip ${limit.skip}`}${limit.count ? ' with count' : ''}`

const describeKeys = (fragment: Fragment): string => (fragment.keys.length === 0 ? '' : ` by ${fragment.keys.join(', ')}`)

function describeExpand({ navigation, on, perParent, inline }: Expand): string {
  const { order, skip, take, count } = perParent
  const each = [
    ...(order.length === 0 ? [] : [`order ${printOrder(order)}`]),
    ...(skip === 0 ? [] : [`skip ${skip}`]),
    ...(take === undefined ? [] : [`take ${take}`]),
    ...(count ? ['with count'] : []),
  ]
  return `Expand ${navigation.name} on ${printPairs(on)}${each.length === 0 ? '' : ` each ${each.join(' ')}`}${inline === undefined ? '' : ' offered'}`
}
