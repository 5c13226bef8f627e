import type { ExposedNavigation } from '@tributary/catalog'
import type { ExpandItem } from '@tributary/odata-url'
import type { Column } from '@tributary/plan'
import { unsupported } from '../refusal.js'
import type { RowScope } from '../row-scope.js'

/** What `$expand` asks of rows that stand in a column of a result. */
export interface RowsWithin {
  readonly item: ExpandItem
  readonly column: Column
}

/** What `$expand` names of rows that `$apply` made: columns that hold rows already, and navigations that still lead somewhere. */
export interface ShownOfResult {
  /** Without the columns of `join` that nobody expands. */
  readonly columns: readonly Column[]
  /** Columns that are expanded, whatever is selected. */
  readonly joined: readonly Column[]
  /** What is asked of them. */
  readonly items: readonly RowsWithin[]
  /** What is still to be expanded. */
  readonly expand: readonly ExpandItem[]
}

/** The columns that are shown of rows; related rows that `join` put beside a row only where `$expand` names them. */
export function shownOfResult(columns: readonly Column[], expand: readonly ExpandItem[], { unshown, rows, computed }: RowScope): ShownOfResult {
  const items = expand.flatMap((item): readonly RowsWithin[] => {
    const column = columns.find(({ name, expanded }) => expanded !== undefined && name === aliasOf(item))
    return column !== undefined && (rows !== undefined || computed.has(column.name)) ? [{ item, column }] : []
  })
  const named = new Set(items.map(({ column }) => column.name))
  return {
    columns: columns.filter(({ name }) => unshown?.has(name) !== true || named.has(name)), items,
    joined: items.map(({ column }) => column), expand: expand.filter((item) => !items.some((one) => one.item === item)),
  }
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
  const missing = on.find(({ from }) => rows?.some((column) => column.name === from) === false)
  if (missing !== undefined || (rows !== undefined && on.length === 0)) {
    throw unsupported(`$expand of ${name} in the result of $apply`, missing === undefined ? 'Nothing says how its rows belong together.' : `Its rows are found by ${missing.from}, which was aggregated away: group by it as well.`)
  }
}

/** What stands in the context URL for rows without `$select`: what all of them have, `more` telling that something is named beside. Undefined: as the type says. */
export function namesOfResult(visible: readonly Column[], { rows, computed, shown = [] }: RowScope, more = false): readonly string[] | undefined {
  if (rows !== undefined) {
    const always = rows.filter(({ derived, name }) => derived !== true && !name.startsWith('@')).map(printColumn)
    return always.length === 0 && !more ? ['@Core.AnyStructure'] : always
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
  return `${name}(${shown.length === 0 ? '@Core.AnyStructure' : shown.map(printColumn).join(',')})`
}
