import { type Column, type ExpandedRow, type ExpandedShape, isStored, storedRows, type Value, type ValueType, withRowsChanged } from '@tributary/plan'
import type { BoundRows } from '@tributary/planner'
import { isRecord } from './is-record.js'

/** Expanded rows as they are shown: their column, and their value in a row above. */
export interface Piece {
  readonly at: number
  readonly column: Column
  readonly value: (values: readonly Value[]) => Value
}

/** One of the ways in which a navigation is expanded, and what it is about. */
export interface AlternativePiece {
  readonly piece: Piece
  readonly rows: BoundRows
}

const text: ValueType = Object.freeze({ name: 'Edm.String', base: 'Edm.String', collection: false })
const typeColumn: Column = Object.freeze({ name: '@odata.type', type: text })

/** Qualified name behind `#`. */
export const toldType = (value: Value): string | undefined => (typeof value === 'string' ? value.slice(value.lastIndexOf('#') + 1) : undefined)

/**
 * Rows of one navigation that are expanded in several ways, told apart by casts, as one collection: each row stands in the narrowest way it
 * fits, and says its type, for no context does.
 */
export function mergedPiece(above: readonly Column[], ways: readonly [AlternativePiece, ...AlternativePiece[]]): Piece {
  const typeAt = above.findIndex(({ name }) => name === typeColumn.name)
  const [{ piece: first, rows: { alternative } }] = ways
  const shape = first.column.expanded
  const columns: Column[] = [typeColumn]
  const parts = ways.map((way) => placed(way, columns))
  const visible = [...new Set(ways.flatMap(({ piece }) => piece.column.expanded?.visible ?? []))]
  const toMany = shape?.toMany ?? true
  const merge = toMany ? manyOf : oneOf
  return {
    at: first.at,
    column: { ...first.column, name: alternative?.into ?? first.column.name, expanded: { toMany, columns, visible } },
    value: (values) => {
      const type = toldType(values[typeAt])
      return merge(parts.flatMap((part) => (type !== undefined && part.isOthers(type) ? [] : [part.rowsOf(values)])))
    },
  }
}

interface Part {
  /** Rows above of such a type are shown another way. */
  readonly isOthers: (type: string) => boolean
  readonly rowsOf: (values: readonly Value[]) => Value
}

/** Puts the columns of one way behind those of the others; columns that are the same stand once. */
function placed({ piece, rows: { alternative, entityType } }: AlternativePiece, columns: Column[]): Part {
  const shape = piece.column.expanded
  const shown = new Set(shape?.visible)
  const ownType = shape?.columns.findIndex(({ name }) => name === typeColumn.name) ?? -1
  const moves = (shape?.columns ?? []).flatMap((column, from) => (from !== ownType && (shown.has(column.name) || column.name.includes('@')) ? [{ from, to: placeOf(column, columns) }] : []))
  const width = (): number => columns.length
  const others = new Set(alternative?.otherRows)
  const moved = (row: readonly Value[]): readonly (readonly Value[])[] => {
    const type = toldType(row[ownType]) ?? entityType
    if (others.has(type)) return []
    const made: Value[] = Array.from({ length: width() }, () => undefined)
    made[0] = type === alternative?.declared && row[ownType] === undefined ? undefined : `#${type}`
    for (const { from, to } of moves) made[to] = row[from]
    return [made]
  }
  const parents = new Set(alternative?.otherParents)
  return { isOthers: (type) => parents.has(type), rowsOf: (values) => eachMoved(piece.value(values), shape, moved) }
}

function placeOf(column: Column, columns: Column[]): number {
  const same = column.expanded === undefined ? columns.findIndex((other) => other.name === column.name && other.expanded === undefined && other.type.name === column.type.name && other.type.collection === column.type.collection) : -1
  if (same >= 0) {
    const known = columns[same]
    if (known !== undefined && known.fields !== column.fields) columns[same] = { ...known, fields: [...new Map([...(known.fields ?? []), ...(column.fields ?? [])].map((field) => [field.name, field])).values()] }
    return same
  }
  return columns.push(column) - 1
}

function eachMoved(value: Value, shape: ExpandedShape | undefined, moved: (row: readonly Value[]) => readonly (readonly Value[])[]): Value {
  if (shape?.toMany === false) return Array.isArray(value) ? (moved(value)[0] as Value ?? null) : value
  return withRowsChanged(value, (rows) => rows.flatMap(moved))
}

/** What is missing of one way is missing of all. */
const missing = (values: readonly Value[]): Value => values.find((value) => isRecord(value) && !isStored(value) && !Array.isArray(value['rows']))

function manyOf(values: readonly Value[]): Value {
  const present = values.filter(isRecord)
  if (present.length === 0) return undefined
  const gone = missing(present)
  if (gone !== undefined) return gone
  const counts = present.flatMap(({ count }) => (typeof count === 'number' ? [count] : []))
  const count = counts.length === present.length ? { count: counts.reduce((sum, one) => sum + one, 0) } : {}
  if (present.some((value) => isStored(value))) return storedRows(() => pagesOf(present), count.count)
  return { rows: present.flatMap(({ rows }) => rows as Value[]), ...count }
}

/** The rows of one way behind those of the other. */
async function* pagesOf(values: readonly Value[]): AsyncGenerator<readonly ExpandedRow[]> {
  for (const value of values) {
    if (isStored(value)) yield* value
    else if (isRecord(value)) yield value['rows'] as readonly ExpandedRow[]
  }
}

const oneOf = (values: readonly Value[]): Value => values.find((value) => value !== null && value !== undefined) ?? (values.some((value) => value === null) ? null : undefined)
