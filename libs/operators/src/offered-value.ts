import { countColumn, linkColumn, type Column, type Offered, type Value } from '@tributary/plan'
import type { Row } from './page-rows.js'

/** Takes what rows with these columns offer in one of them, to stand in the place of the expanded column. Undefined: they offer nothing there. */
export function offerIn(columns: readonly Column[], column: string): ((row: Row) => Value) | undefined {
  const at = (wanted: string): number => columns.findIndex(({ name }) => name === wanted)
  const [offer, link, count] = [at(column), at(linkColumn(column)), at(countColumn(column))]
  if (offer < 0) return undefined
  return (row) => {
    const told = Number(row[count] ?? Number.NaN)
    return { offered: row[offer], more: row[link] !== undefined && row[link] !== null, ...(Number.isInteger(told) ? { count: told } : {}) } satisfies Offered
  }
}

/** The offer in the place of an expanded column; undefined where there is none. Nothing but offers stands there before. */
export const offeredAt = (value: Value): Offered | undefined => (value === null || value === undefined ? undefined : (value as unknown as Offered))
