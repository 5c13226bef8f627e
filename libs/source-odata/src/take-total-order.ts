import { column, orderKey, type OrderKey } from '@tributary/plan'
import type { Capabilities, ScanRequest } from '@tributary/source'
import type { Restrictions } from './restrictions.js'
import { takeLimit, takeOrder, type TakenOrder } from './take-order.js'

/** The order of a scan whose pages may be read beside each other. */
export interface TotalOrder extends TakenOrder {
  readonly order: readonly OrderKey[]
}

/**
 * The order in which all rows of a set can be read by `$skip`: the one that is wanted if it holds the key, the key's if none is wanted.
 * Undefined unless order, skip, top and count are proven and the key is among the columns, by which every page is verified.
 */
export function takeTotalOrder(want: ScanRequest, able: Capabilities, declared: Restrictions): TotalOrder | undefined {
  if (want.key.length === 0 || want.keys.length > 0 || want.top !== undefined || want.skip > 0) return undefined
  if (!declared.count || able.fact('count').trust !== 'exact' || takeLimit({ ...want, skip: 1, top: 1 }, able, declared) === undefined) return undefined
  const key = want.key.flatMap((name) => want.columns.filter((each) => each.name === name))
  const held = new Set(want.order.flatMap(({ expression }) => (expression.kind === 'column' && expression.path.length === 1 ? [expression.path[0]] : [])))
  if (key.length < want.key.length || (want.order.length > 0 && !want.key.every((name) => held.has(name)))) return undefined
  const order = want.order.length > 0 ? want.order : key.map(({ name, type }) => orderKey(column(type, name)))
  const taken = takeOrder({ ...want, order }, able, declared)
  return taken.text === undefined ? undefined : { ...taken, order }
}
