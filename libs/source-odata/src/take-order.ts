import type { OrderKey } from '@tributary/plan'
import type { Capabilities, Feature, ScanRequest } from '@tributary/source'
import { typeFeature } from './judge-filter.js'
import { printFilter } from './print-filter.js'
import type { Restrictions } from './restrictions.js'
import type { QueryOption } from './scan.js'

export interface TakenOrder {
  /** Undefined: rows come in no order we rely on. */
  readonly text?: string
  readonly features: readonly Feature[]
}

/** Takes an order by columns only where it is proven: collations and the place of nulls differ, and an inversion found late costs the answer. */
export function takeOrder(want: Pick<ScanRequest, 'order' | 'keys'>, able: Capabilities, declared: Restrictions): TakenOrder {
  const none: TakenOrder = { features: [] }
  if (want.order.length === 0 || want.keys.length > 0 || !declared.sortable || !want.order.every((key) => mayOrder(key, declared))) return none
  const features = [...new Set(['orderby', ...want.order.map(({ expression }) => `orderby:${typeFeature(expression.type)}`)])]
  if (!features.every((feature) => able.fact(feature).trust === 'exact')) return none
  return { text: want.order.map(({ expression, descending }) => `${printFilter(expression)}${descending ? ' desc' : ''}`).join(','), features }
}

function mayOrder({ expression, descending }: OrderKey, declared: Restrictions): boolean {
  if (expression.kind !== 'column' || expression.path.length > 1 || expression.type.collection) return false
  const [name] = expression.path
  return !declared.nonSortable.has(name) && !(descending ? declared.ascendingOnly : declared.descendingOnly).has(name)
}

export interface TakenLimit {
  readonly options: readonly QueryOption[]
  readonly features: readonly Feature[]
}

/** Skip and top, where both that are wanted are proven; undefined: both stay with us. */
export function takeLimit(want: ScanRequest, able: Capabilities, declared: Restrictions): TakenLimit | undefined {
  const wanted: readonly (QueryOption & { readonly feature: Feature; readonly offered: boolean })[] = [
    ...(want.skip === 0 ? [] : [{ name: '$skip' as const, text: String(want.skip), feature: 'skip', offered: declared.skip }]),
    ...(want.top === undefined ? [] : [{ name: '$top' as const, text: String(want.top), feature: 'top', offered: declared.top }]),
  ]
  if (wanted.length === 0 || !wanted.every(({ feature, offered }) => offered && able.fact(feature).trust === 'exact')) return undefined
  return { options: wanted.map(({ name, text }) => ({ name, text })), features: wanted.map(({ feature }) => feature) }
}
