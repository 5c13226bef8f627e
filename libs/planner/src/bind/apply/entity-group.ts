import type { Path, PathSegment } from '@tributary/odata-url'
import { type Column, column, type Expression, type GroupKey } from '@tributary/plan'
import { comparable } from '../comparable-types.js'
import { followNavigation } from '../followed-paths.js'
import { columnsOfType } from '../model-types.js'
import type { RowScope } from '../row-scope.js'

/** Grouping by the entity a navigation leads to: its key tells which, and all of it is shown. */
export function groupByEntity(path: Path, names: readonly [string, ...string[]], scope: RowScope): GroupKey | undefined {
  if (path.segments.some((segment) => segment.kind === 'cast')) return undefined
  let at: RowScope | undefined = scope.rows === undefined ? scope : undefined
  const hidden: string[] = []
  const shown: (() => void)[] = []
  for (const name of names) {
    const joined: RowScope | undefined = hidden.length === 0 ? scope.joined?.get(name) : undefined
    if (joined !== undefined) {
      hidden.push(name)
      at = joined
      continue
    }
    if (at === undefined || at.computed.has(name) || at.model.navigation(at.entityType, name) === undefined) return undefined
    const found = followNavigation(at, name)
    if (found.type.collection) return undefined
    const { model } = at
    // Only where the path ends here: `Customer/Country` reads one column of the customer.
    shown.push(() => columnsOfType(model, found.path.scope.entityType).forEach(({ name: column }) => found.path.read.add(column)))
    hidden.push(found.name)
    at = found.path.scope
  }
  for (const read of shown) read()
  return at === undefined ? undefined : entityGroup(names, hidden, at)
}

/** The group that the entity at the end of a path of navigations makes, shown of rows of `inner` with what stands beside its properties; undefined where the path leads elsewhere. */
export function entityGroupAt([first, ...rest]: readonly string[], scope: RowScope, inner: RowScope, beside: readonly Column[] = []): GroupKey | undefined {
  if (first === undefined) return undefined
  const span = { start: 0, end: 0 }
  const segments = [first, ...rest].map((name): PathSegment => ({ kind: 'unknown', name, span }))
  const reached = scope.rows === undefined ? groupByEntity({ kind: 'path', root: { kind: 'implicit' }, segments, span }, [first, ...rest], scope) : undefined
  if (reached === undefined) return undefined
  const columns = [...columnsOfType(inner.model, inner.entityType), ...beside]
  return Object.freeze({ ...reached, shape: Object.freeze({ toMany: false, columns, visible: columns.map(({ name }) => name) }) })
}

function entityGroup(names: readonly [string, ...string[]], [first, ...rest]: readonly string[], { model, entityType, set }: RowScope): GroupKey | undefined {
  if (first === undefined) return undefined
  const columns = columnsOfType(model, entityType)
  const telling = set.key.length > 0 ? columns.filter(({ name }) => set.key.includes(name)) : columns.filter(({ type }) => comparable(type))
  const type = Object.freeze({ name: entityType.qualifiedName, collection: false, base: 'structured' as const })
  const inner = ({ name, type: own }: Column): Expression => column(own, first, ...rest, name)
  return Object.freeze({
    path: names, expression: column(type, first, ...rest), identity: telling.map(inner),
    shape: Object.freeze({ toMany: false, columns, visible: columns.map(({ name }) => name) }),
  })
}
