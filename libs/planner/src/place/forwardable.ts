import type { Plan, RemoteScan } from '@tributary/plan'
import { mayNameType } from '../bind/type-names.js'
import type { BoundQuery } from '../bound-query.js'

/**
 * The remote scan whose bytes may stream to the consumer as they are: one source does everything, nothing of ours stands above it,
 * and what it sends is what is shown, under the same names. Undefined otherwise. Bind with `pageRows` 0 to ask: a page of ours is not
 * the source's page.
 * @see the query engine's tier T0
 */
export function forwardable(placed: Plan, bound: BoundQuery): RemoteScan | undefined {
  const scan = bareScan(placed)
  if (scan === undefined) return undefined
  if (bound.pageRows !== 0 || bound.unwrap.length > 0 || (bound.shape !== 'collection' && bound.shape !== 'entity')) return undefined
  const { target, columns } = scan
  if (scan.results !== undefined) return undefined
  if (target.renamed.size > 0 || (target.entityType !== bound.entityType && columns.some(mayNameType))) return undefined
  if (columns.length !== bound.visible.length || columns.some(({ name }) => !bound.visible.includes(name))) return undefined
  const narrowed = bound.columns.some((shown) => shown.fields !== undefined && columns.find(({ name }) => name === shown.name)?.fields !== shown.fields)
  return narrowed ? undefined : scan
}

/** The scan that is all of a placed plan; a limit that only counts may stand above it if the source counts. */
function bareScan(placed: Plan): RemoteScan | undefined {
  if (placed.kind !== 'remote' || placed.fragment.keys.length > 0) return undefined
  const { plan } = placed
  if (plan.kind === 'remoteScan') return plan
  const counts = plan.kind === 'limit' && plan.skip === 0 && plan.take === undefined && plan.input.kind === 'remoteScan'
  return counts && plan.input.kind === 'remoteScan' && plan.input.counted === true ? plan.input : undefined
}
