import { type Column, columnsOf, compute, type Compute, expand, type Expand, type Expression, outputColumns, type Plan, scan, type Scan, seekingColumns, semiJoin, type SemiJoin, withInput } from '@tributary/plan'
import { isHidden } from '../bind/followed-paths.js'
import { concatOver, pruneGiven, pruneTransformation } from './prune-transformation.js'

/**
 * Leaves out the columns nobody needs.
 * ```
 * Filter Freight gt 100              needed: OrderID
 * └ Scan Orders (OrderID, Freight, ShipName, …)   ⇒   Scan Orders (OrderID, Freight)
 * ```
 * `needed` are the columns of the plan's rows that somebody reads. Does not fire on columns a filter, a sort, a join or `needed` reads;
 * a scan keeps at least one column, so that its rows can be counted. Expanded columns stay, but for
 * hidden ones, which are there for a filter or an order that may read something cheaper by now.
 */
export function pruneColumns(plan: Plan, needed: ReadonlySet<string>): Plan {
  switch (plan.kind) {
    case 'scan': return pruneScan(plan, needed)
    case 'filter': return withInput(plan, pruneColumns(plan.input, withExpressions(needed, [plan.predicate])))
    case 'sort': return withInput(plan, pruneColumns(plan.input, withExpressions(needed, plan.keys.map(({ expression }) => expression))))
    case 'limit': return withInput(plan, pruneColumns(plan.input, needed))
    case 'expand': return isHidden(plan.navigation) && !needed.has(plan.navigation.name) ? pruneColumns(plan.input, needed) : pruneExpand(plan, needed)
    case 'semiJoin': return pruneSemiJoin(plan, needed)
    case 'compute': return pruneCompute(plan, needed)
    case 'aggregate': return withInput(plan, pruneColumns(plan.input, withExpressions(new Set(), [...plan.groups, ...plan.measures].flatMap(({ expression }) => expression ?? []))))
    case 'concat': return concatOver(plan.inputs.map((input) => pruneColumns(input, new Set(plan.columns.map(({ name }) => name)))), plan.columns)
    case 'transformation': return pruneTransformation(plan, needed, pruneColumns)
    case 'given': return pruneGiven(plan, needed)
    case 'remote': case 'remoteScan': case 'constantRows': return plan
  }
}

const withExpressions = (needed: ReadonlySet<string>, expressions: readonly Expression[]): ReadonlySet<string> =>
  new Set([...needed, ...expressions.flatMap((expression) => [...columnsOf(expression)])])

function pruneScan(plan: Scan, needed: ReadonlySet<string>): Scan {
  // What a source makes comes as it is.
  if (plan.applied !== undefined) return plan
  const kept = plan.columns.filter(({ name }) => needed.has(name) || (plan.target.only !== undefined && name === '@odata.type'))
  if (kept.length === plan.columns.length) return plan
  if (kept.length > 0) return scan(plan.target, kept)
  const one = plan.columns.filter(({ name }) => plan.target.key.includes(name))
  return scan(plan.target, one.length > 0 ? one : plan.columns.slice(0, 1))
}

function pruneExpand(plan: Expand, needed: ReadonlySet<string>): Expand {
  const input = pruneColumns(plan.input, new Set([...needed, ...seekingColumns(plan.on)]))
  const shape = plan.navigation.expanded
  if (shape === undefined) return expand(input, plan)
  const ordered = withExpressions(new Set([...shape.visible, ...(shape.kept ?? []), ...plan.on.map(({ to }) => to)]), plan.perParent.order.map(({ expression }) => expression))
  const related = pruneColumns(plan.related, ordered)
  return expand(input, { ...plan, related, navigation: reshape(plan.navigation, shape.columns, related) })
}

function pruneSemiJoin(plan: SemiJoin, needed: ReadonlySet<string>): SemiJoin {
  const input = pruneColumns(plan.input, new Set([...needed, ...seekingColumns(plan.on)]))
  return semiJoin(input, { ...plan, related: pruneColumns(plan.related, new Set(plan.on.map(({ to }) => to))) })
}

function pruneCompute(plan: Compute, needed: ReadonlySet<string>): Plan {
  const computed = plan.computed.filter(({ column }) => needed.has(column.name))
  const input = pruneColumns(plan.input, withExpressions(needed, computed.map(({ expression }) => expression)))
  return computed.length === 0 ? input : compute(input, computed)
}

/** The navigation column over fewer related columns; what was narrowed in it stays narrowed. */
function reshape(navigation: Column, before: readonly Column[], related: Plan): Column {
  if (navigation.expanded === undefined) return navigation
  const known = new Map(before.map((column) => [column.name, column]))
  const columns = outputColumns(related).map((column) => (column.expanded === undefined ? (known.get(column.name) ?? column) : column))
  return Object.freeze({ ...navigation, expanded: Object.freeze({ ...navigation.expanded, columns: Object.freeze(columns) }) })
}
