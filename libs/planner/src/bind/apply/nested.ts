import type { ExpandTransformation, NamedApply, Path, Transformation } from '@tributary/odata-url'
import { type Column, expandedColumn, filter, given, nestedRows, outputColumns, type Plan, transformation } from '@tributary/plan'
import { resultScope } from '../bind-aggregate.js'
import { bindPredicate } from '../bind-expression.js'
import { followNavigation } from '../followed-paths.js'
import { columnsOfType } from '../model-types.js'
import { invalid, unknownProperty, unsupported } from '../refusal.js'
import type { RowScope, Transformed } from '../row-scope.js'
import type { BindApply } from './bind-apply.js'
import { namesOfResult } from './shown-columns.js'

/** Rows that stand in a column of each row: related ones, complex values, or what an earlier transformation put there. */
interface Inner {
  /** The column they stand in. */
  readonly column: string
  readonly name: string
  readonly toMany: boolean
  /** Names on those rows. */
  readonly scope: RowScope
  /** They are entities. */
  readonly entities: boolean
}

/** @throws HUB_QUERY_UNSUPPORTED for paths of several segments, HUB_QUERY_UNKNOWN_PROPERTY */
function innerRows({ segments }: Path, scope: RowScope): Inner {
  const [segment, ...more] = segments
  if (segment === undefined || !('name' in segment) || segment.kind === 'function' || more.length > 0) throw unsupported('A path of several segments to nested rows in $apply', 'Name a navigation property or a collection of the rows themselves.')
  const { name } = segment
  const known = columnsHere(scope).find((column) => column.name === name)
  if (known !== undefined) return rowsOfColumn(known, scope)
  if (scope.rows !== undefined) throw unknownProperty('the result of $apply', name, scope.rows.map((column) => column.name))
  const { name: hidden, type, path } = followNavigation(scope, name)
  const columns = columnsOfType(path.scope.model, path.scope.entityType)
  for (const column of columns) path.read.add(column.name)
  return { column: hidden, name, toMany: type.collection, scope: path.scope, entities: true }
}

/** The columns of rows that have names of their own: hidden ones and those of the model's navigations left out. */
const columnsHere = ({ rows, computed, model, entityType }: RowScope): readonly Column[] => rows ?? [...columnsOfType(model, entityType), ...computed.values()]

function rowsOfColumn(column: Column, scope: RowScope): Inner {
  const { columns } = nestedRows(column)
  const joined = scope.joined?.get(column.name)
  if (columns.length === 0 && joined === undefined) throw invalid(`${column.name} holds no rows that could be transformed.`)
  return { column: column.name, name: column.name, toMany: column.type.collection, scope: joined ?? resultScope(scope, columns), entities: joined !== undefined }
}

const shownNames = ({ rows, computed, shown = [], model, entityType }: RowScope): readonly string[] =>
  rows === undefined ? [...new Set([...columnsOfType(model, entityType), ...computed.values(), ...shown].map(({ name }) => name))] : rows.map(({ name }) => name)

/** What the context URL of such rows says behind `#`. @see OData JSON Format 4.01 section 10 */
function contextOf(scope: RowScope, toMany: boolean): string {
  const list = namesOfResult(scope.rows ?? [...scope.computed.values()], scope)
  return `${scope.set.name}${list === undefined ? '' : `(${list.join(',')})`}${toMany ? '' : '/$entity'}`
}

/** The type of rows that are entities still. */
const typeOf = ({ rows, entityType }: RowScope): { readonly type?: string } => (rows === undefined ? { type: entityType.qualifiedName } : {})

/** The rows in a column of a plan's rows, for an inner plan. */
const rowsGiven = (rows: Plan, name: string): Plan => given(nestedRows(outputColumns(rows).find((column) => column.name === name)).columns)

/** A scope with one more column of rows, and what their names mean. */
function withRows(scope: RowScope, name: string, inner: RowScope, toMany: boolean): RowScope {
  const columns = columnsHere(inner)
  const column = expandedColumn(name, inner.rows === undefined ? inner.entityType.qualifiedName : 'Edm.Untyped', { toMany, columns, visible: shownNames(inner), context: contextOf(inner, toMany) })
  const joined = inner.rows === undefined ? { joined: new Map([...(scope.joined ?? []), [name, inner]]) } : {}
  if (scope.rows !== undefined) return { ...scope, ...joined, rows: [...scope.rows.filter((known) => known.name !== name), column] }
  return { ...scope, ...joined, computed: new Map([...scope.computed, [name, column]]) }
}

function requireNew(name: string, scope: RowScope): void {
  if (columnsHere(scope).some((column) => column.name === name)) throw invalid(`${name} is given as a name, and is there already.`)
}

/** `addnested(Sales,filter(Amount gt 3) as Large)`: transformed copies of related rows. @throws HUB_QUERY_UNSUPPORTED, HUB_QUERY_INVALID */
export function bindAddNested({ path, items }: Extract<Transformation, { kind: 'addnested' }>, scope: RowScope, bindApply: BindApply): Transformed {
  return items.reduce<Transformed>((before, { apply, alias }) => {
    requireNew(alias, before.scope)
    const inner = innerRows(path, before.scope)
    if (!inner.toMany && apply.transformations.some(({ kind }) => kind !== 'identity' && kind !== 'compute' && kind !== 'addnested')) throw invalid(`${inner.name} is a single value: in addnested only identity, compute and addnested transform it.`)
    const added = withNested(before.scope, inner, alias, bindApply(apply, inner.scope))
    return { scope: added.scope, over: (rows) => added.over(before.over(rows)) }
  }, { scope, over: (rows) => rows })
}

function withNested(scope: RowScope, inner: Inner, name: string, each: Transformed): Transformed {
  const shown = shownNames(each.scope)
  return {
    scope: withRows(scope, name, each.scope, inner.toMany),
    over: (rows) => transformation([rows], { kind: 'nested', from: inner.column, name, shown, context: contextOf(each.scope, inner.toMany), ...typeOf(each.scope), each: each.over(rowsGiven(rows, inner.column)) }),
  }
}

/** `join(Sales as Sale)`: a row for each related row; with `outerjoin` rows without any stay. @throws HUB_QUERY_UNSUPPORTED, HUB_QUERY_INVALID */
export function bindJoin({ kind, path, alias, apply }: Extract<Transformation, { kind: 'join' | 'outerjoin' }>, scope: RowScope, bindApply: BindApply): Transformed {
  requireNew(alias, scope)
  const inner = innerRows(path, scope)
  if (!inner.toMany) throw invalid(`${inner.name} is a single value: only collections are joined.`)
  const each: Transformed = apply === undefined ? { scope: inner.scope, over: (rows) => rows } : bindApply(apply, inner.scope)
  const shown = shownNames(each.scope)
  const hidden = `~value${scope.names.next++}`
  const over = (rows: Plan): Plan => {
    const [from, made] = apply === undefined ? [inner.column, rows] : [hidden, transformation([rows], { kind: 'nested', from: inner.column, name: hidden, shown, context: '', each: each.over(rowsGiven(rows, inner.column)) })]
    return transformation([made], { kind: 'unnest', from, name: alias, shown, context: contextOf(each.scope, false), ...typeOf(each.scope), outer: kind === 'outerjoin' })
  }
  const joined = withRows(scope, alias, each.scope, false)
  return { scope: { ...joined, ...(joined.rows === undefined ? { repeats: true as const } : {}), ...(inner.entities ? { unshown: new Set([...(scope.unshown ?? []), alias]) } : {}) }, over }
}

/** `nest(groupby((Customer/ID)) as Customers)`: one row that holds the results. @throws HUB_QUERY_INVALID */
export function bindNest({ items }: Extract<Transformation, { kind: 'nest' }>, scope: RowScope, bindApply: BindApply): Transformed {
  const parts = items.map(({ apply, alias }: NamedApply) => ({ alias, inner: bindApply(apply, scope) }))
  const names = new Set(parts.map(({ alias }) => alias))
  if (names.size < parts.length) throw invalid('Two results of nest have the same name.')
  const rows = parts.reduce((before, { alias, inner }) => withRows(before, alias, inner.scope, true), resultScope(scope, []))
  const copies = parts.reduce((sum, { inner }) => sum + (inner.copies ?? 1), 0)
  return {
    scope: rows, copies,
    over: (input) => {
      const [first = input, ...others] = parts.map(({ inner }) => inner.over(input))
      return transformation([first, ...others], { kind: 'nest', parts: parts.map(({ alias, inner }) => ({ name: alias, shown: shownNames(inner.scope), context: contextOf(inner.scope, true) })) })
    },
  }
}

/** `expand(Sales,filter(Amount gt 3),expand(Product))`, of earlier versions of the extension: the navigation shows these rows from here on. */
export function bindExpandStep({ path, predicate, nested }: ExpandTransformation, scope: RowScope, bindApply: BindApply): Transformed {
  const inner = innerRows(path, scope)
  const condition = predicate === undefined ? undefined : bindPredicate(predicate, inner.scope)
  const filtered: Transformed = { scope: inner.scope, over: (rows) => (condition === undefined ? rows : filter(rows, condition)) }
  const each = nested.reduce<Transformed>((before, more) => {
    const next = bindExpandStep(more, before.scope, bindApply)
    return { scope: next.scope, over: (rows) => next.over(before.over(rows)) }
  }, filtered)
  return withNested(scope, inner, inner.name, each)
}
