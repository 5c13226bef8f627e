import { concat, conjunction, conjuncts, type Expand, type Expression, expand, filter, type Filter, innerOf, type Plan, semiJoin, withInner, withInput } from '@tributary/plan'
import { isHidden } from '../bind/followed-paths.js'
import { relatedCondition, type RelatedCondition } from './related-condition.js'

/**
 * Reads the selective side first: conjuncts that look at one navigation only become semi-joins.
 * ```
 * Filter ~Customer/Country eq 'Germany' and p        Filter p
 * └ Expand ~Customer on CustomerID = ID         ⇒    └ Expand ~Customer on CustomerID = ID     (left out where p does not read it)
 *   ├ x                                                ├ SemiJoin on CustomerID = ID
 *   └ Scan Customers                                   │ ├ x
 *                                                      │ └ Filter Country eq 'Germany'
 *                                                      │   └ Scan Customers
 *                                                      └ Scan Customers
 * ```
 * Does not fire for disjunctions over several navigations, for conjuncts a missing row makes true, where one row is asked for by its key,
 * nor within the related rows of an expand: those are read by keys, batch by batch; nor where the related rows are read from the link of each
 * row, so that nobody could read them first, or are the same for all rows.
 */
export function withSemiJoins(plan: Plan): Plan {
  switch (plan.kind) {
    case 'filter': return filterWithSemiJoins(plan)
    case 'sort': case 'limit': case 'expand': case 'compute': case 'aggregate': return withInput(plan, withSemiJoins(plan.input))
    case 'concat': return concat(plan.inputs.map(withSemiJoins), plan.columns)
    case 'transformation': {
      const [first, ...others] = plan.inputs
      return withInner(plan, [withSemiJoins(first), ...others.map(withSemiJoins)], innerOf(plan))
    }
    case 'semiJoin': return semiJoin(withSemiJoins(plan.input), { ...plan, related: withSemiJoins(plan.related) })
    case 'given': case 'scan': case 'remote': case 'remoteScan': case 'constantRows': return plan
  }
}

/** Semi-joins over one to-many navigation; more conditions are computed over its expand. */
const mostJoins = 4

function filterWithSemiJoins(plan: Filter): Plan {
  const { input: hidden } = plan
  if (hidden.kind !== 'expand' || !isHidden(hidden.navigation) || isOneRow(hidden.input) || isReadByLink(hidden.related) || hidden.related.kind === 'concat') return withInput(plan, withSemiJoins(hidden))
  const rest: Expression[] = []
  const conditions: RelatedCondition[] = []
  for (const part of conjuncts(plan.predicate)) {
    const condition = relatedCondition(part, hidden.navigation)
    if (condition === undefined || (hidden.navigation.type.collection && conditions.length === mostJoins)) rest.push(part)
    else conditions.push(condition)
  }
  const joined = withConditions(hidden, conditions)
  const expanded = expand(withSemiJoins(joined), hidden)
  const left = conjunction(rest)
  return left === undefined ? expanded : filter(expanded, left)
}

/** Conditions on the one row of a to-one navigation are one semi-join; those on many rows may each be met by another row. */
function withConditions(hidden: Expand, conditions: readonly RelatedCondition[]): Plan {
  const toMany = hidden.navigation.type.collection
  const merged = conjunction(conditions.flatMap(({ predicate }) => predicate ?? []))
  const whole: RelatedCondition = { anti: false, ...(merged === undefined ? {} : { predicate: merged }) }
  const joins = toMany || conditions.length === 0 ? conditions : [whole]
  return joins.reduce((input, { predicate, anti }) => {
    const related = predicate === undefined ? hidden.related : filter(hidden.related, predicate)
    return semiJoin(input, { on: hidden.on, related, anti })
  }, hidden.input)
}

/** True where the rows are read from a path that the keys of other rows fill. */
function isReadByLink(plan: Plan): boolean {
  switch (plan.kind) {
    case 'filter': case 'sort': case 'limit': case 'expand': case 'semiJoin': case 'compute': return isReadByLink(plan.input)
    case 'scan': return (plan.target.resource?.gaps ?? []).length > 0
    case 'aggregate': case 'concat': case 'transformation': case 'given': case 'remote': case 'remoteScan': case 'constantRows': return false
  }
}

/** True where filters name the whole key: following the navigation from that row is cheaper than any semi-join. */
function isOneRow(plan: Plan, named: ReadonlySet<string> = new Set()): boolean {
  switch (plan.kind) {
    case 'filter': return isOneRow(plan.input, new Set([...named, ...conjuncts(plan.predicate).flatMap(columnGiven)]))
    case 'sort': case 'limit': case 'expand': case 'semiJoin': case 'compute': return isOneRow(plan.input, named)
    case 'scan': return plan.target.key.length > 0 && plan.target.key.every((name) => named.has(name))
    case 'aggregate': case 'concat': case 'transformation': case 'given': case 'remote': case 'remoteScan': case 'constantRows': return false
  }
}

function columnGiven(part: Expression): readonly string[] {
  if (part.kind !== 'binary' || part.operator !== 'eq') return []
  const { left, right } = part
  return left.kind === 'column' && left.path.length === 1 && right.kind === 'literal' ? [left.path[0]] : []
}
