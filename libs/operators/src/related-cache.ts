import { type ExpandedRow, type ExpandedRows, isStored, type MissingPart, type StoredRows } from '@tributary/plan'
import type { Memory } from './meter.js'
import { rowBytes } from './row-bytes.js'

/** What a key joins to, as the expanded column carries it. Null: no row, to-one. */
export type Related = ExpandedRow | ExpandedRows | StoredRows | MissingPart | null

/** Whether the rows could not be read. */
export const isMissing = (related: Related): related is MissingPart => related !== null && 'missing' in related

/** Related rows by key, the least recently used forgotten first. That a key has none is remembered too. */
export interface RelatedCache {
  /** Undefined: not known (any more). */
  get(hash: string): Related | undefined
  put(hash: string, related: Related): void
}

interface Kept {
  readonly related: Related
  readonly rows: number
  readonly bytes: number
}

/** What a cache may hold of the request's memory. */
export interface CacheRoom {
  readonly rows: number
  /** Bytes, roughly. */
  readonly bytes: number
  readonly memory: Memory
  /** What it holds, for errors. */
  readonly what: string
}

/** An empty cache. What it holds counts as held by the request; it forgets rather than make the request hold too much. */
export function relatedCache({ rows: maxRows, bytes: maxBytes, memory, what }: CacheRoom): RelatedCache {
  // A Map iterates in the order of insertion: what is used is inserted anew, so the first is the least recently used.
  const kept = new Map<string, Kept>()
  let rows = 0
  let bytes = 0
  const drop = (hash: string, entry: Kept): void => {
    kept.delete(hash)
    rows -= entry.rows
    bytes -= entry.bytes
    memory.release(entry.bytes)
  }
  return {
    get(hash) {
      const entry = kept.get(hash)
      if (entry === undefined) return undefined
      kept.delete(hash)
      kept.set(hash, entry)
      return entry.related
    },
    put(hash, related) {
      const previous = kept.get(hash)
      if (previous !== undefined) drop(hash, previous)
      const entry = weigh(hash, related)
      for (const [oldest, first] of kept) {
        if (rows + entry.rows <= maxRows && bytes + entry.bytes <= maxBytes && entry.bytes <= memory.left()) break
        drop(oldest, first)
      }
      if (entry.rows > maxRows || entry.bytes > Math.min(maxBytes, memory.left())) return
      memory.hold(entry.bytes, what)
      kept.set(hash, entry)
      rows += entry.rows
      bytes += entry.bytes
    },
  }
}

/** A key without rows counts as one row, so that absent keys are bounded too. */
function weigh(hash: string, related: Related): Kept {
  const rows = rowsOf(related)
  const bytes = rows.reduce((sum, row) => sum + rowBytes(row), 64 + hash.length)
  return { related, rows: Math.max(1, rows.length), bytes }
}

/** The rows of an expanded value that are held: none of those that are stored. */
export function rowsOf(related: Related): readonly ExpandedRow[] {
  if (related === null || isMissing(related) || isStored(related)) return []
  return 'rows' in related ? related.rows : [related]
}
