import type { QueryOptions } from '@tributary/odata-url'
import { filter, outputColumns, type Plan } from '@tributary/plan'
import { bindPredicate } from './bind-expression.js'
import { bindSearch } from './bind-search.js'
import { withFollowed } from './followed-paths.js'
import type { RowScope } from './row-scope.js'

/**
 * The rows that `$filter` and `$search` leave, with a hidden column for each navigation that expressions bound until now follow: the order
 * has to be bound before.
 * @throws HUB_QUERY_* as `bindExpression`
 */
export function matching(rows: Plan, { filter: condition, search }: QueryOptions, scope: RowScope): Plan {
  const predicate = condition === undefined ? undefined : bindPredicate(condition, scope)
  const followed = withFollowed(rows, scope)
  const filtered = predicate === undefined ? followed : filter(followed, predicate)
  return search === undefined ? filtered : filter(filtered, bindSearch(search, outputColumns(rows)))
}
