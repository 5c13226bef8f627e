import { hubError } from '@tributary/errors'
import type { QueryOptions } from '@tributary/odata-url'
import { type Expression, limit, type OrderKey, type Plan, sort } from '@tributary/plan'
import type { BindOptions, Paging } from '../bound-query.js'
import type { Address } from './address.js'
import { bindOrder, keyOrder } from './bind-order.js'
import { keepsOrder } from './bind-transformations.js'
import { afterCursor, cursorColumns } from './keyset.js'
import type { RowScope } from './row-scope.js'

/** Which of the answer's rows a page holds, and in what order. */
export interface PageRequest {
  readonly order: readonly OrderKey[]
  readonly paging: Paging
  /** Rows after the cursor. */
  readonly after?: Expression
  readonly skip: number
  readonly take?: number
  readonly count: boolean
}

/** The order, the limits and the way to the next page. @throws HUB_QUERY_* as `bindOrder`, HUB_TOKEN_EXPIRED */
export function pageOf(options: QueryOptions, address: Pick<Address, 'tail' | 'single' | 'property'>, { pageRows, cursor, scope }: BindOptions & { readonly scope: RowScope }): PageRequest {
  const single = address.single || address.property.length > 0
  if (address.tail === 'count' && !single) return { order: [], paging: { kind: 'none' }, skip: 0, take: 0, count: true }
  if (single) return { order: [], paging: { kind: 'none' }, skip: 0, count: false }
  const client = bindOrder(options.orderby ?? [], scope)
  const order = keepsOrder(options) ? [] : Object.freeze([...client, ...(scope.result !== true && needsTotalOrder(options, pageRows > 0 || cursor !== undefined) ? keyOrder(client, scope) : [])])
  const names = scope.set.key.length === 0 || scope.rows !== undefined || scope.repeats === true || order.length === 0 ? undefined : cursorColumns(order)
  const paging: Paging = Object.freeze(pageRows === 0 ? { kind: 'none' } : names === undefined ? { kind: 'offset' } : { kind: 'keyset', cursor: Object.freeze(names) })
  const take = takeOf(options.top, pageRows, cursor?.given ?? 0)
  const limits = { ...(take === undefined ? {} : { take }), order, paging }
  if (cursor === undefined) return { ...limits, skip: options.skip ?? 0, count: options.count === true }
  if (paging.kind !== 'none' && cursor.kind !== paging.kind) throw hubError('HUB_TOKEN_EXPIRED')
  return cursor.kind === 'offset' ? { ...limits, skip: cursor.offset, count: false } : { ...limits, skip: 0, count: false, after: afterCursor(order, cursor.values) }
}

/** Whoever cuts rows has to cut them at the same place each time, whatever the source can do; rows nobody cuts may come as they are. */
const needsTotalOrder = (options: QueryOptions, paged: boolean): boolean => paged || options.top !== undefined || options.skip !== undefined

/** The page's rows and one beyond, which tells that there are more; never more than the client wants. */
function takeOf(top: number | undefined, pageRows: number, given: number): number | undefined {
  const page = pageRows === 0 ? Infinity : pageRows + 1
  const wanted = top === undefined ? Infinity : Math.max(0, top - given)
  const take = Math.min(page, wanted)
  return take === Infinity ? undefined : take
}

/** The rows in their order, cut to the page. */
export function ordered(input: Plan, { order, skip, take, count }: PageRequest): Plan {
  const [first, ...rest] = order
  const sorted = first === undefined ? input : sort(input, [first, ...rest])
  return skip === 0 && take === undefined && !count ? sorted : limit(sorted, skip, take, count)
}
