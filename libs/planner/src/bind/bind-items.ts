import type { Expression as Syntax, PathSegment, SearchExpression, Span } from '@tributary/odata-url'
import { type Column, type Expression, filtered, stringType, type ValueType, variable } from '@tributary/plan'
import type { Bind } from './bind-operand.js'
import { searchIn } from './bind-search.js'
import { columnsOfType } from './model-types.js'
import { collectionAt, type Items, itemAt, type Position, readOf } from './path-position.js'
import { typeError } from './refusal.js'
import type { RangeVariable, RowScope, Subject } from './row-scope.js'

/** What conditions over items are bound with. */
export interface ItemsContext {
  readonly scope: RowScope
  readonly bind: Bind
  readonly syntax: { readonly span: Span }
  /** The collection, where `$these` may be asked for. */
  readonly subject?: Subject
}

type Count = Extract<PathSegment, { readonly kind: 'count' }>

/** The items that `$count($filter=…;$search=…)` counts. @throws HUB_QUERY_TYPE where no collection stands, HUB_QUERY_* as the condition */
export function countedItems(position: Position, { filter, search }: Count, context: ItemsContext): Expression {
  const items = collectionAt(position, '$count', context.syntax.span)
  const matching = filter === undefined ? items.collection : filteredCollection(items, filter, context)
  return search === undefined ? matching : searched({ ...items, collection: matching }, search, context.scope)
}

/** `/$filter(…)` behind a collection: the items that meet the condition. @throws as `countedItems` */
export function filteredItems(position: Position, predicate: Syntax, context: ItemsContext): Position {
  const items = collectionAt(position, '$filter', context.syntax.span)
  // What is left of a collection has no address of its own.
  const { way: _way, ...rest } = position
  return { ...rest, expression: filteredCollection(items, predicate, context), guards: [] }
}

/**
 * The items of a collection that meet a condition over them: names are the items' own, `$it` is the row.
 * @throws HUB_QUERY_TYPE if the condition is none, HUB_QUERY_* as the condition
 */
export function filteredCollection({ collection, range }: Items, predicate: Syntax, { scope, bind, subject }: ItemsContext): Expression {
  const inner = itemScope(scope, range, subject)
  const condition = bind(predicate, inner.scope)
  if (condition.type.collection || (condition.type.base !== 'Edm.Boolean' && condition.type.base !== 'null')) {
    throw typeError({ what: '$filter', span: predicate.span, found: condition.type, expected: 'Edm.Boolean' })
  }
  return filtered(collection, inner.name, condition)
}

/** A scope in which names without prefix, and `$this`, are an item's; nested ones have names of their own. */
export function itemScope(scope: RowScope, range: RangeVariable, subject?: Subject): { readonly scope: RowScope; readonly name: string } {
  const depth = (scope.item?.depth ?? 0) + 1
  const name = depth === 1 ? '$this' : `$this${depth}`
  return { name, scope: { ...scope, item: { name, range, depth, ...(subject === undefined ? {} : { subject }) }, ...(scope.ofItems === true && depth === 1 ? { it: { name, range } } : {}) } }
}

function searched({ collection, range }: Items, search: SearchExpression, scope: RowScope): Expression {
  const { name } = itemScope(scope, range)
  return filtered(collection, name, searchIn(search, itemTexts(name, range, scope)))
}

const isText = (type: ValueType): boolean => type.base === 'Edm.String' && !type.collection

/** The texts of an item: itself, or its string properties. */
export function itemTexts(name: string, range: RangeVariable, { model }: RowScope): readonly Expression[] {
  if (isText(range.type)) return [variable(range.type, name)]
  const type = range.structured
  if (type === undefined) return []
  const position = itemAt(name, range)
  return columnsOfType(model, type).filter((column: Column) => isText(column.type) && !column.name.startsWith('@') && column.derived !== true).map((column) => {
    readOf(position, column.name)
    return variable(stringType, name, column.name)
  })
}
