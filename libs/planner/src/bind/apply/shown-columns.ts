import type { ExposedNavigation } from '@tributary/catalog'
import type { ExpandItem } from '@tributary/odata-url'
import type { Column } from '@tributary/plan'
import { unsupported } from '../refusal.js'
import type { RowScope } from '../row-scope.js'

/** What `$expand` names of rows that `$apply` made: columns that hold related rows already, and navigations that still lead somewhere. */
export interface ShownOfResult {
  /** Without the columns of `join` that nobody expands. */
  readonly columns: readonly Column[]
  /** Columns of `join` that are expanded, whatever is selected. */
  readonly joined: readonly Column[]
  /** What is still to be expanded. */
  readonly expand: readonly ExpandItem[]
}

/**
 * The columns that are shown of rows; related rows that `join` put beside a row only where `$expand` names them.
 * @throws HUB_QUERY_UNSUPPORTED for options over such related rows
 */
export function shownOfResult(columns: readonly Column[], expand: readonly ExpandItem[], { unshown }: RowScope): ShownOfResult {
  const named = new Set<string>()
  const rest = expand.filter((item) => {
    const name = aliasOf(item)
    if (name === undefined || unshown?.has(name) !== true) return true
    const option = [...item.options.spans.keys()][0]
    if (option !== undefined || item.suffix !== undefined) throw unsupported(`The option ${option ?? item.suffix ?? ''} for ${name}, which join made`, 'Transform the related rows within join.')
    named.add(name)
    return false
  })
  return { columns: columns.filter(({ name }) => unshown?.has(name) !== true || named.has(name)), joined: columns.filter(({ name }) => named.has(name)), expand: rest }
}

function aliasOf({ target }: ExpandItem): string | undefined {
  const [segment, ...more] = Array.isArray(target) ? target : []
  return segment !== undefined && more.length === 0 && 'name' in segment ? segment.name : undefined
}

/**
 * Rows of a result can be expanded along a navigation while they have its join columns.
 * @throws HUB_QUERY_UNSUPPORTED naming the column that was aggregated away
 */
export function requireJoinColumns({ rows }: RowScope, { name, on }: ExposedNavigation): void {
  if (rows?.some((column) => column.name === name) === true) throw unsupported(`$expand of ${name}, by which $apply groups`, 'It is shown without being expanded.')
  const missing = on.find(({ from }) => rows?.some((column) => column.name === from) === false)
  if (missing !== undefined || (rows !== undefined && on.length === 0)) {
    throw unsupported(`$expand of ${name} in the result of $apply`, missing === undefined ? 'Nothing says how its rows belong together.' : `Its rows are found by ${missing.from}, which was aggregated away: group by it as well.`)
  }
}

/** What stands in the context URL for rows without `$select`: what all of them have. Undefined: as the type says. */
export function namesOfResult(visible: readonly Column[], { rows, computed, shown = [] }: RowScope): readonly string[] | undefined {
  if (rows !== undefined) {
    const always = rows.filter(({ derived, name }) => derived !== true && !name.startsWith('@')).map(printColumn)
    return always.length === 0 ? ['@Core.AnyStructure'] : always
  }
  const names = new Set(visible.map(({ name }) => name))
  const beside = [...computed.values(), ...shown].filter(({ name, derived }) => names.has(name) && derived !== true && !name.startsWith('@'))
  if (beside.length === 0) return undefined
  return [...(beside.some(({ expanded }) => expanded === undefined) ? ['*'] : []), ...beside.map(printColumn)]
}

/** A column of a result as the context URL shows it. */
export function printColumn({ name, type, expanded }: Column): string {
  if (expanded === undefined) return name
  if (type.name !== 'Edm.Untyped') return `${name}()`
  const shown = expanded.columns.filter((column) => expanded.visible.includes(column.name) && column.derived !== true && !column.name.startsWith('@'))
  return `${name}(${shown.map(printColumn).join(',')})`
}
