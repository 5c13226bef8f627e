import { parseRows, type BytesPage, type Column, type Page, type RowsPage, type Value } from '@tributary/plan'
import { rowBytes } from './row-bytes.js'

/** Positional values of one row. */
export type Row = readonly Value[]

/** Rows of a page. */
export const pageLength = (page: Page): number => (page.kind === 'rows' ? page.rows.length : page.offsets.length / 2)

/** Roughly what a page's rows occupy in memory. */
export function pageBytes(page: Page): number {
  if (page.kind === 'rows') return page.rows.reduce((sum, row) => sum + rowBytes(row), 0)
  let bytes = 0
  for (let row = 0; row < page.offsets.length; row += 2) bytes += (page.offsets[row + 1] ?? 0) - (page.offsets[row] ?? 0)
  return bytes
}

/** A page of parsed rows. */
export const rowsPage = (columns: readonly Column[], rows: readonly Row[]): RowsPage => Object.freeze({ kind: 'rows', columns, rows })

/** The rows `from` … `to` (exclusive) of a page; bytes are not parsed. */
export function slicePage(page: Page, from: number, to: number): Page {
  if (from === 0 && to >= pageLength(page)) return page
  if (page.kind === 'rows') return rowsPage(page.columns, page.rows.slice(from, to))
  return { ...page, offsets: page.offsets.subarray(2 * from, 2 * to) }
}

/** The rows at the given positions; bytes are not parsed. */
export function pickRows(page: Page, positions: readonly number[]): Page {
  if (positions.length === pageLength(page)) return page
  if (page.kind === 'rows') return rowsPage(page.columns, positions.flatMap((position) => [page.rows[position] ?? []]))
  const offsets = new Int32Array(2 * positions.length)
  positions.forEach((position, index) => {
    offsets[2 * index] = page.offsets[2 * position] ?? 0
    offsets[2 * index + 1] = page.offsets[2 * position + 1] ?? 0
  })
  return { ...page, offsets }
}

/** The page's rows with exactly these columns; bytes are parsed for them only. */
export function toRows(page: Page, columns: readonly Column[]): RowsPage {
  if (page.kind === 'bytes') return parseRows(page, columns)
  return sameNames(page.columns, columns) ? page : rowsPage(columns, page.rows.map(projection(page.columns, columns)))
}

/** The page with these columns in this order. Bytes stay as they are, but no longer hold `only` these columns where the page had others. */
export function withColumns(page: Page, columns: readonly Column[]): Page {
  if (page.columns === columns) return page
  return page.kind === 'rows' ? toRows(page, columns) : narrowBytes(page, columns)
}

function narrowBytes(page: BytesPage, columns: readonly Column[]): BytesPage {
  const wanted = new Set(columns.map((column) => column.name))
  const same = page.columns.length === wanted.size && page.columns.every((column) => wanted.has(column.name))
  return { ...page, columns, only: page.only && same }
}

/** Takes the values of `to` out of rows with the columns `from`; what they do not have is absent. */
export function projection(from: readonly Column[], to: readonly Column[]): (row: Row) => Row {
  const positions = to.map((column) => from.findIndex((candidate) => candidate.name === column.name))
  return (row) => positions.map((position) => (position < 0 ? undefined : row[position]))
}

/** Positions of columns by name. */
export function positionsOf(columns: readonly Column[], names: readonly string[]): readonly number[] {
  return names.map((name) => {
    const position = columns.findIndex((column) => column.name === name)
    if (position < 0) throw new Error(`The plan needs the column ${name}, which its input does not have`)
    return position
  })
}

const sameNames = (a: readonly Column[], b: readonly Column[]): boolean =>
  a === b || (a.length === b.length && a.every((column, index) => column.name === b[index]?.name))
