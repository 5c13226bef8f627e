import type { QueryOptions } from '@tributary/odata-url'
import { filter, type Plan } from '@tributary/plan'
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
  const predicate = condition === undefined ? undefined : bindPredicate(condition, scope)
  const followed = over(withFollowed(rows, scope))
  const filtered = predicate === undefined ? followed : filter(followed, predicate)
  return search === undefined ? filtered : filter(filtered, bindSearch(search, columnsInScope(scope)))
}
