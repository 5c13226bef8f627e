import type { ComputeItem, QueryOptions } from '@tributary/odata-url'
import { type Column, column, type ComputedColumn, type Expression, itemOf, type OrderKey, orderKey, transformExpression } from '@tributary/plan'
import { type BoundItems, itemColumn, type ItemsWithin, outerItem, wholeColumn } from '../bound-items.js'
import { bindExpression } from './bind-expression.js'
import { countedItems, itemScope } from './bind-items.js'
import { bindOrder } from './bind-order.js'
import { readsOf } from './read-for-items.js'
import { invalid, typeError } from './refusal.js'
import type { RangeVariable, RowScope } from './row-scope.js'

/** Options that apply to the items of a collection property. */
const ofItems: ReadonlySet<string> = new Set(['$compute', '$filter', '$search', '$orderby', '$top', '$skip', '$count'])
/** Options that apply to a single complex value. */
const ofValue: ReadonlySet<string> = new Set(['$compute'])
/** Options that are others' business. */
const passedOver: ReadonlySet<string> = new Set(['$format', '$select', '$skiptoken'])

type SelectItems = NonNullable<QueryOptions['select']>

/** Binds `$select` over the fields of a complex value. */
export type SelectFields = (items: SelectItems, fields: readonly Column[], scope: RowScope) => { readonly columns: readonly Column[]; readonly names: readonly string[] | undefined; readonly items: readonly ItemsWithin[] }

/**
 * Binds options over the items of a collection property, or over a single complex value, which is then the only item. Names without prefix are the item's, `$it` is the
 * row, or with `ofItems` the item that the resource path leads to. Undefined: nothing is asked for but properties.
 * @throws HUB_QUERY_* as `bindExpression`, HUB_QUERY_INVALID for an option that does not apply, or for a computed name that is taken
 * @see OData URL Conventions 4.01 section 5.1.4
 */
export function bindCollection(property: Column, options: QueryOptions, scope: RowScope, select: SelectFields): BoundItems | undefined {
  const asked = [...options.spans.keys()].filter((name) => name.startsWith('$') && !passedOver.has(name))
  const single = !property.type.collection
  const other = asked.find((name) => !(single ? ofValue : ofItems).has(name))
  if (other !== undefined) throw invalid(`The option ${other} does not apply to ${property.name}${single ? ', which is no collection' : ''}.`)
  const computed = computedOf(property, options.compute ?? [], scope)
  const whole = withComputed(property, computed)
  const range = rangeOf(property, whole, computed, scope)
  const selected = options.select === undefined ? undefined : selectedOf(whole, options.select, { select, scope: within(scope, range) })
  if (asked.length === 0 && (selected === undefined || selected.items.length === 0)) return undefined
  const matching = matchingItems({ ...whole, name: wholeColumn }, range, options, scope)
  const order = orderOf(range, options, scope)
  const items = selected?.items ?? []
  return Object.freeze({
    collection: Object.freeze({ ...whole, name: wholeColumn }), computed, order, skip: options.skip ?? 0, count: options.count === true, items, single,
    reads: readsOf([...[...computed, ...order].map(({ expression }) => expression), ...(matching === undefined ? [] : [matching])], items),
    ...(matching === undefined ? {} : { matching }),
    ...(selected?.names === undefined ? {} : { names: selected.names }),
    ...(options.top === undefined ? {} : { take: options.top }),
    ...(selected === undefined && computed.length === 0 ? {} : { shown: Object.freeze({ ...property, ...(whole.fields === undefined ? {} : { fields: selected?.columns ?? whole.fields }) }) }),
  })
}

function selectedOf({ name, fields }: Column, items: SelectItems, { select, scope }: { readonly select: SelectFields; readonly scope: RowScope }): ReturnType<SelectFields> {
  if (fields === undefined) throw invalid(`The option $select does not apply to ${name}, which is no complex value.`)
  return select(items, fields, scope)
}

/** For what is asked of collections within the items: of the item that a resource path leads to, they see it as `$it`. */
function within(scope: RowScope, range: RangeVariable): RowScope {
  if (scope.ofItems !== true) return scope
  const { ofItems: _ofItems, ...inner } = scope
  return { ...inner, it: { name: outerItem, range } }
}

/** What is computed of each item, in turn: each may use those before it. */
function computedOf(property: Column, items: readonly ComputeItem[], scope: RowScope): readonly ComputedColumn[] {
  const computed: ComputedColumn[] = []
  if (items.length > 0 && property.fields === undefined) throw invalid(`The option $compute does not apply to ${property.name}, which is no complex value.`)
  const names = new Set(property.fields?.map(({ name }) => name))
  for (const { name, expression: syntax } of items) {
    if (names.has(name)) throw invalid(`${name} is computed, and is there already.`)
    names.add(name)
    const inner = itemScope(scope, rangeOf(property, withComputed(property, computed), computed, scope))
    const expression = ofItem(bindExpression(syntax, inner.scope), inner.name)
    if (expression.type.base === 'null' || expression.type.base === 'structured') throw typeError({ what: `The computed property ${name}`, span: syntax.span, found: expression.type, expected: 'a value of a primitive type' })
    computed.push(Object.freeze({ column: Object.freeze({ name, type: expression.type, dynamic: true }), expression }))
  }
  return Object.freeze(computed)
}

/** The property with what is computed among its fields. */
const withComputed = (property: Column, computed: readonly ComputedColumn[]): Column =>
  computed.length === 0 ? property : Object.freeze({ ...property, fields: Object.freeze([...(property.fields ?? []), ...computed.map((one) => one.column)]) })

function rangeOf({ type }: Column, whole: Column, computed: readonly ComputedColumn[], { model }: RowScope): RangeVariable {
  const item = itemOf(type)
  const structured = item.base === 'structured' ? model.structured(item.name) : undefined
  const names = new Set(computed.map((one) => one.column.name))
  return { type: item, ...(structured === undefined ? {} : { structured }), ...(names.size === 0 ? {} : { columns: whole.fields?.filter(({ name }) => names.has(name)) ?? [] }) }
}

function matchingItems(whole: Column, range: RangeVariable, { filter, search, spans }: QueryOptions, scope: RowScope): Expression | undefined {
  if (filter === undefined && search === undefined) return undefined
  const span = spans.get('$filter') ?? spans.get('$search') ?? { start: 0, end: 0 }
  const position = { expression: column(whole.type, wholeColumn), structured: range.structured, guards: [], ...(range.columns === undefined ? {} : { columns: range.columns }) }
  const count = { kind: 'count' as const, span, ...(filter === undefined ? {} : { filter }), ...(search === undefined ? {} : { search }) }
  return asOuter(countedItems(position, count, { scope, bind: bindExpression, syntax: { span } }))
}

function orderOf(range: RangeVariable, { orderby }: QueryOptions, scope: RowScope): readonly OrderKey[] {
  if (orderby === undefined) return []
  const inner = itemScope(scope, range)
  return bindOrder(orderby, inner.scope).map(({ expression, descending }) => orderKey(ofItem(expression, inner.name), descending))
}

/** An expression over an item as one over a row that has the item in a column. */
const ofItem = (expression: Expression, name: string): Expression => asOuter(asColumn(expression, name, itemColumn))

const asOuter = (expression: Expression): Expression => asColumn(expression, outerItem, outerItem)

const asColumn = (expression: Expression, variable: string, name: string): Expression =>
  transformExpression(expression, (part) => (part.kind === 'variable' && part.name === variable ? column(part.type, name, ...part.path) : part))
