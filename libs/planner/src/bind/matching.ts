import type { QueryOptions } from '@tributary/odata-url'
import { filter, type Plan } from '@tributary/plan'
import { newNotes } from './apply/notes.js'
import { bindPredicate } from './bind-expression.js'
import { bindSearch } from './bind-search.js'
import { belowOf, columnsInScope, withBelow } from './bind-transformations.js'
import { withFollowed } from './followed-paths.js'
import type { Transformed } from './row-scope.js'

/**
 * The rows that `$filter` and `$search` leave of what was transformed, with a hidden column for each navigation that expressions bound until now follow: the order
 * has to be bound before.
 * @throws HUB_QUERY_* as `bindExpression`
 */
export function matching(rows: Plan, options: QueryOptions, transformed: Transformed): Plan {
  const match = matcher(options, transformed)
  return match(withFollowed(rows, transformed.scope))
}

/**
 * What `$filter` and `$search` leave, of rows that have the hidden columns already: to be made when all has been bound.
 * @throws as `matching`
 */
export function matcher({ filter: condition, search }: QueryOptions, { scope, over }: Transformed): (followed: Plan) => Plan {
  const notes = newNotes(scope.names)
  const below = belowOf(scope)
  const predicate = condition === undefined ? undefined : bindPredicate(condition, { ...scope, notes, ...below })
  const sought = search === undefined ? undefined : bindSearch(search, columnsInScope(scope))
  return (rows) => {
    const noted = notes.over(withBelow(over(rows), below))
    const filtered = predicate === undefined ? noted : filter(noted, predicate)
    const found = sought === undefined ? filtered : filter(filtered, sought)
    // What the order needs of the whole collection is of that which the filter leaves.
    return scope.notes === undefined ? found : scope.notes.over(withBelow(found, scope))
  }
}
