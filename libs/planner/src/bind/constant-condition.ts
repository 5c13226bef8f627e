import type { Exposure } from '@tributary/catalog'
import { namesOf, parseFilter, type Expression as Syntax } from '@tributary/odata-url'
import { evaluate } from '@tributary/plan'
import { bindPredicate } from './bind-expression.js'
import { invalid } from './refusal.js'
import { rowScope } from './row-scope.js'

/**
 * Whether a condition over values alone holds: `7 gt 5 and 'Kiel' eq 'Kiel'`. Null is not true.
 * @param text as people write it, not percent-encoded
 * @throws HUB_QUERY_SYNTAX, HUB_QUERY_TYPE, HUB_QUERY_INVALID where it names what is no value
 */
export function constantHolds(text: string, exposure: Exposure): boolean {
  const syntax = parseFilter(encodeURIComponent(text), namesOf(exposure.model))
  const [set] = exposure.sets.values()
  if (set === undefined || namesRows(syntax)) throw invalid('The condition names what is no value.', 'Refer to the answers of earlier requests: $1/Name.')
  return evaluate(bindPredicate(syntax, rowScope(exposure, set, new Map())), {}) === true
}

/** Whether it says anything of a row, which nobody has. */
function namesRows(syntax: Syntax): boolean {
  switch (syntax.kind) {
    case 'literal': case 'typeName': return false
    case 'path': case 'alias': return true
    case 'unary': return namesRows(syntax.operand)
    case 'binary': return namesRows(syntax.left) || namesRows(syntax.right)
    case 'call': return syntax.arguments.some(namesRows)
    case 'list': return syntax.items.some(namesRows)
    case 'json': return syntax.members?.some(({ value }) => namesRows(value)) === true
  }
}
