import type { ExpandItem, QueryOptions, SelectItem } from '@tributary/odata-url'
import { type Column, outputColumns } from '@tributary/plan'
import { bindSelect, requireOptions } from './bind-select.js'
import { keyColumnNames } from './key-parts.js'
import { invalid, unknownProperty, unsupported } from './refusal.js'
import type { RowScope } from './row-scope.js'
import { scanOf } from './scan-set.js'

/** How the row of one set is shown in a row of a cross join. */
export interface ShownSet {
  readonly name: string
  /** By its link only: then the columns are those of its key. */
  readonly linked: boolean
  readonly columns: readonly Column[]
  readonly selectList: string | undefined
}

/**
 * What `$select` and `$expand` show of the sets of a cross join: those that neither names by their links.
 * @throws HUB_QUERY_UNKNOWN_PROPERTY for names of other sets, HUB_QUERY_UNSUPPORTED for other options of expanded sets
 */
export function shownOfSets({ expand = [], select }: QueryOptions, members: ReadonlyMap<string, RowScope>): readonly ShownSet[] {
  const expanded = new Map(expand.flatMap((item) => setsOf(item, members).map((name): [string, readonly SelectItem[] | undefined] => [name, item.options.select])))
  const selected = select === undefined ? undefined : selectedOf(select, members)
  return [...members].flatMap(([name, scope]): readonly ShownSet[] => {
    const columns = outputColumns(scanOf(scope)).filter((column) => !column.name.startsWith('~'))
    const items = selected?.get(name)
    if (expanded.has(name) || (items !== undefined && items.length > 0)) {
      const { columns: shown, names } = bindSelect(expanded.get(name) ?? items, columns, scope)
      return [{ name, linked: false, columns: shown, selectList: names?.join(',') }]
    }
    if (selected !== undefined && items === undefined) return []
    return [{ name, linked: true, columns: columns.filter((column) => keyColumnNames(scope.set).includes(column.name)), selectList: undefined }]
  })
}

function setsOf({ target, suffix, options }: ExpandItem, members: ReadonlyMap<string, RowScope>): readonly string[] {
  if (suffix !== undefined || target === '$value') throw unsupported(`${suffix ?? target.toString()} in $expand of a $crossjoin`)
  requireOptions(options, ['$select'], 'an expanded set of $crossjoin')
  if (target === 'all') return [...members.keys()]
  const [segment, ...more] = target
  if (segment === undefined || more.length > 0 || !('name' in segment)) throw unsupported('A path in $expand of a $crossjoin')
  return [known(segment.name, members)]
}

/** What is selected of each set: its properties, or with none the set's link. */
function selectedOf(items: readonly SelectItem[], members: ReadonlyMap<string, RowScope>): ReadonlyMap<string, readonly SelectItem[]> {
  const found = new Map<string, SelectItem[]>()
  for (const item of items) {
    if (item.kind === 'allOperations') throw invalid('A $crossjoin has no operations.')
    if (item.kind === 'all') {
      for (const name of members.keys()) found.set(name, found.get(name) ?? [])
      continue
    }
    const [segment, ...rest] = item.segments
    if (segment === undefined || !('name' in segment)) throw unsupported('Such a path in $select of a $crossjoin')
    const name = known(segment.name, members)
    const inner = found.get(name) ?? []
    found.set(name, rest.length === 0 ? inner : [...inner, { ...item, segments: rest }])
  }
  return found
}

function known(name: string, members: ReadonlyMap<string, RowScope>): string {
  if (!members.has(name)) throw unknownProperty(`$crossjoin(${[...members.keys()].join(',')})`, name, members.keys())
  return name
}
