import type { ExpandItem, QueryOptions } from '@tributary/odata-url'
import { dialect401, printOptions } from '@tributary/odata-url'
import { type Column, isStored, type RowsPage, type Value, withRowsChanged } from '@tributary/plan'
import type { BoundRows } from '@tributary/planner'
import { isRecord } from './is-record.js'
import { isPartial, type QueryRun } from './query-run.js'
import { rowIds } from './row-ids.js'

type Change = (row: readonly Value[]) => readonly Value[]

/**
 * Gives the parts that are missing from rows their addresses here, so that a client can ask for them again: `Customers('x')/Orders?$top=2`.
 * Undefined where nothing can be missing.
 * @see OData JSON Format 4.01, section 21.3; Core vocabulary, ResourceExceptionType/retryLink
 */
export function retryLinks(run: QueryRun): ((page: RowsPage) => RowsPage) | undefined {
  const { root, bound, expand } = run
  if (!isPartial(run) || expand === undefined) return undefined
  const known = new WeakMap<readonly Column[], Change>()
  return ({ columns, rows }) => {
    const change = known.get(columns) ?? linked({ root, columns }, bound.rows, expand)
    known.set(columns, change)
    return { kind: 'rows', columns, rows: rows.map(change) }
  }
}

interface Rows {
  readonly root: string
  readonly columns: readonly Column[]
}

function linked({ root, columns }: Rows, bound: BoundRows, items: readonly ExpandItem[]): Change {
  const parts = items.flatMap((item) => {
    const name = navigationOf(item)
    const at = columns.findIndex((column) => column.name === name && column.expanded !== undefined)
    const [column, related] = [columns[at], bound.related.get(name ?? '')]
    if (name === undefined || column?.expanded === undefined || related === undefined) return []
    const query = queryOf(item.options)
    const behind = query === undefined ? undefined : `/${encodeURIComponent(name)}${query === '' ? '' : `?${query}`}`
    return [{ at, behind, within: linked({ root, columns: column.expanded.columns }, related, item.options.expand ?? []) }]
  })
  if (parts.length === 0) return (row) => row
  let idOf: ReturnType<typeof rowIds>
  return (row) => parts.reduce<readonly Value[]>((made, { at, behind, within }) => {
    const value = made[at]
    if (!isMissingPart(value)) return within === undefined ? made : made.with(at, eachRow(value, within))
    idOf ??= rowIds(root, bound, columns)
    const id = idOf?.(row)
    return id === undefined || behind === undefined ? made : made.with(at, { missing: { ...value.missing, retry: `${id}${behind}` } })
  }, row)
}

/** The one navigation property that an item names; undefined for all else that may stand in `$expand`. */
function navigationOf({ target, suffix }: ExpandItem): string | undefined {
  if (!Array.isArray(target) || target.length !== 1 || suffix !== undefined) return undefined
  const [segment] = target as readonly { readonly kind: string; readonly name?: string }[]
  return segment?.kind === 'navigation' || segment?.kind === 'unknown' ? segment.name : undefined
}

/** The nested options as those of a request; undefined where they mean something only where they stand. */
function queryOf(options: QueryOptions): string | undefined {
  if (options.levels !== undefined) return undefined
  const text = printOptions(options, dialect401)
  return /@|%40|\$it\b|\$this\b/.test(text) ? undefined : text
}

const isMissingPart = (value: Value): value is { readonly missing: Readonly<Record<string, Value>> } => isRecord(value) && !isStored(value) && isRecord(value['missing']) && !('rows' in value)

const eachRow = (value: Value, change: Change): Value => (Array.isArray(value) ? (change(value as readonly Value[]) as Value) : withRowsChanged(value, (rows) => rows.map(change)))
