import type { Path, PathSegment } from '@tributary/odata-url'
import { type Column, column, type Expression, type GroupKey } from '@tributary/plan'
import { comparable } from '../comparable-types.js'
import { followNavigation } from '../followed-paths.js'
import { columnsOfType } from '../model-types.js'
import { complexType } from '../navigations.js'
import type { RowScope } from '../row-scope.js'

/** Grouping by the entity a navigation leads to, perhaps one of a complex value: its key tells which, and all of it is shown. */
export function groupByEntity(path: Path, names: readonly [string, ...string[]], scope: RowScope): GroupKey | undefined {
  if (scope.rows !== undefined || path.segments.some((segment) => segment.kind === 'cast' || ('key' in segment && segment.key !== undefined))) return undefined
  let at: EntityAt | undefined = { row: scope, hidden: [], within: [] }
  const shown: (() => void)[] = []
  for (const name of names) {
    at = entityBehind(at, name, scope)
    if (at === undefined) return undefined
    const { row: { model, entityType }, read } = at
    // Only where the path ends here: `Customer/Country` reads one column of the customer.
    if (read !== undefined) shown.push(() => columnsOfType(model, entityType).forEach(({ name: column }) => read.add(column)))
  }
  if (at.within.length > 0 || at.hidden.length === 0) return undefined
  for (const read of shown) read()
  return entityGroup(names, at.hidden, at.row)
}

/** Where a path of single-valued navigations and complex values has got to. */
interface EntityAt {
  readonly row: RowScope
  /** Columns that the entities stand in, one within the other. */
  readonly hidden: readonly string[]
  /** Complex values since the last entity. */
  readonly within: readonly string[]
  readonly read?: Set<string>
}

function entityBehind({ row, hidden, within }: EntityAt, name: string, scope: RowScope): EntityAt | undefined {
  const joined = hidden.length === 0 && within.length === 0 ? scope.joined?.get(name) : undefined
  if (joined !== undefined) return { row: joined, hidden: [name], within: [] }
  if (row.computed.has(name)) return undefined
  const type = within.length === 0 ? row.entityType : complexType(row, within)
  const property = row.model.property(type, name)
  if (property !== undefined) return property.type.collection || row.model.structured(property.type.name) === undefined ? undefined : { row, hidden, within: [...within, name] }
  if (row.model.navigation(type, name) === undefined) return undefined
  const found = followNavigation(row, name, within)
  return found.type.collection ? undefined : { row: found.path.scope, hidden: [...hidden, found.name], within: [], read: found.path.read }
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
