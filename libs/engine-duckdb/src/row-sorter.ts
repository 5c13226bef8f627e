import type { RowLines, RowSorter } from '@tributary/operators'
import { copyLines, keyColumn, keyedLines } from './keyed-lines.js'
import { readLines } from './read-lines.js'
import type { SpoolFile } from './spool-file.js'
import type { SpoolQuota } from './spool-quota.js'
import type { Statements } from './statements.js'

/** Where a request keeps its files, and what runs for it. */
export interface Place {
  /** A new file, counted against the quota; it is closed and removed with the request at the latest. */
  file(name: string): Promise<SpoolFile>
  readonly quota: SpoolQuota
  readonly statements: Statements
  readonly signal: AbortSignal
}

/**
 * Sorts on disk: the rows lie in one file beside their keys, one statement writes them to another in their order, and that is read as it
 * is. Rows never become values of the database's, nor of JavaScript's.
 */
export async function rowSorter({ file, quota, statements, signal }: Place, name: string, order: SortOrder): Promise<RowSorter> {
  const unsorted = await file(`${name}.rows`)
  const lines = keyedLines(unsorted, order.descending.length)
  let sorted: SpoolFile | undefined
  let reserved = 0
  const close = async (): Promise<void> => {
    await unsorted.remove()
    await sorted?.remove()
    quota.give(reserved)
    reserved = 0
  }
  return {
    add: (rows) => lines.add(rows),
    async *sorted(): AsyncGenerator<RowLines> {
      const table = await lines.finish()
      sorted = await file(`${name}.sorted`)
      await sorted.finish()
      quota.take(unsorted.bytes)
      reserved = unsorted.bytes
      const { path } = sorted
      await statements.run((connection) => connection.run(copyLines(sortQuery(table, order), path)))
      await unsorted.remove()
      yield* readLines(path, signal)
    },
    close,
  }
}

/** In which order rows are wanted. */
export interface SortOrder {
  readonly descending: readonly boolean[]
  /** The last key only brings rows together. */
  readonly together: boolean
}

/** Nulls are lowest, and rows of equal keys stay as they came. */
export function sortQuery(table: string, { descending, together }: SortOrder): string {
  const keys = descending.map((down, index) => `${keyColumn(index)} ${down ? 'DESC NULLS LAST' : 'ASC NULLS FIRST'}`)
  if (!together) return `SELECT "r" FROM ${table} ORDER BY ${[...keys, '"n" ASC'].join(', ')}`
  const columns = descending.map((_, index) => keyColumn(index))
  const groups = `SELECT ${columns.join(', ')}, min("n") AS "first" FROM ${table} GROUP BY ${columns.join(', ')}`
  const same = columns.map((column) => `"lines".${column} IS NOT DISTINCT FROM "groups".${column}`)
  const order = keys.slice(0, -1).map((key) => `"lines".${key}`)
  return `SELECT "lines"."r" FROM ${table} "lines" JOIN (${groups}) "groups" ON ${same.join(' AND ')} ORDER BY ${[...order, '"groups"."first" ASC', '"lines"."n" ASC'].join(', ')}`
}
