import type { ExpandedRow } from './page.js'
import type { Value } from './value.js'

/**
 * Related rows of one row that are more than may be held: in the place of `ExpandedRows`, with their number where that was asked for. They lie beyond
 * memory for as long as the request lasts, and are read page by page, as often as somebody goes through them.
 */
export type StoredRows = {
  readonly [Symbol.asyncIterator]: () => AsyncIterator<readonly ExpandedRow[]>
  readonly count?: number
}

/** Whether an expanded column's value is rows that are read by and by. */
export const isStored = (value: Value): value is StoredRows => typeof value === 'object' && value !== null && Symbol.asyncIterator in value

/** The rows of `pages`, as the value of an expanded column. */
export const storedRows = (pages: () => AsyncIterable<readonly ExpandedRow[]>, count?: number): StoredRows =>
  Object.freeze({ [Symbol.asyncIterator]: () => pages()[Symbol.asyncIterator](), ...(count === undefined ? {} : { count }) })

/** The value of a to-many column with its rows changed page by page, whether they are held or stored; what holds no rows stays as it is. */
export function withRowsChanged(value: Value, change: (rows: readonly ExpandedRow[]) => readonly ExpandedRow[]): Value {
  if (isStored(value)) return storedRows(() => changedPages(value, change), value.count)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const { rows } = value as { readonly rows?: Value }
  return Array.isArray(rows) ? { ...value, rows: change((rows as readonly Value[]).filter((row): row is readonly Value[] => Array.isArray(row))) } : value
}

async function* changedPages(pages: AsyncIterable<readonly ExpandedRow[]>, change: (rows: readonly ExpandedRow[]) => readonly ExpandedRow[]): AsyncGenerator<readonly ExpandedRow[]> {
  for await (const rows of pages) yield change(rows)
}
