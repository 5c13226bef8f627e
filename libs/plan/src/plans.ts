import type { Expression, OrderKey } from './expression.js'
import type { Column } from './page.js'
import type { Aggregate, Applied, Compute, ComputedColumn, Concat, Expand, Filter, Fragment, InlineOffer, JoinPair, Limit, PerParent, Plan, Remote, RemoteScan, Rows, Scan, ScanTarget, SemiJoin, Sort } from './plan.js'
import { innerOf, withInner } from './transformations.js'
import type { Value } from './value.js'
import type { Given } from './transformation.js'

/** Factories of plan nodes: frozen values. */

/** All rows of a remote entity set, with these columns. */
export const scan = (target: ScanTarget, columns: readonly Column[]): Scan => Object.freeze({ kind: 'scan', target, columns: Object.freeze([...columns]) })

/** What the source makes of the rows of an entity set; `columns` are those of the results. */
export const appliedScan = (target: ScanTarget, columns: readonly Column[], applied: Applied): Scan =>
  Object.freeze({ kind: 'scan', target, columns: Object.freeze([...columns]), applied: Object.freeze(applied) })

/** The rows for which the predicate is true: neither false nor null. */
export const filter = (input: Plan, predicate: Expression): Filter => Object.freeze({ kind: 'filter', input, predicate })

/** The rows in an order; equal rows stay as they come. */
export const sort = (input: Plan, keys: readonly [OrderKey, ...OrderKey[]]): Sort => Object.freeze({ kind: 'sort', input, keys: Object.freeze(keys) })

/** Skips, then takes; without `take` all the rest. `count` asks for the number of rows before both. */
export const limit = (input: Plan, skip: number, take?: number, count = false): Limit =>
  Object.freeze({ kind: 'limit', input, skip, ...(take === undefined ? {} : { take }), count })

/** What an expand adds to its input. */
export interface ExpandOptions {
  readonly navigation: Column
  readonly on: readonly [JoinPair, ...JoinPair[]]
  readonly related: Plan
  readonly perParent?: PerParent
  readonly remoteNavigation?: string
  readonly inline?: InlineOffer
}

/** No option applies per parent. */
export const everyRelated: PerParent = Object.freeze({ order: Object.freeze([]), skip: 0, count: false })

/** Adds a column with the related rows of each row. */
export const expand = (input: Plan, { navigation, on, related, perParent = everyRelated, remoteNavigation, inline }: ExpandOptions): Expand =>
  Object.freeze({
    kind: 'expand', input, navigation, on: Object.freeze(on), related, perParent: Object.freeze(perParent),
    ...(remoteNavigation === undefined ? {} : { remoteNavigation }), ...(inline === undefined ? {} : { inline: Object.freeze(inline) }),
  })

/** What a semi-join asks of the rows of its input. */
export type SemiJoinOptions = Pick<SemiJoin, 'on' | 'related' | 'anti' | 'ways'>

/** The rows that have, or with `anti` have not, a related row. */
export const semiJoin = (input: Plan, { on, related, anti, ways }: SemiJoinOptions): SemiJoin =>
  Object.freeze({ kind: 'semiJoin', input, on: Object.freeze(on), related, anti, ...(ways === undefined ? {} : { ways: Object.freeze(ways) }) })

/** The rows with computed columns more. */
export const compute = (input: Plan, computed: readonly ComputedColumn[]): Compute => Object.freeze({ kind: 'compute', input, computed: Object.freeze([...computed]) })

/** One row per group. */
export const aggregate = (input: Plan, { groups, measures, columns, partial }: Pick<Aggregate, 'groups' | 'measures' | 'columns' | 'partial'>): Aggregate =>
  Object.freeze({ kind: 'aggregate', input, groups: Object.freeze([...groups]), measures: Object.freeze([...measures]), columns: Object.freeze([...columns]), ...(partial === undefined ? {} : { partial }) })

/** The rows of all inputs. */
export const concat = (inputs: readonly Plan[], columns: readonly Column[]): Concat => Object.freeze({ kind: 'concat', inputs: Object.freeze([...inputs]), columns: Object.freeze([...columns]) })

/** The rows that the step around gives. */
export const given = (columns: readonly Column[]): Given => Object.freeze({ kind: 'given', columns: Object.freeze([...columns]) })

/** Rows that are known already. */
export const constantRows = (columns: readonly Column[], rows: readonly (readonly Value[])[]): Rows =>
  Object.freeze({ kind: 'constantRows', columns: Object.freeze([...columns]), rows: Object.freeze([...rows]) })

/** A fragment that a source was asked about, and how it is executed. */
export const remote = (fragment: Fragment, plan: Plan): Remote => Object.freeze({ kind: 'remote', fragment, plan })

/** What a source takes of a fragment. */
export const remoteScan = (asked: Omit<RemoteScan, 'kind'>): RemoteScan => Object.freeze({ kind: 'remoteScan', ...asked })

/** A fragment that reads a scan and nothing more; `parts` add to it. */
export const fragment = (over: Scan, parts: Partial<Omit<Fragment, 'scan'>> = {}): Fragment =>
  Object.freeze({ scan: over, order: Object.freeze([]), skip: 0, count: false, keys: Object.freeze([]), ...parts })

/** The direct inputs of a node; the related side of an expand or a semi-join is the second. Of a placed semi-join its other ways follow. */
export function inputsOf(plan: Plan): readonly Plan[] {
  switch (plan.kind) {
    case 'scan': case 'remoteScan': case 'constantRows': case 'given': return []
    case 'transformation': return [...plan.inputs, ...innerOf(plan)]
    case 'filter': case 'sort': case 'limit': case 'compute': case 'aggregate': return [plan.input]
    case 'concat': return plan.inputs
    case 'expand': return [plan.input, plan.related]
    case 'semiJoin': return [plan.input, plan.related, ...(plan.ways?.byKeys === undefined ? [] : [plan.ways.byKeys.related]), ...(plan.ways === undefined ? [] : [plan.ways.lookup])]
    case 'remote': return [plan.plan]
  }
}

/** Calls `visit` for the plan and everything in it, outermost first. */
export function walk(plan: Plan, visit: (plan: Plan) => void): void {
  visit(plan)
  for (const input of inputsOf(plan)) walk(input, visit)
}

/**
 * Rebuilds a plan bottom-up; `change` gets every node with its inputs already changed, and returns it or another.
 * What a `Remote` executes is not entered: it is made anew from its fragment.
 */
export function transform(plan: Plan, change: (plan: Plan) => Plan): Plan {
  switch (plan.kind) {
    case 'scan': case 'remoteScan': case 'constantRows': case 'remote': case 'given': return change(plan)
    case 'filter': case 'sort': case 'limit': case 'compute': case 'aggregate': return change(withInput(plan, transform(plan.input, change)))
    case 'concat': {
      const inputs = plan.inputs.map((input) => transform(input, change))
      return change(inputs.every((input, index) => input === plan.inputs[index]) ? plan : concat(inputs, plan.columns))
    }
    case 'transformation': {
      const [first, ...others] = plan.inputs
      const inputs = [transform(first, change), ...others.map((input) => transform(input, change))] as const
      const inner = innerOf(plan).map((input) => transform(input, change))
      const same = inputs.every((input, index) => input === plan.inputs[index]) && inner.every((input, index) => input === innerOf(plan)[index])
      return change(same ? plan : withInner(plan, inputs, inner))
    }
    case 'expand': case 'semiJoin': {
      const input = transform(plan.input, change)
      const related = transform(plan.related, change)
      return change(input === plan.input && related === plan.related ? plan : Object.freeze({ ...plan, input, related }))
    }
  }
}

type OneInput = Filter | Sort | Limit | Expand | SemiJoin | Compute | Aggregate

/** The node over another input. */
export function withInput(node: OneInput, input: Plan): OneInput {
  return input === node.input ? node : Object.freeze({ ...node, input })
}
