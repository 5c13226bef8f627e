import { conjunction, type Expression, fragment, type Fragment, type Plan } from '@tributary/plan'

/**
 * The part of a plan one source can be asked for as a whole: limit(sort(filter(scan))), each but the scan may be missing.
 * Undefined for every other shape.
 */
export function fragmentOf(plan: Plan): Fragment | undefined {
  let current = plan
  let parts: Partial<Omit<Fragment, 'scan'>> = {}
  if (current.kind === 'limit') {
    parts = { skip: current.skip, ...(current.take === undefined ? {} : { take: current.take }), count: current.count }
    current = current.input
  }
  if (current.kind === 'sort') {
    parts = { ...parts, order: current.keys }
    current = current.input
  }
  const predicates: Expression[] = []
  for (; current.kind === 'filter'; current = current.input) predicates.unshift(current.predicate)
  const all = conjunction(predicates)
  return current.kind === 'scan' ? fragment(current, { ...parts, ...(all === undefined ? {} : { filter: all }) }) : undefined
}
