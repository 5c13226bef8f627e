import type { ExposedNavigation, ExposedSet } from '@tributary/catalog'
import { hubError } from '@tributary/errors'
import type { ExpandItem, QueryOptions } from '@tributary/odata-url'
import { type Column, everyRelated, expand, expandedColumn, outputColumns, type PerParent, type Plan } from '@tributary/plan'
import { bindOrder, keyOrder } from './bind-order.js'
import { bindSelect, requireOptions } from './bind-select.js'
import { bindTransformations } from './bind-transformations.js'
import { printSelectList } from './context-fragment.js'
import { isHidden } from './followed-paths.js'
import { matching } from './matching.js'
import { requireNavigation } from './navigations.js'
import { relatedRows } from './related-scope.js'
import { invalid, unknownProperty, unsupported } from './refusal.js'
import type { RowScope } from './row-scope.js'
import { scanOf } from './scan-set.js'

/** Rows with their `$filter`, `$expand` and `$select` done. */
export interface Shaped {
  readonly plan: Plan
  /** Columns that are shown, expanded navigation properties last. */
  readonly visible: readonly Column[]
  /** What stands in the parentheses of the context URL; undefined: none are needed. */
  readonly selectList: string | undefined
}

/**
 * Binds `$select` and `$expand` (any depth) over rows; the related rows are joined by the navigation's columns.
 * @throws HUB_QUERY_UNSUPPORTED naming the navigation that cannot be followed, HUB_QUERY_UNKNOWN_PROPERTY, HUB_QUERY_INVALID
 */
export function bindShape(input: Plan, options: QueryOptions, scope: RowScope): Shaped {
  const selection = bindSelect(options.select, outputColumns(input).filter((column) => !isHidden(column)), scope)
  if (scope.rows !== undefined && options.expand !== undefined) throw unsupported('$expand of the result of $apply')
  const items = itemsOf(options.expand ?? [], scope)
  const seen = new Set<string>()
  let plan = input
  const expanded: Column[] = []
  const lists: string[] = []
  for (const { navigation, item } of items) {
    if (seen.has(navigation.name)) throw invalid(`The navigation property ${navigation.name} is expanded twice.`)
    seen.add(navigation.name)
    const related = bindRelated(navigation, item, scope)
    plan = expand(plan, related)
    expanded.push(related.navigation)
    lists.push(`${navigation.name}(${related.selectList ?? ''})`)
  }
  const names = selection.names ?? (scope.rows === undefined ? undefined : scope.rows.map(printColumn))
  return { plan, visible: [...selection.columns, ...expanded], selectList: printSelectList(names, lists) }
}

/** A column of a result as the context URL shows it. */
const printColumn = ({ name, expanded }: Column): string => (expanded === undefined ? name : `${name}(${expanded.columns.map(printColumn).join(',')})`)

interface Item {
  readonly navigation: ExposedNavigation
  readonly item: ExpandItem
}

/** What is expanded: a navigation property that is named goes before `*`. */
function itemsOf(expand: readonly ExpandItem[], scope: RowScope): readonly Item[] {
  const items = expand.flatMap((item) => navigationsOf(item, scope).map((navigation) => ({ navigation, item })))
  const named = new Set(items.flatMap(({ navigation, item }) => (item.target === 'all' ? [] : [navigation.name])))
  return items.filter(({ navigation, item }) => item.target !== 'all' || !named.has(navigation.name))
}

function navigationsOf(item: ExpandItem, scope: RowScope): readonly ExposedNavigation[] {
  if (item.suffix !== undefined) throw unsupported(`${item.suffix} within $expand`)
  if (item.target === 'all') return [...scope.set.navigations.values()]
  if (item.target === '$value') throw unsupported('$value in $expand')
  const [segment, ...more] = item.target
  if (segment === undefined || more.length > 0) throw unsupported('A path of several segments in $expand', 'Expand the navigation property itself, and nest further ones.')
  switch (segment.kind) {
    case 'navigation': return [requireNavigation(scope, segment.name)]
    case 'star': return [...scope.set.navigations.values()]
    case 'property': throw unsupported(`The property ${segment.name} in $expand`, 'Only navigation properties are expanded.')
    case 'unknown': throw unknownProperty(scope.entityType.qualifiedName, segment.name, scope.set.navigations.keys())
    default: throw unsupported(`A ${segment.kind} in $expand`)
  }
}

const related = ['$compute', '$filter', '$search', '$select', '$expand', '$orderby', '$top', '$skip', '$count', '$levels']
const relatedToOne = ['$compute', '$filter', '$select', '$expand', '$levels']

interface Related {
  readonly navigation: Column
  readonly on: Parameters<typeof expand>[1]['on']
  readonly related: Plan
  readonly perParent: PerParent
  readonly selectList: string | undefined
}

/** Levels of a recursive expand; `max` means as many. */
const mostLevels = 10
/** Levels of `*`, each of which multiplies what is expanded. */
const mostLevelsOfAll = 3

/** The options of related rows; while levels are left, the same item is expanded of them again, where they have the navigation. */
function nestedOptions({ target, options }: ExpandItem, navigation: ExposedNavigation, related: ExposedSet): QueryOptions {
  const most = target === 'all' ? mostLevelsOfAll : mostLevels
  const levels = options.levels === 'max' ? most : (options.levels ?? 1)
  if (levels > most) throw hubError('HUB_QUERY_LIMIT', { limit: most, what: 'levels of one expand' }, { target: '$levels' })
  if (levels < 1) throw invalid('$levels is a number of levels from 1, or max.')
  const again = levels > 1 && (target === 'all' || related.navigations.has(navigation.name))
  if (!again) return options
  const inner: ExpandItem = { target, options: { ...options, levels: levels - 1 }, span: options.spans.get('$levels') ?? { start: 0, end: 0 } }
  return { ...options, expand: [...(options.expand ?? []), inner] }
}

function bindRelated(navigation: ExposedNavigation, item: ExpandItem, outer: RowScope): Related {
  const { options: given } = item
  requireOptions(given, navigation.toMany ? related : relatedToOne, navigation.toMany ? `the expanded ${navigation.name}` : `the single-valued ${navigation.name}`)
  const found = relatedRows(outer, navigation)
  const options = nestedOptions(item, navigation, found.scope.set)
  const aliases = new Map([...outer.aliases, ...options.aliases])
  const scope: RowScope = { ...found.scope, aliases, nested: true }
  const transformed = bindTransformations(options, scope)
  const perParent = bindPerParent(options, transformed.scope)
  const shaped = bindShape(matching(scanOf(scope), options, transformed), options, transformed.scope)
  return {
    on: found.on,
    related: shaped.plan,
    perParent,
    selectList: shaped.selectList,
    navigation: relatedColumn(navigation, scope, shaped),
  }
}

/** The column of expanded rows: all columns the related plan yields, with what is shown of them. */
export function relatedColumn(navigation: ExposedNavigation, scope: RowScope, shaped: Pick<Shaped, 'plan' | 'visible'>): Column {
  const shown = new Map(shaped.visible.map((column) => [column.name, column]))
  const columns = outputColumns(shaped.plan).map((column) => shown.get(column.name) ?? column)
  return expandedColumn(navigation.name, scope.entityType.qualifiedName, { toMany: navigation.toMany, columns, visible: shaped.visible.map(({ name }) => name) })
}

function bindPerParent(options: QueryOptions, scope: RowScope): PerParent {
  const order = bindOrder(options.orderby ?? [], scope)
  const cuts = options.top !== undefined || (options.skip ?? 0) > 0
  if (order.length === 0 && !cuts && options.count !== true) return everyRelated
  const total = order.length > 0 || cuts ? [...order, ...keyOrder(order, scope)] : []
  return { order: total, skip: options.skip ?? 0, ...(options.top === undefined ? {} : { take: options.top }), count: options.count === true }
}
