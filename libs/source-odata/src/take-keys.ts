import type { Capabilities, Feature, ScanRequest } from '@tributary/source'
import { onlyProven, OR_LIMIT, typeFeature } from './judge-filter.js'
import type { Restrictions } from './restrictions.js'

export interface TakenKeys {
  /** Undefined: keys cannot be given, the whole set is read. */
  readonly form?: 'in' | 'or'
  /** Most keys of a request. */
  readonly limit: number
  readonly features: readonly Feature[]
}

/** How batches of keys are given: by `in` for a single column, else by an or-chain; a remote that is known to do neither gets none. */
export function takeKeys(want: ScanRequest, able: Capabilities, declared: Restrictions): TakenKeys {
  const none: TakenKeys = { limit: able.keyLimit, features: [] }
  if (want.keys.length === 0 || !declared.filterable || want.keys.some(({ name }) => declared.nonFilterable.has(name))) return none
  const can = (features: readonly Feature[]): boolean => features.every((feature) => able.fact(feature).trust === 'exact' || (able.fact(feature).trust !== 'unsupported' && !onlyProven(able)))
  const [first] = want.keys
  const byIn: readonly Feature[] = ['filter', `filter:in:${first === undefined ? '' : typeFeature(first.type)}`]
  if (want.keys.length === 1 && can(byIn)) return { form: 'in', limit: able.keyLimit, features: byIn }
  const equalities: readonly Feature[] = want.keys.map(({ type }) => `filter:eq:${typeFeature(type)}`)
  const byOr: readonly Feature[] = ['filter', 'filter:or', ...(want.keys.length > 1 ? ['filter:and'] : []), ...equalities]
  return can(byOr) ? { form: 'or', limit: Math.min(OR_LIMIT, able.keyLimit), features: [...new Set(byOr)] } : none
}
