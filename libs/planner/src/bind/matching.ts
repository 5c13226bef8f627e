import type { QueryOptions } from '@tributary/odata-url'
import { filter, type Plan } from '@tributary/plan'
import { newNotes } from './apply/notes.js'
import { bindPredicate } from './bind-expression.js'
import { bindSearch } from './bind-search.js'
import { columnsInScope } from './bind-transformations.js'
import { withFollowed } from './followed-paths.js'
import type { Transformed } from './row-scope.js'

/**
 * The rows that `$filter` and `$search` leave of what was transformed, with a hidden column for each navigation that expressions bound until now follow: the order
 * has to be bound before.
 * @throws HUB_QUERY_* as `bindExpression`
 */
export function matching(rows: Plan, { filter: condition, search }: QueryOptions, { scope, over }: Transformed): Plan {
  const notes = newNotes(scope.names)
  const predicate = condition === undefined ? undefined : bindPredicate(condition, { ...scope, notes })
  const followed = notes.over(over(withFollowed(rows, scope)))
  const filtered = predicate === undefined ? followed : filter(followed, predicate)
  const found = search === undefined ? filtered : filter(filtered, bindSearch(search, columnsInScope(scope)))
  // What the order needs of the whole collection is of that which the filter leaves.
  return scope.notes === undefined ? found : scope.notes.over(found)
}
