import type { PathRoot } from '@tributary/odata-url'
import { column, compute, concat, conjunction, expand, expandedColumn, filter, int32Type, literal, outputColumns, type Plan, type ValueType } from '@tributary/plan'
import { newNotes } from './apply/notes.js'
import type { Bind } from './bind-operand.js'
import { keyCondition } from './key-condition.js'
import type { Position } from './path-position.js'
import { resourceNotFound, unsupported } from './refusal.js'
import { singletonScope } from './related-scope.js'
import { type FollowedPath, type RowScope, rowScope } from './row-scope.js'

type Root = Extract<PathRoot, { readonly kind: '$root' }>

/** What every row joins with: rows below `$root` are the same for all. */
const one = (root: string): string => `~one${root}`

/**
 * `$root/Set(key)`, `$root/Set` or `$root/Singleton`: rows of the same service that are read once, whatever row the expression is about.
 * @throws HUB_RESOURCE_NOT_FOUND, HUB_QUERY_UNSUPPORTED for function imports and rows that are no entities
 * @see OData URL Conventions 4.01 section 5.1.1.14.5
 */
export function rootRow(root: Root, scope: RowScope, bind: Bind): Position {
  const target = scopeOf(root.set, scope)
  const condition = root.key === undefined ? undefined : keyCondition(root.key, target, bind)
  const single = condition !== undefined || target.read?.resource.single === true
  // no @ in it: columns of such names say something of a row, and are always told
  const name = `$root/${root.set}${root.key === undefined ? '' : `:${root.key.span.start}`}`
  const followed = scope.rows === undefined ? scope.followed : scope.below
  if (followed === undefined) throw unsupported('$root here', 'Of results it is answered in $filter, $orderby, $compute and $apply.')
  const path: FollowedPath = followed.get(name) ?? {
    navigation: { name, toMany: !single, on: [] }, on: [{ from: one(name), to: one(name) }], scope: { ...target, nested: true }, read: new Set(), notes: newNotes(target.names), same: condition === undefined ? [] : [condition],
  }
  followed.set(name, path)
  const type: ValueType = Object.freeze({ name: target.entityType.qualifiedName, collection: !single, base: 'structured' })
  const way = single ? {} : { way: { row: scope, position: { expression: undefined }, path: [], same: target } }
  return { expression: column(type, `~${name}`), structured: target.entityType, row: path.scope, related: path, guards: [], ...way }
}

function scopeOf(name: string, { exposure, aliases }: RowScope): RowScope {
  const set = exposure.sets.get(name)
  if (set !== undefined) return rowScope(exposure, set, aliases)
  const singleton = singletonScope(exposure, name, aliases)
  if (singleton === undefined) throw resourceNotFound(`The entity set ${name}`, name, exposure.sets.keys())
  return singleton
}

/** The rows with a column that is the same for all. */
const mark = (input: Plan, name: string): Plan => compute(input, [{ column: { name, type: int32Type }, expression: literal(int32Type, 1) }])

/**
 * Gives every row the same related rows.
 * ```
 * Expand ~$root/Set on ~one
 * ├ Compute 1 as ~one
 * │ └ x
 * └ Concat
 *   └ Compute 1 as ~one
 *     └ Filter key
 *       └ Scan Set
 * ```
 * The concat keeps the other side from being read by keys: there is only one.
 */
export function withSameRows(plan: Plan, rows: Plan, { navigation, on, scope, read, same = [] }: FollowedPath): Plan {
  const [{ from, to }] = on
  const condition = conjunction(same)
  const marked = mark(condition === undefined ? rows : filter(rows, condition), to)
  const kept = outputColumns(marked).filter(({ name }) => read.has(name) || name === to || name.startsWith('~') || scope.set.key.includes(name))
  const related = concat([marked], kept)
  const visible = kept.map(({ name }) => name)
  const column = expandedColumn(`~${navigation.name}`, scope.entityType.qualifiedName, { toMany: navigation.toMany, columns: kept, visible })
  return expand(mark(plan, from), { navigation: column, on, related })
}
