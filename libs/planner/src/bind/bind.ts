import type { Exposure } from '@tributary/catalog'
import { hubError } from '@tributary/errors'
import type { ODataUrl, QueryOptions } from '@tributary/odata-url'
import { type Column, everyRelated, expand, type Expression, filter, limit, type OrderKey, outputColumns, type PerParent, type Plan, sort } from '@tributary/plan'
import type { BindOptions, BoundQuery, Paging, ResultShape } from '../bound-query.js'
import { type Address, type AddressStep, lastStep, resolveAddress } from './address.js'
import { relatedColumn, type Shaped, bindShape } from './bind-expand.js'
import { matching } from './matching.js'
import { bindOrder, keyOrder } from './bind-order.js'
import { requireOptions } from './bind-select.js'
import { bindTransformations, keepsOrder } from './bind-transformations.js'
import { contextFragment } from './context-fragment.js'
import { afterCursor, cursorColumns } from './keyset.js'
import { joinPairs } from './navigations.js'
import { bindProperty } from './bind-property.js'
import type { RowScope, Transformed } from './row-scope.js'
import { scanOf } from './scan-set.js'

/**
 * Binds a parsed URL to what an exposure serves: names to columns, the resource path to entity sets, options to plan nodes.
 * With `pageRows` 0 nothing is ordered that the client did not order, so that the plan may pass through.
 * @throws HUB_RESOURCE_NOT_FOUND, HUB_QUERY_UNKNOWN_PROPERTY, HUB_QUERY_UNKNOWN_FUNCTION, HUB_QUERY_TYPE, HUB_QUERY_INVALID, HUB_QUERY_UNSUPPORTED, HUB_TOKEN_EXPIRED
 * @see OData URL Conventions 4.01 sections 4 and 5
 */
export function bind(url: ODataUrl, exposure: Exposure, options: BindOptions): BoundQuery {
  const address = resolveAddress(url, exposure)
  const shape = shapeOf(address)
  checkOptions(url.options, shape)
  const transformed = bindTransformations(url.options, lastStep(address).scope)
  const { scope } = transformed
  const page = pageOf(url.options, address, { ...options, scope })
  const rows = rowsOf(lastStep(address), url.options, transformed)
  const after = page.after === undefined ? rows : filter(rows, page.after)
  const property = address.property.length === 0 ? undefined : bindProperty(address, outputColumns(rows))
  const shaped = shape === 'collection' || shape === 'entity' ? bindShape(after, url.options, scope) : bare(after, property?.column)
  const plan = address.steps.length === 1 ? ordered(shaped.plan, page) : throughSteps(address, shaped, page)
  const columns = answerColumns(shaped)
  return Object.freeze({
    shape, plan, set: scope.set, entityType: scope.entityType.qualifiedName, columns,
    visible: Object.freeze(shaped.visible.map(({ name }) => name)),
    contextFragment: contextFragment(address, shaped.selectList),
    ...(scope.rows === undefined ? {} : { transient: true as const }),
    unwrap: Object.freeze(address.steps.slice(1).map(({ navigation }) => navigation?.name ?? '')),
    ...(property === undefined ? {} : { property: property.path }),
    count: url.options.count === true, order: page.order, paging: page.paging,
    ...(url.options.top === undefined ? {} : { top: url.options.top }), skip: url.options.skip ?? 0, pageRows: options.pageRows,
  })
}

/** Rows of which one column or nothing is shown. */
const bare = (plan: Plan, shown: Column | undefined): Shaped => ({ plan, visible: shown === undefined ? [] : [shown], selectList: undefined })

function shapeOf({ single, property, tail }: Address): ResultShape {
  if (tail === 'count') return 'count'
  if (property.length > 0) return tail === 'value' ? 'rawValue' : 'property'
  return single ? 'entity' : 'collection'
}

/** What a response's shape and format are asked by; they are the proxy's. */
const ofResponse = ['$format', '$skiptoken']

const applicable: Record<ResultShape, readonly string[]> = {
  collection: ['$apply', '$compute', '$filter', '$search', '$select', '$expand', '$orderby', '$top', '$skip', '$count', ...ofResponse],
  entity: ['$compute', '$select', '$expand', ...ofResponse],
  property: ofResponse,
  rawValue: ofResponse,
  count: ['$apply', '$compute', '$filter', '$search', ...ofResponse],
}

const places: Record<ResultShape, string> = { collection: 'a collection', entity: 'a single entity', property: 'a property', rawValue: 'a raw value', count: '$count' }

const checkOptions = (options: QueryOptions, shape: ResultShape): void => requireOptions(options, applicable[shape], places[shape])

/** The rows the last step of the path means, before order and page, with what the filter and the order (bound before) follow. */
function rowsOf(step: AddressStep, options: QueryOptions, transformed: Transformed): Plan {
  const all = scanOf(step.scope)
  return matching(step.key === undefined ? all : filter(all, step.key), options, transformed)
}

// ── Order and page ───────────────────────────────────────────────────────────────────────────────────────────────────

interface PageRequest {
  readonly order: readonly OrderKey[]
  readonly paging: Paging
  /** Rows after the cursor. */
  readonly after?: Expression
  readonly skip: number
  readonly take?: number
  readonly count: boolean
}

function pageOf(options: QueryOptions, address: Address, { pageRows, cursor, scope }: BindOptions & { readonly scope: RowScope }): PageRequest {
  if (address.tail === 'count') return { order: [], paging: { kind: 'none' }, skip: 0, take: 0, count: true }
  if (address.single) return { order: [], paging: { kind: 'none' }, skip: 0, count: false }
  const client = bindOrder(options.orderby ?? [], scope)
  const order = keepsOrder(options) ? [] : Object.freeze([...client, ...(needsTotalOrder(options, pageRows > 0 || cursor !== undefined) ? keyOrder(client, scope) : [])])
  const names = scope.set.key.length === 0 || scope.rows !== undefined || order.length === 0 ? undefined : cursorColumns(order)
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

function ordered(input: Plan, { order, skip, take, count }: PageRequest): Plan {
  const [first, ...rest] = order
  const sorted = first === undefined ? input : sort(input, [first, ...rest])
  return skip === 0 && take === undefined && !count ? sorted : limit(sorted, skip, take, count)
}

// ── Paths through several sets ───────────────────────────────────────────────────────────────────────────────────────

/** The rows of a navigation path: each step is expanded from the one before, beginning with the path's one row. */
function throughSteps(address: Address, last: Shaped, page: PageRequest): Plan {
  let inner: Pick<Shaped, 'plan' | 'visible'> = last
  let perParent: PerParent = { order: page.order, skip: page.skip, ...(page.take === undefined ? {} : { take: page.take }), count: page.count }
  for (let index = address.steps.length - 1; index > 0; index -= 1) {
    const step = address.steps[index]
    const before = address.steps[index - 1]
    if (step?.navigation === undefined || before === undefined) throw new Error('A step of the path has no navigation property that leads to it')
    const navigation = relatedColumn(step.navigation, step.scope, inner)
    const from = scanOf(before.scope)
    const rows = before.key === undefined ? from : filter(from, before.key)
    inner = { plan: expand(rows, { navigation, on: joinPairs(step.navigation), related: inner.plan, perParent }), visible: [navigation] }
    perParent = everyRelated
  }
  return inner.plan
}

/** The columns of the answer's rows; complex ones hold only the fields that are shown. */
function answerColumns({ plan, visible }: Shaped): readonly Column[] {
  const shown = new Map(visible.map((column) => [column.name, column]))
  return Object.freeze(outputColumns(plan).map((column) => shown.get(column.name) ?? column))
}

