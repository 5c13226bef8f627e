import type { Key } from '@tributary/odata-url'
import { type Column, compute, expand, expandedColumn, filter, outputColumns, type Plan, printExpression, type ValueType } from '@tributary/plan'
import { newNotes } from './apply/notes.js'
import type { Bind } from './bind-operand.js'
import { keyCondition } from './key-condition.js'
import { requireNavigation } from './navigations.js'
import { invalid } from './refusal.js'
import { relatedRows } from './related-scope.js'
import { withSameRows } from './root-rows.js'
import type { FollowedPath, RowScope } from './row-scope.js'
import { scanOf } from './scan-set.js'

/** No property can have such a name, so a hidden column is never one that is shown. */
export const hiddenName = (navigation: string): string => (navigation.includes('/') && !navigation.startsWith('$') ? `~in~${navigation}` : `~${navigation}`)

/** True for columns that only expressions read. */
export const isHidden = ({ name }: Pick<Column, 'name'>): boolean => name.startsWith('~')

/** The hidden column a navigation is followed into, and its type. */
export interface FollowedColumn {
  readonly name: string
  readonly type: ValueType
  readonly path: FollowedPath
}

/**
 * Notes that a navigation is followed from the rows of a scope, or from a complex value `within` them; each is followed once, however many paths begin with it.
 * @throws HUB_QUERY_UNSUPPORTED where the navigation cannot be joined
 */
export function followNavigation(scope: RowScope, name: string, within: readonly string[] = []): FollowedColumn {
  const navigation = requireNavigation(scope, name, within)
  const key = [...within, name].join('/')
  const path = scope.followed.get(key) ?? newPath(scope, navigation)
  scope.followed.set(key, path)
  const type: ValueType = Object.freeze({ name: path.scope.entityType.qualifiedName, collection: navigation.toMany, base: 'structured' })
  return { name: hiddenName(key), type, path }
}

/**
 * Notes that one of the rows of a to-many navigation is followed, which its key names: `Calls(7)/Loaded`. No such row: null.
 * @throws HUB_QUERY_INVALID where the navigation leads to one row, or the key is none, and as `followNavigation`
 */
export function followMember(scope: RowScope, name: string, member: { readonly key: Key; readonly bind: Bind; readonly within: readonly string[] }): FollowedColumn {
  const navigation = requireNavigation(scope, name, member.within)
  if (!navigation.toMany) throw invalid(`A key is given for ${name}, which is a single row already.`)
  const path = newPath(scope, navigation)
  const only = keyCondition(member.key, path.scope, member.bind, path.on.map(({ to }) => to))
  const id = `${[...member.within, name].join('/')}(${printExpression(only)})`
  const noted = scope.followed.get(id) ?? { ...path, navigation: { ...navigation, toMany: false }, only }
  scope.followed.set(id, noted)
  return { name: hiddenName(id), type: Object.freeze({ name: noted.scope.entityType.qualifiedName, collection: false, base: 'structured' }), path: noted }
}

function newPath(from: RowScope, navigation: FollowedPath['navigation']): FollowedPath {
  const { scope, on } = relatedRows(from, navigation)
  return { navigation, on, scope: { ...scope, nested: true, names: from.names }, read: new Set(), notes: newNotes(from.names) }
}

/** The plan with a hidden column for each navigation that was followed from its rows. */
export function withFollowed(plan: Plan, scope: Pick<RowScope, 'followed'>): Plan {
  let current = plan
  for (const [key, path] of scope.followed) {
    const { navigation, on, scope: target, read } = path
    const rows = withFollowed(scanOf(target), target)
    const related = path.notes.over(path.only === undefined ? rows : filter(rows, path.only))
    if (path.same !== undefined) {
      current = withSameRows(current, related, path)
      continue
    }
    const visible = [...read, ...[...target.followed.keys()].map(hiddenName)]
    const column = expandedColumn(hiddenName(key), target.entityType.qualifiedName, { toMany: navigation.toMany, columns: outputColumns(related), visible })
    const asked = path.computed === undefined || path.computed.length === 0 ? current : compute(current, path.computed)
    current = expand(asked, { navigation: column, on, related })
  }
  return current
}
