import {
  column, concat, constantRows, expand, expandedColumn, filter, fragment, innerOf, lambda, limit, not, outputColumns, remote, remoteScan, renameColumns, semiJoin, sort, withInner, withInput, type Column, type Fragment, type JoinPair, type OrderKey, type Plan, type Remote,
  type ScanTarget, type SemiJoin,
} from '@tributary/plan'
import type { Endpoints } from '@tributary/source'

const remoteNamed = (target: ScanTarget, column: Column): Column => ({ ...column, name: target.renamed.get(column.name) ?? column.name })

const isOrder = (keys: readonly OrderKey[]): keys is readonly [OrderKey, ...OrderKey[]] => keys.length > 0

/** Asks the source what it takes of a fragment and puts what it leaves on top, as a planner does. */
export function placeFragment(wanted: Fragment, endpoints: Endpoints): Remote {
  const { scan, order, skip, take, count, keys } = wanted
  const { target } = scan
  const { source, target: open } = endpoints.endpoint(target.endpoint)
  const accepted = source.accept({
    target: open, entitySet: target.entitySet, entityType: target.entityType, columns: scan.columns.map((column) => remoteNamed(target, column)), key: [],
    ...(wanted.filter === undefined ? {} : { filter: renameColumns(wanted.filter, target.renamed) }),
    order: order.map((key) => ({ ...key, expression: renameColumns(key.expression, target.renamed) })),
    skip, ...(take === undefined ? {} : { top: take }), count,
    keys: keys.map((key) => remoteNamed(target, scan.columns.find((column) => column.name === key) ?? scan.columns[0]!)), pageRows: 100,
  }, endpoints.capabilities(target.endpoint, target.entitySet))
  let plan: Plan = remoteScan({ target, columns: scan.columns, accepted, taken: accepted.taken })
  if (accepted.residual !== undefined) {
    const exposed = new Map([...target.renamed].map(([ours, theirs]) => [theirs, ours]))
    plan = filter(plan, renameColumns(accepted.residual, exposed))
  }
  if (!accepted.ordered && isOrder(order)) plan = sort(plan, order)
  if (!accepted.limited && (skip > 0 || take !== undefined || count)) plan = limit(plan, skip, take, count)
  return remote(wanted, plan)
}

/** Places every limit(sort(filter(scan))) of a plan; the inner sides of expands take the join columns as keys. */
export function placePlan(plan: Plan, endpoints: Endpoints, keys: readonly string[] = []): Plan {
  const whole = fragmentOf(plan, keys)
  if (whole !== undefined) return placeFragment(whole, endpoints)
  switch (plan.kind) {
    case 'filter': case 'sort': case 'limit': case 'compute': case 'aggregate': return withInput(plan, placePlan(plan.input, endpoints, keys))
    case 'concat': return concat(plan.inputs.map((input) => placePlan(input, endpoints)), plan.columns)
    case 'expand': return expand(placePlan(plan.input, endpoints, keys), { ...plan, related: placePlan(plan.related, endpoints, plan.on.map(({ to }) => to)) })
    case 'semiJoin': return placeSemiJoin(plan, endpoints)
    case 'transformation': {
      const [first, ...others] = plan.inputs
      return withInner(plan, [placePlan(first, endpoints), ...others.map((input) => placePlan(input, endpoints))], innerOf(plan).map((input) => placePlan(input, endpoints)))
    }
    case 'given': return plan
    case 'scan': case 'remote': case 'remoteScan': case 'constantRows': return plan
  }
}

/** A column of related rows. */
const manyOf = (name: string, columns: readonly Column[]): Column => expandedColumn(name, name, { toMany: true, columns, visible: columns.map((shown) => shown.name) })

/** A semi-join with all its ways: by keys, by looking up, and by reading all. */
function placeSemiJoin(plan: SemiJoin, endpoints: Endpoints): Plan {
  const { on, anti, input, related } = plan
  const seen = manyOf('~seen', outputColumns(related))
  const any = lambda('any', column(seen.type, '~seen'), '')
  const lookup = filter(expand(input, { navigation: seen, on, related }), anti ? not(any) : any)
  const back = on.map(({ from, to }): JoinPair => ({ from: to, to: from }))
  const keys = on.flatMap(({ to }) => outputColumns(related).filter(({ name }) => name === to))
  const rowsOf = placePlan(input, endpoints, on.map(({ from }) => from))
  const byKeys = expand(constantRows(keys, []), { navigation: manyOf('~rows', outputColumns(input)), on: [back[0]!, ...back.slice(1)], related: rowsOf })
  const ways = { lookup: placePlan(lookup, endpoints), order: [], ...(anti ? {} : { byKeys }) }
  return semiJoin(placePlan(input, endpoints), { on, anti, related: placePlan(related, endpoints), ways })
}

function fragmentOf(plan: Plan, keys: readonly string[]): Fragment | undefined {
  let rest = plan
  let parts: Partial<Omit<Fragment, 'scan'>> = keys.length > 0 ? { keys } : {}
  if (rest.kind === 'limit') {
    if (keys.length > 0) return undefined
    parts = { ...parts, skip: rest.skip, ...(rest.take === undefined ? {} : { take: rest.take }), count: rest.count }
    rest = rest.input
  }
  if (rest.kind === 'sort') {
    parts = { ...parts, order: rest.keys }
    rest = rest.input
  }
  if (rest.kind === 'filter') {
    parts = { ...parts, filter: rest.predicate }
    rest = rest.input
  }
  return rest.kind === 'scan' ? fragment(rest, parts) : undefined
}

