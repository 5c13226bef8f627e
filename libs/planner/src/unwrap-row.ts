import { type Column, type ExpandedRow, type ExpandedRows, isStored, type StoredRows, type Value } from '@tributary/plan'
import type { BoundQuery } from './bound-query.js'

/** The answer's rows within the one row a navigation path begins with. */
export type Unwrapped =
  | { readonly kind: 'rows'; readonly rows: readonly ExpandedRow[]; readonly count?: number }
  /** So many that they are read by and by. */
  | { readonly kind: 'stored'; readonly rows: StoredRows }
  /** A row on the way does not exist: 404. */
  | { readonly kind: 'absent' }
  /** The last to-one navigation leads to nothing: 204. */
  | { readonly kind: 'null' }

const absent: Unwrapped = Object.freeze({ kind: 'absent' })
const nothing: Unwrapped = Object.freeze({ kind: 'null' })

/**
 * Looks through the navigation columns `bound.unwrap` of a row of the bound plan; `columns` are that plan's output columns.
 * The rows found have the values of `bound.columns`.
 */
export function unwrapRow(bound: Pick<BoundQuery, 'unwrap' | 'shape'>, columns: readonly Column[], row: ExpandedRow): Unwrapped {
  let current = row
  let currentColumns = columns
  for (const [depth, name] of bound.unwrap.entries()) {
    const last = depth === bound.unwrap.length - 1
    const index = currentColumns.findIndex((column) => column.name === name)
    const shape = currentColumns[index]?.expanded
    const value: Value | ExpandedRows = current[index]
    if (shape === undefined || value === null || value === undefined) return last && shape?.toMany === false ? nothing : absent
    if (last && isStored(value)) return { kind: 'stored', rows: value }
    const found = shape.toMany ? expandedRows(value) : { rows: [asRow(value)] }
    if (last) return found.rows.length === 0 && bound.shape !== 'collection' && bound.shape !== 'count' ? absent : { kind: 'rows', ...found }
    const [next] = found.rows
    if (next === undefined) return absent
    current = next
    currentColumns = shape.columns
  }
  return { kind: 'rows', rows: [current] }
}

const asRow = (value: Value): ExpandedRow => (Array.isArray(value) ? value : [])

function expandedRows(value: Value): ExpandedRows {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { rows: [] }
  const { rows, count } = value as ExpandedRows & Readonly<Record<string, Value>>
  return { rows, ...(typeof count === 'number' ? { count } : {}) }
}
