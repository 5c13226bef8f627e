import type { ExpandedRow, ExpandedRows, MissingPart } from '@tributary/plan'
import { rowBytes } from './row-bytes.js'

/** What a key joins to, as the expanded column carries it. Null: no row, to-one. */
export type Related = ExpandedRow | ExpandedRows | MissingPart | null

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

/** An empty cache for at most `maxRows` rows of roughly `maxBytes` bytes. */
export function relatedCache(maxRows: number, maxBytes: number): RelatedCache {
  // A Map iterates in the order of insertion: what is used is inserted anew, so the first is the least recently used.
  const kept = new Map<string, Kept>()
  let rows = 0
  let bytes = 0
  const drop = (hash: string, entry: Kept): void => {
    kept.delete(hash)
    rows -= entry.rows
    bytes -= entry.bytes
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
      kept.set(hash, entry)
      rows += entry.rows
      bytes += entry.bytes
      for (const [oldest, first] of kept) {
        if (rows <= maxRows && bytes <= maxBytes) break
        drop(oldest, first)
      }
    },
  }
}

/** A key without rows counts as one row, so that absent keys are bounded too. */
function weigh(hash: string, related: Related): Kept {
  const rows = rowsOf(related)
  const bytes = rows.reduce((sum, row) => sum + rowBytes(row), 64 + hash.length)
  return { related, rows: Math.max(1, rows.length), bytes }
}

/** The rows of an expanded value. */
export function rowsOf(related: Related): readonly ExpandedRow[] {
  if (related === null || isMissing(related)) return []
  return 'rows' in related ? related.rows : [related]
}
