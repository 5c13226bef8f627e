import { binary, column, conjunction, conjuncts, constantRows, type Expression, filter, outputColumns, type Plan, walk } from '@tributary/plan'
import { type Address, type AddressStep, lastStep } from './address.js'
import { unsupported } from './refusal.js'

/** Rows behind a path that only their source can transform. */
export interface AppliedBehindPath {
  /** What the source makes of those that belong to the row before. */
  readonly rows: Plan
  /** In the place of the related rows, of which none are read here. */
  readonly none: Plan
}

/**
 * `Customers('C1')/Sales?$apply=aggregate(Forecast)`: the source of the sales is asked for what it makes of those whose join columns are what the key of
 * the row before says, `filter(CustomerID eq 'C1')/aggregate(Forecast)`. Undefined: nothing in it is only the source's.
 * @throws HUB_QUERY_UNSUPPORTED where the key does not tell the join columns
 */
export function appliedBehindPath(address: Address, base: Plan, match: (rows: Plan) => Plan): AppliedBehindPath | undefined {
  const before = address.steps.at(-2)
  if (before === undefined || !isApplied(match(base))) return undefined
  return { rows: match(filter(base, joinedWith(before, lastStep(address)))), none: constantRows(outputColumns(base), []) }
}

function isApplied(plan: Plan): boolean {
  let found = false
  walk(plan, (node) => {
    found ||= node.kind === 'scan' && node.applied !== undefined
  })
  return found
}

function joinedWith({ key }: AddressStep, { reached }: AddressStep): Expression {
  const told = new Map((key === undefined ? [] : conjuncts(key)).flatMap((part) => (part.kind === 'binary' && part.operator === 'eq' && part.left.kind === 'column' && part.left.path.length === 1 && part.right.kind === 'literal' ? [[part.left.path[0], part.right] as const] : [])))
  const equalities = (reached?.on ?? []).map(({ from, to, of }) => {
    const value = told.get(from)
    return value === undefined || of !== undefined ? undefined : binary('eq', column(value.type, to), value)
  })
  const condition = equalities.every((one) => one !== undefined) ? conjunction(equalities) : undefined
  if (condition === undefined) throw unsupported('$apply behind such a path, of which only the source computes a part,', 'The key of the row before does not tell which rows belong to it: filter the entity set instead.')
  return condition
}
