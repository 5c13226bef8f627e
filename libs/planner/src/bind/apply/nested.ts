import type { ExpandTransformation, NamedApply, Path, Transformation } from '@tributary/odata-url'
import { type Column, column, expandedColumn, type Expression, filter, given, instance, nestedRows, outputColumns, type Plan, stringType, transformation } from '@tributary/plan'
import { resultScope } from '../bind-aggregate.js'
import { bindPredicate } from '../bind-expression.js'
import { followNavigation, hiddenName } from '../followed-paths.js'
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
  /** Of complex values: their declared type. */
  readonly type?: string
  /** Names on those rows. */
  readonly scope: RowScope
  /** They are entities. */
  readonly entities: boolean
  /** Of the rows in the column those that are meant. */
  readonly among?: Expression
  /** Rows that do not meet it have none. */
  readonly only?: Expression
  /** Of complex values: the type they are of. */
  readonly cast?: string
}

/**
 * A navigation property or a complex one, perhaps of a derived type, and perhaps those of what it leads to that are of one.
 * @throws HUB_QUERY_UNSUPPORTED for what stands within complex values, HUB_QUERY_UNKNOWN_PROPERTY, HUB_QUERY_INVALID
 * @see OData Extension for Data Aggregation 4.0 section 3.4.3
 */
function innerRows({ segments }: Path, scope: RowScope): Inner {
  const [first, ...rest] = segments
  if (first?.kind === 'cast') return ofType(first.type, rest, scope)
  const [segment, cast, ...more] = segments
  if (segment === undefined || !('name' in segment) || segment.kind === 'function') throw invalid('What is nested or joined is a navigation property or a complex one.')
  if (more.length > 0 || (cast !== undefined && cast.kind !== 'cast')) throw severalSegments(segment.name, scope)
  const found = namedRows(segment.name, scope)
  return cast === undefined ? found : castRows(found, cast.type)
}

/** @see OData Extension for Data Aggregation 4.0 section 3.4.3: no navigation property stands before the last */
function severalSegments(name: string, { model, entityType, rows }: RowScope): Error {
  if (rows === undefined && model.property(entityType, name) !== undefined) return unsupported(`What is nested within ${name} in $apply`, 'Name what the rows themselves have.')
  return invalid(`The path goes on behind ${name}, which leads to other rows.`, `Nest them one within the other: addnested(${name},addnested(…) as …).`)
}

/** What only rows of a type have. */
function ofType(name: string, rest: Path['segments'], scope: RowScope): Inner {
  const target = scope.model.entityType(name)
  if (scope.rows !== undefined || target === undefined || !scope.model.derivesFrom(target.qualifiedName, scope.entityType.qualifiedName)) throw invalid(`${name} is no entity type derived from ${scope.entityType.qualifiedName}.`)
  const inner = innerRows({ kind: 'path', root: { kind: 'implicit' }, segments: rest, span: { start: 0, end: 0 } }, { ...scope, entityType: target, seen: true })
  return { ...inner, only: isOf(target.qualifiedName, scope) }
}

const isOf = (name: string, { model }: RowScope): Expression => instance(column(stringType, '@odata.type'), [name, ...model.derivedTypes(name)])

/** Those of the rows that are of a type. */
function castRows(found: Inner, name: string): Inner {
  const { scope } = found
  const target = scope.model.structured(name)
  const declared = found.entities ? scope.entityType.qualifiedName : found.type
  if (target === undefined || declared === undefined || !scope.model.derivesFrom(target.qualifiedName, declared)) throw invalid(`${name} does not derive from ${declared ?? `what ${found.name} holds`}.`)
  if (target.qualifiedName === declared) return found
  const entityType = found.entities ? scope.model.entityType(name) : undefined
  return { ...found, among: isOf(target.qualifiedName, scope), scope: entityType === undefined ? scope : { ...scope, entityType, seen: true }, ...(found.entities ? {} : { cast: target.qualifiedName }) }
}

function namedRows(name: string, scope: RowScope): Inner {
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

function rowsOfColumn(held: Column, scope: RowScope): Inner {
  const { columns } = nestedRows(held)
  const joined = scope.joined?.get(held.name)
  if (columns.length === 0 && joined === undefined) throw invalid(`${held.name} holds no rows that could be transformed.`)
  return { column: held.name, name: held.name, toMany: held.type.collection, scope: joined ?? resultScope(scope, columns), entities: joined !== undefined, type: held.type.name }
}

const shownNames = ({ rows, computed, shown = [], model, entityType }: RowScope): readonly string[] =>
  rows === undefined ? [...new Set([...columnsOfType(model, entityType), ...computed.values(), ...shown].map(({ name }) => name))] : rows.map(({ name }) => name)

/** What the context URL of such rows says behind `#`; of complex values that is their type. @see OData JSON Format 4.01 section 10 */
function contextOf(scope: RowScope, { toMany, type, given: of }: ContextOf): string {
  const unchanged = type !== undefined && of !== undefined && scope.rows?.length === of.length && of.every(({ name }, index) => scope.rows?.[index]?.name === name)
  const list = unchanged ? undefined : namesOfResult(scope.rows ?? [...scope.computed.values()], scope)
  const selected = list === undefined ? '' : `(${list.join(',')})`
  if (type !== undefined) return `${toMany ? `Collection(${type})` : type}${selected}`
  return `${scope.set.name}${selected}${toMany ? '' : '/$entity'}`
}

interface ContextOf {
  readonly toMany: boolean
  /** Of complex values: their type, and their properties. */
  readonly type?: string | undefined
  readonly given?: readonly Column[] | undefined
}

/** What complex values in a column are, for the context of what is made of them. */
const contextOfInner = ({ entities, type, scope, cast }: Inner, toMany: boolean): ContextOf => (entities || type === undefined || type === 'Edm.Untyped' ? { toMany } : { toMany, type: cast ?? type, given: scope.rows })

/** Hidden columns that transformations behind may read of rows that are entities still. */
const followedOf = ({ rows, followed }: RowScope): { readonly kept?: readonly string[] } => (rows === undefined && followed.size > 0 ? { kept: [...followed.keys()].map(hiddenName) } : {})

/** The type of rows that are entities still. */
const typeOf = ({ rows, entityType }: RowScope): { readonly type?: string } => (rows === undefined ? { type: entityType.qualifiedName } : {})

/** The rows in a column of a plan's rows, for an inner plan. */
function rowsGiven(rows: Plan, { column: name, among }: Inner): Plan {
  const all = given(nestedRows(outputColumns(rows).find((held) => held.name === name)).columns)
  return among === undefined ? all : filter(all, among)
}

/** A scope with one more column of rows, and what their names mean. */
function withRows(scope: RowScope, name: string, inner: RowScope, of: ContextOf): RowScope {
  const { toMany } = of
  const columns = columnsHere(inner)
  const column = expandedColumn(name, inner.rows === undefined ? inner.entityType.qualifiedName : 'Edm.Untyped', { toMany, columns, visible: shownNames(inner), context: contextOf(inner, of) })
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
    scope: withRows(scope, name, each.scope, contextOfInner(inner, inner.toMany)),
    over: (rows) => transformation([rows], { kind: 'nested', from: inner.column, name, shown, context: contextOf(each.scope, contextOfInner(inner, inner.toMany)), ...typeOf(each.scope), ...followedOf(each.scope), ...(inner.only === undefined ? {} : { only: inner.only }), each: each.over(rowsGiven(rows, inner)) }),
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
    const [from, made] = apply === undefined && inner.among === undefined && inner.only === undefined ? [inner.column, rows] : [hidden, transformation([rows], { kind: 'nested', from: inner.column, name: hidden, shown, context: '', ...followedOf(each.scope), ...(inner.only === undefined ? {} : { only: inner.only }), each: each.over(rowsGiven(rows, inner)) })]
    return transformation([made], { kind: 'unnest', from, name: alias, shown, context: contextOf(each.scope, contextOfInner(inner, false)), ...typeOf(each.scope), outer: kind === 'outerjoin' })
  }
  const joined = withRows(scope, alias, each.scope, contextOfInner(inner, false))
  return { scope: { ...joined, ...(joined.rows === undefined ? { repeats: true as const } : {}), ...(inner.entities ? { unshown: new Set([...(scope.unshown ?? []), alias]) } : {}) }, over }
}

/** `nest(groupby((Customer/ID)) as Customers)`: one row that holds the results. @throws HUB_QUERY_INVALID */
export function bindNest({ items }: Extract<Transformation, { kind: 'nest' }>, scope: RowScope, bindApply: BindApply): Transformed {
  const parts = items.map(({ apply, alias }: NamedApply) => ({ alias, inner: bindApply(apply, scope) }))
  const names = new Set(parts.map(({ alias }) => alias))
  if (names.size < parts.length) throw invalid('Two results of nest have the same name.')
  const rows = parts.reduce((before, { alias, inner }) => withRows(before, alias, inner.scope, { toMany: true }), resultScope(scope, []))
  const copies = parts.reduce((sum, { inner }) => sum + (inner.copies ?? 1), 0)
  return {
    scope: rows, copies,
    over: (input) => {
      const [first = input, ...others] = parts.map(({ inner }) => inner.over(input))
      return transformation([first, ...others], { kind: 'nest', parts: parts.map(({ alias, inner }) => ({ name: alias, shown: shownNames(inner.scope), context: contextOf(inner.scope, { toMany: true }) })) })
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
