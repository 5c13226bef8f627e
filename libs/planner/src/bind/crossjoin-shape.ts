import type { ExpandItem, QueryOptions, SelectItem } from '@tributary/odata-url'
import { type Column, outputColumns, type Plan } from '@tributary/plan'
import { bindShape, type Shaped } from './bind-expand.js'
import { requireOptions } from './bind-select.js'
import { withFollowed } from './followed-paths.js'
import { keyColumnNames } from './key-parts.js'
import { invalid, unknownProperty } from './refusal.js'
import type { RowScope } from './row-scope.js'
import { scanOf } from './scan-set.js'

/** How the row of one set is shown in a row of a cross join. */
export interface ShownSet {
  readonly name: string
  /** By its link only, or by its id: then the columns are those of its key. */
  readonly linked: boolean
  readonly references: boolean
  readonly columns: readonly Column[]
  readonly selectList: string | undefined
  /** Of an expanded set: what is expanded of its rows in turn, and which items of their collections are meant. */
  readonly shaped?: Shaped
  /** The rows with what is expanded of them. */
  readonly over: (rows: Plan) => Plan
}

type Members = ReadonlyMap<string, RowScope>

/**
 * What `$select` and `$expand` show of the sets of a cross join: those that neither names by their links.
 * @param computed names that are no set's
 * @throws HUB_QUERY_UNKNOWN_PROPERTY for names of other sets, HUB_QUERY_INVALID for options that do not apply to an expanded set
 */
export function shownOfSets({ expand = [], select }: QueryOptions, members: Members, computed: ReadonlySet<string>): readonly ShownSet[] {
  const expanded = new Map(expand.flatMap((item) => setsOf(item, members).map((name): [string, ExpandItem] => [name, item])))
  const selected = select === undefined ? undefined : selectedOf(select, members, computed)
  return [...members].flatMap(([name, scope]): readonly ShownSet[] => {
    const item = expanded.get(name)
    const items = selected?.get(name)
    if (item?.suffix === '$ref') return [byKey(name, scope, { references: true })]
    if (item !== undefined || (items !== undefined && items.length > 0)) return [whole(name, scope, item === undefined ? { select: items ?? [] } : optionsOf(item))]
    return selected !== undefined && items === undefined ? [] : [byKey(name, scope, { references: false })]
  })
}

function byKey(name: string, scope: RowScope, { references }: { readonly references: boolean }): ShownSet {
  const key = keyColumnNames(scope.set)
  return { name, linked: !references, references, columns: columnsOf(scope).filter((column) => key.includes(column.name)), selectList: undefined, over: (rows) => rows }
}

const columnsOf = (scope: RowScope): readonly Column[] => outputColumns(scanOf(scope)).filter((column) => !column.name.startsWith('~'))

function whole(name: string, scope: RowScope, asked: Pick<QueryOptions, 'select' | 'expand'>): ShownSet {
  const options: QueryOptions = { aliases: scope.aliases, custom: [], spans: new Map(), ...asked }
  const shape = (rows: Plan): Shaped => bindShape(rows, options, scope)
  const shaped = shape(withFollowed(scanOf(scope), scope))
  return { name, linked: false, references: false, columns: shaped.visible, selectList: shaped.selectList, shaped, over: (rows) => shape(rows).plan }
}

/** `Orders/Customer(…)` is the same as `Orders($expand=Customer(…))`. */
function optionsOf({ target, options, suffix, span }: ExpandItem): Pick<QueryOptions, 'select' | 'expand'> {
  const [, ...rest] = Array.isArray(target) ? target : []
  if (rest.length > 0) return { expand: [{ target: rest, options, span, ...(suffix === undefined ? {} : { suffix }) }] }
  const { select, expand } = options
  return { ...(select === undefined ? {} : { select }), ...(expand === undefined ? {} : { expand }) }
}

function setsOf({ target, suffix, options }: ExpandItem, members: Members): readonly string[] {
  if (target === '$value') throw invalid('A $crossjoin is no stream.')
  if (target === 'all') return [...members.keys()]
  const [segment, ...more] = target
  if (segment === undefined || !('name' in segment)) throw invalid('$expand of a $crossjoin begins with one of its sets.')
  const name = known(segment.name, members)
  if (more.length > 0) return [name]
  if (suffix === '$count') throw invalid(`$count counts a collection, and ${name} is one row of a $crossjoin.`)
  requireOptions(options, suffix === undefined ? ['$select', '$expand'] : [], 'an expanded set of $crossjoin')
  return [name]
}

/** What is selected of each set: its properties, or with none the set's link. */
function selectedOf(items: readonly SelectItem[], members: Members, computed: ReadonlySet<string>): ReadonlyMap<string, readonly SelectItem[]> {
  const found = new Map<string, SelectItem[]>()
  for (const item of items) {
    if (item.kind === 'allOperations') throw invalid('A $crossjoin has no operations.')
    if (item.kind === 'all') {
      for (const name of members.keys()) found.set(name, found.get(name) ?? [])
      continue
    }
    const [segment, ...rest] = item.segments
    if (segment === undefined || !('name' in segment)) throw invalid('$select of a $crossjoin begins with one of its sets.')
    if (computed.has(segment.name)) continue
    const name = known(segment.name, members)
    const inner = found.get(name) ?? []
    const nested = rest.length === 0 ? (item.options?.select ?? []) : [{ ...item, segments: rest }]
    found.set(name, [...inner, ...nested])
  }
  return found
}

function known(name: string, members: Members): string {
  if (!members.has(name)) throw unknownProperty(`$crossjoin(${[...members.keys()].join(',')})`, name, members.keys())
  return name
}
