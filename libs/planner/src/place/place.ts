import { expand, type Expand, type Plan, withInput } from '@tributary/plan'
import type { Endpoints } from '@tributary/source'
import { fragmentOf } from './fragment-of.js'
import { placeFragment, type PlaceOptions } from './place-fragment.js'

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
    case 'filter': case 'sort': case 'limit': return withInput(plan, place(plan.input, endpoints, options))
    case 'expand': return placeExpand(plan, place(plan.input, endpoints, options), { endpoints, options })
    case 'scan': case 'remote': case 'remoteScan': case 'constantRows': return plan
  }
}

interface Placing {
  readonly endpoints: Endpoints
  readonly options: PlaceOptions
}

function placeExpand(node: Expand, input: Plan, placing: Placing): Expand {
  const keys = node.on.map(({ to }) => to)
  return expand(input, { ...node, related: placeRelated(node.related, keys, placing) })
}

/** The related rows of an expand: the scan beneath it is asked by keys; orders and limits over it stay ours. */
function placeRelated(plan: Plan, keys: readonly string[], placing: Placing): Plan {
  const bare = fragmentOf(plan)
  if (bare !== undefined && bare.order.length === 0 && bare.skip === 0 && bare.take === undefined && !bare.count) {
    return placeFragment({ ...bare, keys }, placing.endpoints, placing.options)
  }
  switch (plan.kind) {
    case 'filter': case 'sort': case 'limit': return withInput(plan, placeRelated(plan.input, keys, placing))
    case 'expand': return placeExpand(plan, placeRelated(plan.input, keys, placing), placing)
    case 'scan': case 'remote': case 'remoteScan': case 'constantRows': return plan
  }
}
