import type { QueryOptions } from '@tributary/odata-url'
import { type Column, column, columnsOf, type Expression, itemOf, type OrderKey, orderKey, transformExpression } from '@tributary/plan'
import type { BoundItems } from '../bound-query.js'
import { bindExpression } from './bind-expression.js'
import { countedItems, itemScope } from './bind-items.js'
import { bindOrder } from './bind-order.js'
import { invalid, unsupported } from './refusal.js'
import type { RangeVariable, RowScope } from './row-scope.js'

const wholeColumn = '$these'
const itemColumn = '$this'

/** Options that apply to the items of a collection property. */
const ofItems: ReadonlySet<string> = new Set(['$filter', '$search', '$orderby', '$top', '$skip', '$count'])
/** Options that are others' business. */
const passedOver: ReadonlySet<string> = new Set(['$format', '$select', '$skiptoken'])

/**
 * Binds options over the items of a collection property; `$select` among them is for the caller. Undefined: none is given.
 * @throws HUB_QUERY_* as `bindExpression`, HUB_QUERY_INVALID where the property is no collection, HUB_QUERY_UNSUPPORTED naming the option that is not executed
 * @see OData URL Conventions 4.01 section 5.1.4
 */
export function bindCollection(property: Column, options: QueryOptions, scope: RowScope): BoundItems | undefined {
  const asked = [...options.spans.keys()].filter((name) => name.startsWith('$') && !passedOver.has(name))
  const [first] = asked
  if (first === undefined) return undefined
  if (!property.type.collection) throw invalid(`The option ${first} does not apply to ${property.name}, which is no collection.`)
  const other = asked.find((name) => !ofItems.has(name))
  if (other !== undefined) throw unsupported(`The option ${other} for the items of ${property.name}`)
  const range = rangeOf(property, scope)
  const whole = Object.freeze({ ...property, name: wholeColumn })
  const matching = matchingItems(whole, range, options, scope)
  return Object.freeze({
    collection: whole, order: orderOf(range, options, scope), skip: options.skip ?? 0, count: options.count === true,
    ...(matching === undefined ? {} : { matching }),
    ...(options.top === undefined ? {} : { take: options.top }),
  })
}

function rangeOf({ type }: Column, { model }: RowScope): RangeVariable {
  const item = itemOf(type)
  const structured = item.base === 'structured' ? model.structured(item.name) : undefined
  return { type: item, ...(structured === undefined ? {} : { structured }) }
}

function matchingItems(whole: Column, range: RangeVariable, { filter, search, spans }: QueryOptions, scope: RowScope): Expression | undefined {
  if (filter === undefined && search === undefined) return undefined
  const span = spans.get('$filter') ?? spans.get('$search') ?? { start: 0, end: 0 }
  const position = { expression: column(whole.type, wholeColumn), structured: range.structured, guards: [] }
  const count = { kind: 'count' as const, span, ...(filter === undefined ? {} : { filter }), ...(search === undefined ? {} : { search }) }
  const bound = countedItems(position, count, { scope: withoutFollowed(scope), bind: bindExpression, syntax: { span } })
  requireOwn(bound, wholeColumn)
  return bound
}

function orderOf(range: RangeVariable, { orderby }: QueryOptions, scope: RowScope): readonly OrderKey[] {
  if (orderby === undefined) return []
  const inner = itemScope(withoutFollowed(scope), range)
  return bindOrder(orderby, inner.scope).map(({ expression, descending }) => {
    const own = transformExpression(expression, (part) => (part.kind === 'variable' && part.name === inner.name ? column(part.type, itemColumn, ...part.path) : part))
    requireOwn(own, itemColumn)
    return orderKey(own, descending)
  })
}

/** What is followed from a row is no part of its collections. */
const withoutFollowed = (scope: RowScope): RowScope => ({ ...scope, followed: new Map() })

function requireOwn(expression: Expression, name: string): void {
  if ([...columnsOf(expression)].some((read) => read !== name)) throw unsupported('A look at the row around within the options of its collection property', 'Name the properties of the items only.')
}
