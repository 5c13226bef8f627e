import { type Aggregate, concat, expand, type Expand, fragment, type Fragment, goesRowByRow, innerOf, type OrderKey, type Plan, type Remote, type Scan, semiJoin, type SemiJoin, sort, type Sort, type Transformation, withInner, withInput } from '@tributary/plan'
import type { Endpoints } from '@tributary/source'
import { aggregateAtSource, neverNull } from './aggregate-at-source.js'
import { fragmentOf } from './fragment-of.js'
import { offeringOf } from './offered-rows.js'
import { belowJoins, overSums } from './partial-aggregate.js'
import { placeApplied } from './place-applied.js'
import { placeFragment as placeScan, type PlaceOptions } from './place-fragment.js'
import { asLookups, rowsByKeys, withoutOrder } from './semi-join-ways.js'

/**
 * Gives every part of a plan to the source it belongs to; what a source does not take stays ours.
 * ```
 * Expand Customer                    Expand Customer
 * ├ Limit 20                         ├ Remote erp.Orders
 * │ └ Filter f and g            ⇒    │ └ Limit 20
 * │   └ Scan erp.Orders              │   └ Filter g
 * └ Scan crm.Customers               │     └ RemoteScan erp.Orders [$filter=f]
 *                                    └ Remote crm.Customers by CustomerID
 *                                      └ RemoteScan crm.Customers [in]
 * ```
 * The related side of an expand gets its keys in batches while it runs.
 * @throws HUB_SOURCE_UNREACHABLE, HUB_QUERY_INVALID as `placeFragment`
 */
export function place(plan: Plan, endpoints: Endpoints, options: PlaceOptions = {}): Plan {
  const whole = fragmentOf(plan)
  if (whole !== undefined) return placeFragment(whole, endpoints, options)
  switch (plan.kind) {
    case 'sort': return placeSort(plan, { endpoints, options })
    case 'filter': case 'limit': case 'compute': return withInput(plan, place(plan.input, endpoints, options))
    case 'aggregate': return placeAggregate(plan, { endpoints, options })
    case 'concat': return concat(plan.inputs.map((input) => place(input, endpoints, options)), plan.columns)
    case 'transformation': return placeTransformation(plan, (input) => place(input, endpoints, options))
    case 'semiJoin': return placeSemiJoin(plan, { endpoints, options })
    case 'expand': return placeExpands(plan, { endpoints, options }, (input) => place(input, endpoints, options))
    case 'given': case 'scan': case 'remote': case 'remoteScan': case 'constantRows': return plan
  }
}

/**
 * Places what one source is asked for as a whole, beginning anew with what is known of it now.
 * @throws HUB_SOURCE_UNREACHABLE, HUB_QUERY_INVALID as `placeFragment` of scans, HUB_QUERY_UNSUPPORTED as `placeApplied`
 */
export function placeFragment(fragment: Fragment, endpoints: Endpoints, options: PlaceOptions = {}): Remote {
  const { applied } = fragment.scan
  return applied === undefined ? placeScan(fragment, endpoints, options) : placeApplied(fragment, applied, { endpoints, options, place: (fallback) => place(fallback, endpoints, { ...options, groupsHere: true }) })
}

/** Groups are made where their rows are, as far as that is proven; and before rows are joined, so that fewer of them are. */
function placeAggregate(plan: Aggregate, placing: Placing): Plan {
  const { endpoints, options } = placing
  const placed = (part: Aggregate): Plan | undefined => {
    const applied = aggregateAtSource(part, placing)
    return applied === undefined ? undefined : placeFragment(fragment(applied), endpoints, options)
  }
  const whole = placed(plan)
  if (whole !== undefined) return whole
  const scan = readBy(plan.input)
  const known = scan === undefined ? (): boolean => false : neverNull(scan, endpoints.endpoint(scan.target.endpoint).target.model)
  const joined = scan === undefined ? undefined : belowJoins(plan, known)
  if (joined !== undefined) return place(joined.over(placed(joined.below) ?? withInput(joined.below, place(joined.below.input, endpoints, options))), endpoints, options)
  const sums = overSums(plan, known)
  const divided = sums === undefined ? undefined : placed(sums.below)
  return sums === undefined || divided === undefined ? withInput(plan, place(plan.input, endpoints, options)) : sums.over(divided)
}

/** The scan of the set whose rows come to an aggregation, joined or not. */
function readBy(plan: Plan): Scan | undefined {
  if (plan.kind === 'filter' || plan.kind === 'expand') return readBy(plan.input)
  const scan = fragmentOf(plan)?.scan
  return scan?.applied === undefined ? scan : undefined
}

function placeTransformation(plan: Transformation, placed: (plan: Plan) => Plan): Plan {
  const [first, ...others] = plan.inputs
  return withInner(plan, [placed(first), ...others.map(placed)], innerOf(plan).map(placed))
}

/** A source that orders its rows keeps a semi-join from reading all of them for the first page. */
function placeSort(plan: Sort, placing: Placing): Plan {
  const { input, keys } = plan
  const { endpoints, options } = placing
  if (input.kind === 'semiJoin') {
    const sorted = fragmentOf(sort(input.input, keys))
    if (sorted !== undefined && !sorts(placeFragment(sorted, endpoints, options).plan)) return placeSemiJoin(semiJoin(sort(input.input, keys), input), placing, keys)
  }
  return withInput(plan, place(input, endpoints, options))
}

const sorts = (plan: Plan): boolean => plan.kind === 'sort' || ('input' in plan && sorts(plan.input))

function placeSemiJoin(node: SemiJoin, placing: Placing, order?: readonly OrderKey[]): SemiJoin {
  const { endpoints, options } = placing
  const keys = node.on.map(({ from }) => from)
  const lookup = place(asLookups(node), endpoints, options)
  const byKeys = node.anti ? {} : { byKeys: rowsByKeys(node, placeRelated(withoutOrder(asLookups(node.input)), keys, placing)) }
  const ways = { ...byKeys, lookup, order: order ?? [] }
  return semiJoin(place(node.input, endpoints, options), { ...node, related: place(node.related, endpoints, options), ways })
}

interface Placing {
  readonly endpoints: Endpoints
  readonly options: PlaceOptions
}

function placeExpand(node: Expand, input: Plan, placing: Placing): Expand {
  const keys = node.on.map(({ to }) => to)
  return expand(input, { ...node, related: placeRelated(node.related, keys, placing) })
}

/**
 * Expands over the rows of one source, which is asked for the related rows within these where it gives them so; else, and for what of that cannot be
 * believed, by keys. @param keys of the rows below, where those are read by keys themselves
 */
function placeExpands(plan: Expand, placing: Placing, placeInput: (input: Plan) => Plan, keys: readonly string[] = []): Plan {
  const nodes = expandsOf(plan)
  const base = fragmentOf(nodes.at(-1)?.input ?? plan)
  const asked = base === undefined || (keys.length > 0 && isCut(base)) ? undefined : offeringOf({ ...base, keys }, nodes, placing.endpoints)
  const placed = asked === undefined ? undefined : placeFragment(asked.fragment, placing.endpoints, placing.options)
  if (asked === undefined || placed === undefined || nodes.every((node) => asked.offered(node, placed) === undefined)) return placeExpand(plan, placeInput(plan.input), placing)
  return nodes.reduceRight<Plan>((input, node) => {
    const inline = asked.offered(node, placed)
    return placeExpand(inline === undefined ? node : Object.freeze({ ...node, inline }), input, placing)
  }, placed)
}

/** The expands that stand directly above each other, outermost first. */
const expandsOf = (plan: Plan): readonly Expand[] => (plan.kind === 'expand' ? [plan, ...expandsOf(plan.input)] : [])

/** Whether the rows are ordered, cut or counted together: such are not read by keys. */
const isCut = ({ order, skip, take, count }: Fragment): boolean => order.length > 0 || skip > 0 || take !== undefined || count

/** The related rows of an expand: the scan beneath it is asked by keys; orders and limits over it stay ours. */
function placeRelated(plan: Plan, keys: readonly string[], placing: Placing): Plan {
  const bare = fragmentOf(plan)
  if (bare !== undefined && !isCut(bare)) {
    return placeFragment({ ...bare, keys }, placing.endpoints, placing.options)
  }
  switch (plan.kind) {
    case 'filter': case 'sort': case 'limit': case 'compute': return withInput(plan, placeRelated(plan.input, keys, placing))
    case 'expand': return placeExpands(plan, placing, (input) => placeRelated(input, keys, placing), keys)
    case 'semiJoin': return placeRelated(asLookups(plan), keys, placing)
    case 'transformation': return placeTransformation(plan, (input) => (goesRowByRow(plan) && input === plan.inputs[0] ? placeRelated(input, keys, placing) : place(input, placing.endpoints, placing.options)))
    case 'aggregate': case 'concat': return place(plan, placing.endpoints, placing.options)
    case 'given': case 'scan': case 'remote': case 'remoteScan': case 'constantRows': return plan
  }
}
