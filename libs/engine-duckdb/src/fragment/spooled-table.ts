import { type BytesPage, type Column, isNumeric, isFloating, type Page, parseRows, type Value } from '@tributary/plan'
import type { SpooledTable } from '@tributary/operators'
import type { SpoolFile } from '../spool-file.js'
import { identifier, textLiteral } from '../sql-text.js'
import type { TableSql } from './names.js'

/** Rows as JSON objects, one a line. */
export interface JsonLines extends SpooledTable, TableSql {
  finish(): Promise<void>
}

const newLine = 0x0a
const carriageReturn = 0x0d
const blank = 0x20

/** The bytes of a source go to the file as they came, but for what stands between the rows; values are written as JSON. */
export function jsonLines(file: SpoolFile, columns: readonly Column[]): JsonLines {
  let longest = 0
  return {
    columns,
    async add(page) {
      const bytes = page.kind === 'bytes' && (page.ieee754 || !columns.some(isExact)) ? lines(page) : writtenLines(page, columns)
      longest = Math.max(longest, page.kind === 'bytes' ? longestRow(page) : bytes.length)
      if (bytes.length > 0) await file.write(bytes)
    },
    finish: () => file.finish(),
    quoted: identifier,
    rows: (names) => {
      const read = columns.filter(({ name }) => names.has(name))
      // Some column must be read for rows to be counted.
      const declared = (read.length > 0 ? read : columns.slice(0, 1)).map(({ name }) => `${identifier(name)}: 'VARCHAR'`)
      const size = Math.max(16 * 1024 * 1024, 2 * longest)
      return `read_json(${textLiteral(file.path)}, auto_detect = false, format = 'newline_delimited', maximum_object_size = ${size}, columns = {${declared.join(', ')}})`
    },
  }
}

/** Numbers that a double does not hold. */
const isExact = ({ type }: Column): boolean => isNumeric(type.base) && !isFloating(type.base)

function longestRow({ offsets }: BytesPage): number {
  let longest = 0
  for (let row = 0; row < offsets.length; row += 2) longest = Math.max(longest, (offsets[row + 1] ?? 0) - (offsets[row] ?? 0))
  return longest
}

/** The rows with line breaks between them, and blanks for those within; whatever else stands between them becomes blanks, too. */
function lines({ bytes, offsets }: BytesPage): Buffer {
  const start = offsets[0] ?? 0
  const end = offsets.at(-1) ?? start
  if (end === start) return Buffer.alloc(0)
  const copy = Buffer.allocUnsafe(end - start + 1)
  bytes.copy(copy, 0, start, end)
  for (const sign of [newLine, carriageReturn]) {
    for (let found = copy.indexOf(sign); found >= 0 && found < end - start; found = copy.indexOf(sign, found + 1)) copy[found] = blank
  }
  for (let row = 2; row < offsets.length; row += 2) {
    const [gap, next] = [(offsets[row - 1] ?? 0) - start, (offsets[row] ?? 0) - start]
    if (next - gap > 1) copy.fill(blank, gap, next)
    copy[gap] = newLine
  }
  copy[end - start] = newLine
  return copy
}

function writtenLines(page: Page, columns: readonly Column[]): Buffer {
  const { rows, columns: present } = page.kind === 'bytes' ? parseRows(page, columns) : page
  const positions = columns.map(({ name }) => present.findIndex((column) => column.name === name))
  const object = (row: readonly Value[]): string => JSON.stringify(Object.fromEntries(columns.map(({ name }, index) => [name, row[positions[index] ?? -1] ?? null])))
  return Buffer.from(rows.map((row) => `${object(row)}\n`).join(''))
}
