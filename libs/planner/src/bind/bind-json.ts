import type { Expression as Syntax, Span } from '@tributary/odata-url'
import { collectionOf, type Expression, itemOf, literal, nullType, type Value, type ValueType } from '@tributary/plan'
import { typeError } from './refusal.js'

/**
 * An array of constants as one constant collection; its type is the expected one, otherwise that of its first item.
 * @throws HUB_QUERY_TYPE for items that are not constants of one type
 */
export function bindJson(items: readonly Syntax[], span: Span, bind: (item: Syntax, type?: ValueType) => Expression, expected?: ValueType): Expression {
  const values: Value[] = []
  let itemType = expected?.collection === true ? itemOf(expected) : undefined
  for (const item of items) {
    const bound = bind(item, itemType)
    if (bound.kind !== 'literal') throw typeError({ what: 'An array', span, found: 'a computed item', expected: 'constants' })
    itemType ??= bound.type.base === 'null' ? undefined : bound.type
    values.push(bound.value)
  }
  return literal(collectionOf(itemType ?? nullType), Object.freeze(values))
}
