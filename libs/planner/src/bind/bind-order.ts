import type { OrderItem } from '@tributary/odata-url'
import { type OrderKey, orderKey } from '@tributary/plan'
import { leavesOf } from './bind-aggregate.js'
import { bindExpression } from './bind-expression.js'
import { comparable } from './comparable-types.js'
import { keyParts, keyPartValue } from './key-parts.js'
import { typeError } from './refusal.js'
import type { RowScope } from './row-scope.js'

/** The client's order. @throws HUB_QUERY_TYPE for what has no order, and as `bindExpression` */
export function bindOrder(items: readonly OrderItem[], scope: RowScope): readonly OrderKey[] {
  return items.map(({ expression, descending }) => {
    const bound = bindExpression(expression, scope)
    if (bound.type.collection || !comparable(bound.type)) throw typeError({ what: '$orderby', span: expression.span, found: bound.type, expected: 'a value that can be ordered' })
    return orderKey(bound, descending)
  })
}

/** The key of the scope's set (of rows that are no entities, all their values) as order, without the columns `order` has already; it makes an order total. */
export function keyOrder(order: readonly OrderKey[], scope: RowScope): readonly OrderKey[] {
  if (scope.rows !== undefined) return leavesOf(scope.rows).map((leaf) => orderKey(leaf))
  const beside = scope.repeats === true ? leavesOf([...scope.computed.values()]).map((leaf) => orderKey(leaf)) : []
  const given = new Set(order.flatMap(({ expression }) => (expression.kind === 'column' && expression.path.length === 1 ? [expression.path[0]] : [])))
  const key = keyParts(scope.set).filter(({ path }) => path.length > 1 || !given.has(path[0]))
  return [...key.map((part) => orderKey(keyPartValue(part, scope))), ...beside]
}
