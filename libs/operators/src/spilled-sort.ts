import { columnsOf, sortTextOf, type Column, type OrderKey, type Page } from '@tributary/plan'
import { rowCarrier } from './carried-rows.js'
import type { EngineWork } from './engine.js'
import { toRows, type Row } from './page-rows.js'
import { sortKeys } from './row-order.js'

/** A sort that goes on beyond memory. */
export interface SpilledSort {
  add(page: Page): Promise<void>
  /** All rows in their order; rows of equal keys as they were added. */
  pages(): AsyncGenerator<Page>
  close(): Promise<void>
}

/** Sorts rows with these columns on the engine: it gets texts that compare as the keys do, and carries the rows along unread. */
export async function spilledSort(keys: readonly OrderKey[], columns: readonly Column[], work: EngineWork): Promise<SpilledSort> {
  const sorter = await work.sorter(keys.map(({ descending }) => descending))
  const names = new Set(keys.flatMap(({ expression }) => [...columnsOf(expression)]))
  const read = names.has('*') ? columns : columns.filter(({ name }) => names.has(name))
  const keysOf = sortKeys(keys, read)
  const texts = keys.map(({ expression }) => sortTextOf(expression.type))
  const carrier = rowCarrier(columns)
  const keyTexts = (row: Row): readonly (string | null)[] => keysOf(row).map((value, index) => texts[index]?.(value) ?? null)
  return {
    async add(page) {
      const { rows } = toRows(page, read)
      await sorter.add(carrier.lines(page).map((row, index) => ({ keys: keyTexts(rows[index] ?? []), row })))
    },
    async *pages() {
      for await (const lines of sorter.sorted()) yield* carrier.pages(lines)
    },
    close: () => sorter.close(),
  }
}
