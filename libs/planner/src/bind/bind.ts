import type { Exposure } from '@tributary/catalog'
import type { ODataUrl, QueryOptions } from '@tributary/odata-url'
import { type Column, everyRelated, expand, filter, given, outputColumns, type PerParent, type Plan } from '@tributary/plan'
import type { BindOptions, BoundQuery, ResultShape } from '../bound-query.js'
import { appliedBehindPath } from './applied-behind-path.js'
import { type Address, type AddressStep, keyedRows, lastStep, meeting, resolveAddress } from './address.js'
import { bindShape, boundRows, keysOnly, relatedColumn, type Shaped } from './bind-expand.js'
import { keyColumnNames } from './key-parts.js'
import { dependsOnOthers, madeTogether } from './made-together.js'
import { matcher } from './matching.js'
import { ordered, pageOf, type PageRequest } from './bind-page.js'
import { requireOptions } from './bind-select.js'
import { bindTransformations } from './bind-transformations.js'
import { bindCrossjoin, crossjoinSets } from './bind-crossjoin.js'
import { bindProperty } from './bind-property.js'
import { behindRow, contextFragment } from './context-fragment.js'
import { withFollowed } from './followed-paths.js'
import { asksOfItems, shapeMentionsIt } from './mentions-it.js'
import { columnOf } from './navigations.js'
import type { Transformed } from './row-scope.js'

/**
 * Binds a parsed URL to what an exposure serves: names to columns, the resource path to entity sets, options to plan nodes.
 * With `pageRows` 0 nothing is ordered that the client did not order, so that the plan may pass through.
 * @throws HUB_RESOURCE_NOT_FOUND, HUB_QUERY_UNKNOWN_PROPERTY, HUB_QUERY_UNKNOWN_FUNCTION, HUB_QUERY_TYPE, HUB_QUERY_INVALID, HUB_QUERY_UNSUPPORTED, HUB_TOKEN_EXPIRED
 * @see OData URL Conventions 4.01 sections 4 and 5
 */
export function bind(url: ODataUrl, exposure: Exposure, options: BindOptions): BoundQuery {
  const crossed = crossjoinSets(url, exposure)
  if (crossed !== undefined) return bindCrossjoin(url, crossed, exposure, options)
  const resolved = annotatedSteps(resolveAddress(url, exposure), options)
  const address = options.asCollection === true ? { ...resolved, single: false } : resolved
  const shape = shapeOf(address)
  checkOptions(url.options, shape, address)
  const step = lastStep(address)
  const rowOptions = address.property.length > 0 ? withoutOptions(url.options) : shape === 'count' ? counted(url.options) : url.options
  const transformed = afterConditions(step, bindTransformations(rowOptions, { ...step.scope, ...(options.identified === true ? { identified: true as const } : {}), ...(address.single ? { addressed: true as const } : {}) }))
  const { scope } = transformed
  const page = pageOf(rowOptions, address, { ...options, scope })
  const match = matcher(rowOptions, transformed)
  // What nested options follow from rows has to be known before the rows are made that have it.
  const property = address.property.length === 0 ? undefined : bindProperty(address, outputColumns(keyedRows(step)), { options: shape === 'itemCount' ? itemsCounted(url.options) : url.options, scope })
  if (property === undefined && shape !== 'count' && looksAround(rowOptions)) bindShape(match(keyedRows(step)), rowOptions, scope)
  const base = withFollowed(keyedRows(step), scope)
  const atSource = rowOptions.apply === undefined ? undefined : appliedBehindPath(address, base, match)
  const together = address.steps.length > 1 && dependsOnOthers(match(base))
  const rows = atSource?.rows ?? match(together ? given(outputColumns(base)) : base)
  const after = page.after === undefined ? rows : filter(rows, page.after)
  const behind = property === undefined ? undefined : behindRow(address, property.selectList)
  const shaped = property !== undefined || shape === 'count' ? bare(after, property === undefined ? [] : [property.column, ...outputColumns(after).filter(({ name }) => name === '@odata.etag' || property.reads.includes(name) || ((behind !== undefined || options.identified === true) && isOfId(name, keyColumnNames(scope.set))))]) : address.tail === 'ref' ? keysOnly(after, keyColumnNames(scope.set)) : bindShape(after, rowOptions, scope)
  const plan = address.steps.length === 1 ? ordered(shaped.plan, page) : throughSteps(address, shaped, { ...page, identified: options.identified === true, ...(together ? { base: atSource?.none ?? base } : {}) })
  return Object.freeze({
    shape, plan, set: scope.set, entityType: scope.entityType.qualifiedName, columns: answerColumns(shaped),
    visible: Object.freeze(shaped.visible.map(({ name }) => name)),
    contextFragment: contextFragment(address, property === undefined ? shaped.selectList : property.selectList),
    ...(scope.rows === undefined ? {} : { transient: true as const }),
    ...(address.tail === 'ref' ? { references: true as const } : {}),
    rows: boundRows(scope, shaped),
    ...(options.identified === true && scope.rows === undefined ? { identified: true as const } : {}),
    unwrap: Object.freeze(address.steps.slice(1).map(({ reached }) => (reached === undefined ? '' : columnOf(reached.navigation)))),
    ...(behind === undefined ? {} : { behindRow: behind }),
    ...(property === undefined ? {} : { property: property.path, shown: property.shown, whole: property.whole, turns: property.turns }),
    ...(property?.items === undefined ? {} : { items: property.items }),
    count: url.options.count === true, order: page.order, paging: page.paging,
    ...(url.options.top === undefined ? {} : { top: url.options.top }), skip: url.options.skip ?? 0, pageRows: options.pageRows,
  })
}

const looksAround = (options: QueryOptions): boolean => shapeMentionsIt(options, options.aliases) || asksOfItems(options)

const nothingRelated: Shaped['related'] = new Map()

const isOfId = (name: string, key: readonly string[]): boolean => key.includes(name) || /^~\d+$/.test(name)

/** Rows of which one column or nothing is shown, and their version. */
const bare = (plan: Plan, visible: readonly Column[]): Shaped => ({ plan, visible, selectList: undefined, related: nothingRelated })

const itemsCounted = (options: QueryOptions): QueryOptions => {
  const { count: _count, ...others } = counted(options)
  return { ...others, spans: new Map([...options.spans].filter(([name]) => name === '$filter' || name === '$search')) }
}

/** The options that say what is counted. */
const counted = ({ orderby: _orderby, top: _top, skip: _skip, ...options }: QueryOptions): QueryOptions => options

/** Options that stand behind a property are about its items, not about the row. */
const withoutOptions = ({ aliases, custom }: QueryOptions): QueryOptions => ({ aliases, custom, spans: new Map() })

/** What `/$filter(…)` leaves of the rows, before any of the options. */
function afterConditions(step: AddressStep, transformed: Transformed): Transformed {
  return step.conditions.length === 0 ? transformed : { ...transformed, over: (rows) => transformed.over(meeting(rows, step)) }
}

function shapeOf({ single, property, tail }: Address): ResultShape {
  if (property.length > 0) return tail === 'value' ? 'rawValue' : tail === 'count' ? 'itemCount' : 'property'
  if (tail === 'count') return 'count'
  return single ? 'entity' : 'collection'
}

/** What a response's shape and format are asked by; they are the proxy's. */
const ofResponse = ['$format', '$skiptoken']

const applicable: Record<ResultShape, readonly string[]> = {
  collection: ['$apply', '$compute', '$filter', '$search', '$select', '$expand', '$orderby', '$top', '$skip', '$count', ...ofResponse],
  entity: ['$compute', '$select', '$expand', ...ofResponse],
  property: ['$compute', '$filter', '$search', '$select', '$orderby', '$top', '$skip', '$count', ...ofResponse],
  rawValue: ofResponse,
  // The others do not change how many there are, and are passed over.
  count: ['$apply', '$compute', '$filter', '$search', '$orderby', '$top', '$skip', '$select', '$expand', '$count', ...ofResponse],
  itemCount: ['$filter', '$search', '$orderby', '$top', '$skip', '$count', ...ofResponse],
}

const ofReferences = ['$filter', '$search', '$orderby', '$top', '$skip', '$count', ...ofResponse]

const places: Record<ResultShape, string> = {
  collection: 'a collection', entity: 'a single entity', property: 'a property', rawValue: 'a raw value', count: '$count', itemCount: '$count of a property',
}

function checkOptions(options: QueryOptions, shape: ResultShape, { tail }: Address): void {
  if (tail === 'ref') return requireOptions(options, shape === 'entity' ? ofResponse : ofReferences, 'references')
  requireOptions(options, applicable[shape], places[shape])
}

// ── Paths through several sets ───────────────────────────────────────────────────────────────────────────────────────

/** The rows of a navigation path: each step is expanded from the one before, beginning with the path's one row. */
function throughSteps(address: Address, last: Shaped, page: PageRequest & { readonly identified: boolean; readonly base?: Plan }): Plan {
  let inner: Pick<Shaped, 'plan' | 'visible'> = last
  let perParent: PerParent = { order: page.order, skip: page.skip, ...(page.take === undefined ? {} : { take: page.take }), count: page.count }
  for (let index = address.steps.length - 1; index > 0; index -= 1) {
    const step = address.steps[index]
    const before = address.steps[index - 1]
    if (step?.reached === undefined || before === undefined) throw new Error('A step of the path has no navigation property that leads to it')
    const { navigation, on } = step.reached
    const name = columnOf(navigation)
    if (page.base !== undefined && index === address.steps.length - 1) {
      const made = madeTogether(rowsBefore(before), { on, base: page.base, each: last.plan, page, name, shown: outputColumns(last.plan).map((column) => column.name), toMany: true })
      inner = { plan: made, visible: outputColumns(made).filter((column) => column.name === name) }
      perParent = everyRelated
      continue
    }
    const column = relatedColumn({ name, toMany: navigation.toMany }, page.identified ? { ...step.scope, identified: true } : step.scope, inner)
    inner = { plan: expand(rowsBefore(before), { navigation: column, on, related: inner.plan, perParent }), visible: [column] }
    perParent = everyRelated
  }
  return inner.plan
}

const rowsBefore = (step: AddressStep): Plan => meeting(step.conditions.length === 0 ? keyedRows(step) : withFollowed(keyedRows(step), step.scope), step)

/** The columns of the answer's rows; complex ones hold only the fields that are shown. */
function answerColumns({ plan, visible }: Shaped): readonly Column[] {
  const shown = new Map(visible.map((column) => [column.name, column]))
  return Object.freeze(outputColumns(plan).map((column) => shown.get(column.name) ?? column))
}

/** The steps with what their source says of rows, where that is wanted. */
function annotatedSteps(address: Address, { annotated }: BindOptions): Address {
  if (annotated !== true || address.property.length > 0) return address
  const [first, ...rest] = address.steps.map((step): AddressStep => ({ ...step, scope: { ...step.scope, annotated: true } }))
  return first === undefined ? address : { ...address, steps: [first, ...rest] }
}
