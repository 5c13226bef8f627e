import type { ExposedSet, Exposure } from '@tributary/catalog'
import type { ODataUrl, QueryOptions } from '@tributary/odata-url'
import { type Column, column, conjuncts, type Expression, expandedColumn, filter, type OrderKey, orderKey, outputColumns, type Plan } from '@tributary/plan'
import type { BindOptions, BoundQuery, BoundRows } from '../bound-query.js'
import { bindPredicate } from './bind-expression.js'
import { boundRows, bindShape, type Shaped } from './bind-expand.js'
import { bindOrder, keyOrder } from './bind-order.js'
import { ordered, type PageRequest } from './bind-page.js'
import { requireOptions } from './bind-select.js'
import { bindTransformations } from './bind-transformations.js'
import { type CrossMember, joinedRows } from './crossjoin-rows.js'
import { keyColumnNames } from './key-parts.js'
import { invalid, resourceNotFound, unsupported } from './refusal.js'
import { type RowScope, rowScope } from './row-scope.js'
import { shownOfSets, type ShownSet } from './crossjoin-shape.js'
import { scanOf } from './scan-set.js'

const applicable = ['$apply', '$compute', '$filter', '$select', '$expand', '$orderby', '$top', '$skip', '$count', '$format', '$skiptoken']

/** The sets of `$crossjoin(A,B)`; undefined: the URL addresses something else. @throws HUB_RESOURCE_NOT_FOUND, HUB_QUERY_INVALID */
export function crossjoinSets({ resource }: ODataUrl, exposure: Exposure): readonly ExposedSet[] | undefined {
  const [first, ...rest] = resource.kind === 'path' ? resource.segments : []
  if (first?.kind !== 'crossjoin') return undefined
  if (rest.length > 0) throw invalid('Nothing may follow $crossjoin.')
  if (new Set(first.sets).size < first.sets.length) throw invalid('$crossjoin names a set twice.')
  return first.sets.map((name) => {
    const set = exposure.sets.get(name)
    if (set === undefined) throw resourceNotFound(`The entity set ${name}`, name, exposure.sets.keys())
    return set
  })
}

/**
 * Binds a cross join: each row has one row of every set under the set's name. Equalities between the sets that the filter demands become
 * joins; sets that nothing joins are multiplied, within the budget of rows.
 * @throws HUB_QUERY_* as `bind`
 * @see OData URL Conventions 4.01, section 4.15
 */
export function bindCrossjoin(url: ODataUrl, sets: readonly ExposedSet[], exposure: Exposure, options: BindOptions): BoundQuery {
  const asked = url.options
  requireOptions(asked, applicable, '$crossjoin')
  const members = new Map(sets.map((set): [string, RowScope] => [set.name, { ...rowScope(exposure, set, asked.aliases), nested: true }]))
  const scope = crossScope(exposure, sets, members, asked)
  const predicate = asked.filter === undefined || asked.apply !== undefined ? [] : conjuncts(bindPredicate(asked.filter, scope))
  const transformed = bindTransformations(asked, scope)
  const late = asked.filter === undefined || asked.apply === undefined ? undefined : bindPredicate(asked.filter, transformed.scope)
  const page = pageOf(asked, { ...options, scope: transformed.scope, members })
  const computed = new Set(asked.compute?.map(({ name }) => name))
  const shown = asked.apply === undefined && (asked.compute === undefined || asked.expand !== undefined) ? shownOfSets(asked, members, computed) : undefined
  const joined = transformed.over(joinedRows(crossMembers(members, shown), predicate))
  const rows = late === undefined ? joined : filter(joined, late)
  const shaped = shown === undefined ? bindShape(rows, withoutShape(asked), transformed.scope) : shapeOf(rows, shown, shownComputed(asked, computed))
  return Object.freeze({
    ...answered(transformed.scope, shaped, { shown, members }), shape: 'collection' as const, plan: ordered(shaped.plan, page), transient: true as const,
    contextFragment: `Collection(Edm.ComplexType)${shaped.selectList === undefined ? '' : `(${shaped.selectList})`}`, unwrap: [],
    count: asked.count === true, order: page.order, paging: page.paging, ...(asked.top === undefined ? {} : { top: asked.top }), skip: asked.skip ?? 0, pageRows: options.pageRows,
  })
}

type Members = ReadonlyMap<string, RowScope>

/** The sets with what is shown of their rows; where all is made anew of them, their keys tell them apart. */
function crossMembers(members: Members, shown: readonly ShownSet[] | undefined): ReadonlyMap<string, CrossMember> {
  const bySet = new Map(shown?.map((one) => [one.name, one]))
  return new Map([...members].map(([name, scope]) => {
    const own = bySet.get(name)
    return [name, { scope, over: own?.over ?? unchanged, shown: own?.columns.map((one) => one.name) ?? keyColumnNames(scope.set), context: `${name}${own?.selectList === undefined ? '' : `(${own.selectList})`}/$entity` }]
  }))
}

const unchanged = (rows: Plan): Plan => rows

/** Names of sets stand for one of their rows. */
function crossScope(exposure: Exposure, sets: readonly ExposedSet[], members: Members, { aliases }: QueryOptions): RowScope {
  const [first] = sets
  if (first === undefined) throw invalid('$crossjoin needs a set.')
  const rows = [...members].map(([name, member]) => expandedColumn(name, member.entityType.qualifiedName, { toMany: false, columns: outputColumns(scanOf(member)), visible: keyColumnNames(member.set) }))
  return { ...rowScope(exposure, first, aliases), rows, joined: members }
}

function withoutShape(options: QueryOptions): QueryOptions {
  if (options.expand !== undefined) throw unsupported('$expand of what $apply makes of a $crossjoin', 'Group by the properties that are wanted.')
  return options
}

/** The rows as they are shown: sets that are not expanded by their links. */
function shapeOf(rows: Plan, shown: readonly ShownSet[], computed: readonly string[]): Shaped {
  const columns = new Map(outputColumns(rows).map((one) => [one.name, one]))
  const lists = [...computed, ...shown.filter(({ linked, references }) => !linked && !references).map(({ name, selectList }) => `${name}(${selectList ?? ''})`)]
  return { plan: rows, visible: [...computed, ...shown.map(({ name }) => name)].flatMap((name) => columns.get(name) ?? []), selectList: lists.length === 0 ? undefined : lists.join(','), related: new Map() }
}

/** The computed columns that are shown: all, or those that are selected. */
function shownComputed({ select }: QueryOptions, computed: ReadonlySet<string>): readonly string[] {
  if (select === undefined || select.some(({ kind }) => kind === 'all')) return [...computed]
  return select.flatMap((item) => (item.kind === 'path' ? item.segments.slice(0, 1) : [])).flatMap((segment) => ('name' in segment && computed.has(segment.name) ? [segment.name] : []))
}

interface Shape {
  readonly shown: readonly ShownSet[] | undefined
  readonly members: Members
}

function answered(scope: RowScope, shaped: Shaped, { shown, members }: Shape): Pick<BoundQuery, 'set' | 'entityType' | 'columns' | 'visible' | 'rows'> {
  const bySet = new Map(shown?.map((one) => [one.name, one]))
  const related = new Map([...members].map(([name, member]): [string, BoundRows] => {
    const own = bySet.get(name)
    const rows = boundRows(member, own?.shaped ?? { ...shaped, related: new Map() })
    return [name, { ...rows, ...(own?.linked === true ? { linked: true } : {}), ...(own?.references === true ? { references: true } : {}) }]
  }))
  return {
    set: scope.set, entityType: 'Edm.ComplexType', columns: Object.freeze(outputColumns(shaped.plan).map((column) => inPart(column, shown?.find(({ name }) => name === column.name)))),
    visible: Object.freeze(shaped.visible.map(({ name }) => name)), rows: Object.freeze({ set: scope.set, entityType: 'Edm.ComplexType', related }),
  }
}

/** The row of a set, of whose complex values only what is selected is shown. */
function inPart(column: Column, shown: ShownSet | undefined): Column {
  const { expanded } = column
  if (expanded === undefined || shown === undefined) return column
  const selected = new Map(shown.columns.map((one) => [one.name, one]))
  return Object.freeze({ ...column, expanded: Object.freeze({ ...expanded, columns: Object.freeze(expanded.columns.map((one) => selected.get(one.name) ?? one)) }) })
}

interface PageWish extends BindOptions {
  readonly scope: RowScope
  readonly members: Members
}

/** Rows come in the order of the sets' keys unless another is wanted, so that no product has to be sorted for its pages. */
function pageOf(asked: QueryOptions, { pageRows, cursor, scope, members }: PageWish): PageRequest {
  const client = bindOrder(asked.orderby ?? [], scope)
  const cuts = pageRows > 0 || asked.top !== undefined || asked.skip !== undefined || cursor !== undefined
  const own = asked.apply !== undefined ? keyOrder(client, scope) : client.length > 0 ? keysOf(members) : []
  const order = cuts || client.length > 0 ? [...client, ...own] : []
  const wanted = asked.top === undefined ? Infinity : Math.max(0, asked.top - (cursor?.given ?? 0))
  const take = Math.min(pageRows === 0 ? Infinity : pageRows + 1, wanted)
  return {
    order, paging: { kind: pageRows === 0 ? 'none' : 'offset' }, skip: cursor?.kind === 'offset' ? cursor.offset : (asked.skip ?? 0),
    ...(take === Infinity ? {} : { take }), count: cursor === undefined && asked.count === true,
  }
}

const keysOf = (members: Members): readonly OrderKey[] =>
  [...members].flatMap(([name, member]) => keyOrder([], member).map(({ expression }) => orderKey(within(name, expression))))

const within = (name: string, expression: Expression): Expression => (expression.kind === 'column' ? column(expression.type, name, ...expression.path) : expression)
