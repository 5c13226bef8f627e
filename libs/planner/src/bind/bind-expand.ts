import type { ExposedNavigation } from '@tributary/catalog'
import type { QueryOptions } from '@tributary/odata-url'
import { aroundName, type Column, everyRelated, type Expand, expand, expandedColumn, given as givenRows, outputColumns, type PerParent, type Plan, sort, type Step, stringType, transformation } from '@tributary/plan'
import type { BoundRows } from '../bound-query.js'
import { namesOfResult, requireJoinColumns, type RowsWithin, shownOfResult } from './apply/shown-columns.js'
import { resultScope } from './bind-aggregate.js'
import { bindOrder, keyOrder } from './bind-order.js'
import { bindSelect, requireOptions } from './bind-select.js'
import { bindTransformations } from './bind-transformations.js'
import { printSelectList } from './context-fragment.js'
import { isHidden, withFollowed } from './followed-paths.js'
import { keyColumnNames } from './key-parts.js'
import { dependsOnOthers, madeTogether, type MadeTogether } from './made-together.js'
import { matcher } from './matching.js'
import { asksOfItems, optionsMentionIt } from './mentions-it.js'
import { nestedOptions } from './expand-levels.js'
import { expandedStreams } from './expand-streams.js'
import type { ExpandTarget } from './expand-target.js'
import { expandTargets } from './expand-targets.js'
import { readForItems } from './read-for-items.js'
import { relatedRows } from './related-scope.js'
import { invalid } from './refusal.js'
import type { RowScope } from './row-scope.js'
import { scanOf } from './scan-set.js'

/** Rows with their `$filter`, `$expand` and `$select` done. */
export interface Shaped {
  readonly plan: Plan
  /** Columns that are shown, expanded navigation properties last. */
  readonly visible: readonly Column[]
  /** What stands in the parentheses of the context URL; undefined: none are needed. */
  readonly selectList: string | undefined
  /** What is expanded, by the name of its column. */
  readonly related: BoundRows['related']
  /** What is asked of the items of collections in the rows. */
  readonly items?: BoundRows['items']
  /** Visible columns that are only read for that. */
  readonly unshown?: BoundRows['unshown']
  readonly streams?: BoundRows['streams']
}

/**
 * Binds `$select` and `$expand` (any depth) over rows; the related rows are joined by the navigation's columns.
 * @throws HUB_QUERY_UNSUPPORTED naming the navigation that cannot be followed, HUB_QUERY_UNKNOWN_PROPERTY, HUB_QUERY_INVALID
 */
export function bindShape(input: Plan, options: QueryOptions, scope: RowScope): Shaped {
  const { streams, others } = expandedStreams(options.expand ?? [], scope)
  const shown = shownOfResult(outputColumns(input).filter((column) => isShown(column, scope)), others, scope)
  const selection = bindSelect(options.select, shown.columns, scope)
  const targets = expandTargets(shown.expand, scope)
  const inner = shown.items.map((item) => bindRowsWithin(item, scope))
  const expanded = new Map<string, BoundRows>(inner.flatMap(({ rows }, index) => (rows === undefined ? [] : [[shown.items[index]?.column.name ?? '', rows] as const])))
  const joined = shown.joined.filter(({ name }) => !selection.columns.some((column) => column.name === name))
  let visible = [...withStreams(selection.columns, streams, shown.columns), ...joined]
  const lists = [...unselected(streams, selection.names), ...inner.map(({ text }) => text)]
  let plan = inner.reduce((rows, { over }) => over(rows), input)
  const made = new Map(shown.items.map(({ column: { name } }) => [name, outputColumns(plan).find((column) => column.name === name)]))
  visible = visible.map((column) => made.get(column.name) ?? column)
  for (const target of targets) {
    requireJoinColumns(scope, target.navigation)
    const related = bindRelated(target, scope)
    plan = related.over(plan)
    visible = [...withHolder(visible, target, outputColumns(input)), ...outputColumns(plan).filter(({ name }) => name === target.column)]
    if (related.rows !== undefined) expanded.set(target.column, related.rows)
    lists.push(...printTarget(target, related.selectList))
  }
  const names = selection.names ?? namesOfResult(selection.columns.filter(({ name }) => !shown.items.some((item) => item.column.name === name)), withoutColumns(scope, shown.items), lists.length > 0)
  const read = readForItems(plan, visible, selection.items)
  return {
    plan: read.plan, visible: read.visible, selectList: printSelectList(names, lists), related: expanded,
    ...(read.items.length === 0 ? {} : { items: read.items, unshown: read.unshown }), ...(streams.length === 0 ? {} : { streams }),
  }
}

/** The scope without columns that are told of otherwise. */
function withoutColumns(scope: RowScope, items: readonly RowsWithin[]): RowScope {
  const names = new Set(items.map(({ column }) => column.name))
  return items.length === 0 || scope.rows === undefined ? scope : { ...scope, rows: scope.rows.filter(({ name }) => !names.has(name)) }
}

interface ExpandedWithin {
  readonly over: (rows: Plan) => Plan
  /** In the list of what is selected. */
  readonly text: string
  /** Undefined: they are no entities any more. */
  readonly rows?: BoundRows
}

/** What `$expand` asks of rows that stand in a column already; what these hold in turn is shown where it names that. */
function bindRowsWithin({ item: { options, suffix }, column }: RowsWithin, scope: RowScope): ExpandedWithin {
  const { name, expanded } = column
  if (expanded === undefined) throw new Error(`The column ${name} holds no rows`)
  requireOptions(options, expanded.toMany ? related : relatedToOne, `the expanded ${name}`)
  const known = scope.joined?.get(name) ?? scope.entities?.get(name)
  const held = expanded.columns.filter((one) => one.expanded !== undefined).map((one) => one.name)
  const base: RowScope = { ...(known ?? resultScope(scope, expanded.columns)), aliases: new Map([...scope.aliases, ...options.aliases]), unshown: new Set(held), nested: true }
  const transformed = bindTransformations(options, base)
  const page = bindPerParent(suffix === '$count' ? { ...options, top: 0, count: true } : options, transformed.scope)
  const rows = matcher(options, transformed)(withFollowed(givenRows(expanded.columns), transformed.scope))
  const shaped = suffix === '$ref' && known !== undefined ? keysOnly(rows, base.set.key) : bindShape(rows, options, transformed.scope)
  const [first, ...rest] = page.order
  const each = first === undefined ? shaped.plan : sort(shaped.plan, [first, ...rest])
  const { context } = expanded
  const step: Step = {
    // The order of results may read all of them.
    kind: 'nested', from: name, name, shown: shaped.visible.map((one) => one.name), kept: expanded.columns.map((one) => one.name), each, ...(expanded.toMany ? { page: { skip: page.skip, count: page.count, ...(page.take === undefined ? {} : { take: page.take }) } } : {}),
    ...(context === undefined ? {} : { context: contextWith(context, shaped.selectList) }), ...(transformed.scope.rows === undefined ? { type: transformed.scope.entityType.qualifiedName } : {}),
  }
  return {
    over: (outer) => transformation([outer], step), text: `${name}(${shaped.selectList ?? ''})`,
    ...(known === undefined || transformed.scope.rows !== undefined ? {} : { rows: Object.freeze({ ...boundRows(transformed.scope, shaped), ...(suffix === '$ref' ? { references: true as const } : {}) }) }),
  }
}

/** A context URL's fragment with another list of what is selected. */
const contextWith = (context: string, list: string | undefined): string => {
  const [set = ''] = context.split(/[(/]/, 1)
  return `${set}${list === undefined ? '' : `(${list})`}${context.endsWith('/$entity') ? '/$entity' : ''}`
}

type Streams = NonNullable<BoundRows['streams']>

/** The streams, and what is said of them, beside the columns that are selected. */
function withStreams(selected: readonly Column[], streams: Streams, all: readonly Column[]): readonly Column[] {
  const names = new Set(streams.map(({ name }) => name))
  const told = all.filter((column) => !selected.includes(column) && names.has(column.name.slice(0, Math.max(0, column.name.indexOf('@')))))
  return [...selected, ...told, ...streams.map(({ name }) => Object.freeze({ name, type: stringType }))]
}

/** Streams that `$select` does not name stand beside what it does. */
const unselected = (streams: Streams, selected: readonly string[] | undefined): readonly string[] =>
  selected === undefined ? [] : streams.flatMap(({ name }) => (name === '$value' || selected.includes(name) || selected.includes('*') ? [] : [name]))

/** Hidden columns are never shown; of rows that can only be of one type, neither is what they say of it. */
const isShown = (column: Column, { model, entityType }: RowScope): boolean =>
  !isHidden(column) && (column.name !== '@odata.type' || model.derivedTypes(entityType.qualifiedName).length > 0)

/** A navigation of a complex value is shown within that value: of it nothing else, where it was not selected. */
function withHolder(visible: readonly Column[], { within: [first] }: ExpandTarget, all: readonly Column[]): readonly Column[] {
  const holder = first === undefined || visible.some(({ name }) => name === first) ? undefined : all.find(({ name }) => name === first)
  return holder === undefined ? visible : [...visible, Object.freeze({ ...holder, fields: [] })]
}

function printTarget({ item, navigation, within, only, cast }: ExpandTarget, list: string | undefined): readonly string[] {
  if (item.suffix !== undefined || 'repeats' in item) return []
  const again = (item.options.levels ?? 1) === 1 ? '' : '+'
  const path = [...(only === undefined ? [] : [only.qualifiedName]), ...within, navigation.name, ...(cast === undefined ? [] : [cast.qualifiedName])]
  return [`${path.join('/')}${again}(${list ?? ''})`]
}

const related = ['$apply', '$compute', '$filter', '$search', '$select', '$expand', '$orderby', '$top', '$skip', '$count', '$levels']
const relatedToOne = ['$compute', '$filter', '$select', '$expand', '$levels']

interface Related {
  /** Rows with the related ones in a column more. */
  readonly over: (rows: Plan) => Plan
  readonly selectList: string | undefined
  /** Undefined: they are no entities any more. */
  readonly rows: BoundRows | undefined
}

/** The row around, whose columns are known when the rows are. */
const seenRow: Column = expandedColumn(aroundName, 'Edm.Untyped', { toMany: false, columns: [], visible: [] })

function bindRelated(target: ExpandTarget, outer: RowScope): Related {
  const { navigation, item: { options: given, suffix }, cast } = target
  if (given.apply !== undefined && !navigation.toMany) throw invalid(`$apply transforms collections, and ${navigation.name} leads to one row.`)
  requireOptions(given, navigation.toMany ? related : relatedToOne, navigation.toMany ? `the expanded ${navigation.name}` : `the single-valued ${navigation.name}`)
  if (suffix === '$count' && !navigation.toMany) throw invalid(`$count counts a collection, and ${navigation.name} leads to one row.`)
  const found = relatedRows(target.from, navigation)
  const all = nestedOptions(target, cast === undefined ? found.scope : { ...found.scope, entityType: cast })
  const aliases = new Map([...outer.aliases, ...all.aliases])
  const options = all
  const around = optionsMentionIt(options, aliases) ? outer.around ?? (outer.nested ? undefined : outer) : undefined
  const scope: RowScope = { ...found.scope, ...(outer.identified === true ? { identified: true as const } : {}), ...(outer.annotated === true ? { annotated: true as const } : {}), aliases, nested: true, ...(around === undefined ? {} : { around }), ...(cast === undefined ? {} : { entityType: cast }) }
  const transformed = bindTransformations(options, scope)
  const perParent = bindPerParent(suffix === '$count' ? { ...options, top: 0, count: true } : options, transformed.scope)
  const match = matcher(options, transformed)
  if (asksOfItems(options) && options.select !== undefined) bindSelect(options.select, outputColumns(match(scanOf(scope))), transformed.scope)
  const base = withFollowed(scanOf(scope), scope)
  const together = around !== undefined || dependsOnOthers(match(base))
  const rows = match(together ? givenRows([...outputColumns(base), ...(around === undefined ? [] : [seenRow])]) : base)
  const shaped = suffix === undefined || transformed.scope.rows !== undefined ? bindShape(rows, options, transformed.scope) : keysOnly(rows, keyColumnNames(scope.set))
  const told = { selectList: shaped.selectList, rows: transformed.scope.rows === undefined ? boundRows(transformed.scope, shaped, { ...target, leadsTo: found.scope.entityType.qualifiedName }) : undefined }
  if (together) {
    return { ...told, over: (input) => madeTogether(input, { on: found.on, base, each: shaped.plan, page: perParent, name: target.column, toMany: navigation.toMany, ...shownTogether(shaped, transformed.scope, options), ...(around === undefined ? {} : { around: outer.around === undefined ? 'row' as const : 'same' as const }) }) }
  }
  const expanded = { ...ownNavigation(target, transformed.scope), on: found.on, related: shaped.plan, perParent, navigation: relatedColumn({ name: target.column, toMany: navigation.toMany }, scope, shaped) }
  return { ...told, over: (input) => expand(input, expanded) }
}

/** The navigation property of the source that all rows have, where the related rows are those it leads to. */
function ownNavigation({ navigation: { remoteNavigation }, from, within, only, cast }: ExpandTarget, { rows }: RowScope): Pick<Expand, 'remoteNavigation'> {
  const whole = from.entityType.qualifiedName === from.set.entityType && only === undefined && cast === undefined && within.length === 0 && rows === undefined
  return whole && remoteNavigation !== undefined && !remoteNavigation.includes('/') ? { remoteNavigation } : {}
}

/** How rows are shown that were made together; what `$apply` made says what it is. */
function shownTogether({ plan, visible, selectList }: Shaped, scope: RowScope, { apply }: QueryOptions): Pick<MadeTogether, 'shown' | 'context' | 'type' | 'kept' | 'narrowed'> {
  const whole = new Map(outputColumns(plan).map((column) => [column.name, column.fields]))
  const narrowed = visible.filter((column) => column.expanded === undefined && column.fields !== undefined && column.fields !== whole.get(column.name))
  return {
    ...(narrowed.length === 0 ? {} : { narrowed }),
    shown: visible.map(({ name }) => name),
    ...(apply === undefined ? {} : { context: `${scope.set.name}${selectList === undefined ? '' : `(${selectList})`}` }),
    ...(scope.rows === undefined ? { type: scope.entityType.qualifiedName, ...(scope.identified === true ? { kept: scope.set.key } : {}) } : {}),
  }
}

/** Rows that are only referred to: their ids are made of their keys. */
export const keysOnly = (plan: Plan, key: readonly string[]): Shaped =>
  ({ plan, visible: outputColumns(plan).filter(({ name }) => key.includes(name) || isGap(name)), selectList: undefined, related: new Map() })

/** Columns that hold a key of the rows above. */
const isGap = (name: string): boolean => /^~\d+$/.test(name)

/** What rows are, as what is told of them needs it. */
export function boundRows(scope: RowScope, { related: inner, items, unshown = [], streams }: Shaped, target?: ExpandTarget & { readonly leadsTo: string }): BoundRows {
  return Object.freeze({
    set: scope.set, entityType: scope.entityType.qualifiedName, related: inner,
    ...(scope.place === undefined ? {} : { place: scope.place }),
    ...(items === undefined ? {} : { items }),
    ...(unshown.length === 0 ? {} : { unshown }),
    ...(streams === undefined ? {} : { streams }),
    ...(scope.entityType.qualifiedName === scope.set.entityType ? {} : { cast: true as const }),
    ...(target?.cast === undefined || target.cast.qualifiedName === target.leadsTo ? {} : { castWithin: true as const }),
    ...(target?.item.suffix === '$ref' ? { references: true as const } : {}),
    ...(target?.item.suffix === '$count' ? { countOnly: true as const } : {}),
    ...(target === undefined || target.within.length === 0 ? {} : holderOf(target)),
    ...(target?.alternative === undefined ? {} : { alternative: { ...target.alternative, declared: target.leadsTo } }),
    ...(target?.only === undefined ? {} : { only: [target.only.qualifiedName, ...scope.model.derivedTypes(target.only.qualifiedName)] }),
  })
}

/** The complex value that rows are shown within, and what it has to be for that. */
function holderOf({ within, navigation, from: { model } }: ExpandTarget): Pick<BoundRows, 'holder' | 'held'> {
  const names = within.filter((name) => !name.includes('.'))
  const held = within.flatMap((name, index) => (name.includes('.') ? [{ depth: within.slice(0, index).filter((one) => !one.includes('.')).length, types: [name, ...model.derivedTypes(name)] }] : []))
  return { holder: [...names, navigation.name], ...(held.length === 0 ? {} : { held }) }
}

/** The column of expanded rows: all columns the related plan yields, with what is shown of them. */
export function relatedColumn(navigation: Pick<ExposedNavigation, 'name' | 'toMany'>, scope: RowScope, shaped: Pick<Shaped, 'plan' | 'visible'>): Column {
  const shown = new Map(shaped.visible.map((column) => [column.name, column]))
  const columns = outputColumns(shaped.plan).map((column) => shown.get(column.name) ?? column)
  return expandedColumn(navigation.name, scope.entityType.qualifiedName, { toMany: navigation.toMany, columns, visible: shaped.visible.map(({ name }) => name), ...(scope.identified === true ? { kept: scope.set.key } : {}) })
}

function bindPerParent(options: QueryOptions, scope: RowScope): PerParent {
  const order = bindOrder(options.orderby ?? [], scope)
  const cuts = options.top !== undefined || (options.skip ?? 0) > 0
  if (order.length === 0 && !cuts && options.count !== true) return everyRelated
  const total = order.length > 0 || cuts ? [...order, ...keyOrder(order, scope)] : []
  return { order: total, skip: options.skip ?? 0, ...(options.top === undefined ? {} : { take: options.top }), count: options.count === true }
}
