import { type BytesPage, type Column, isNumeric, isFloating, type Page, parseRows, type Value } from '@tributary/plan'
import type { SpooledTable } from '@tributary/operators'
import type { SpoolFile } from '../spool-file.js'
import { identifier, textLiteral } from '../sql-text.js'
import type { TableSql } from './names.js'

/** Rows as JSON objects, one a line. */
export interface JsonLines extends SpooledTable, TableSql {
  finish(): Promise<void>
}

/** Large writes cost less than many. */
const chunkBytes = 2 * 1024 * 1024
const newLine = 0x0a
const carriageReturn = 0x0d
const blank = 0x20

/** The bytes of a source go to the file as they came, but for what stands between the rows; values are written as JSON. */
export function jsonLines(file: SpoolFile, columns: readonly Column[]): JsonLines {
  let members: ReadonlyMap<string, string> | undefined
  let longest = 0
  let chunk = Buffer.allocUnsafe(chunkBytes)
  let used = 0
  const flush = async (): Promise<void> => {
    if (used > 0) await file.write(chunk.subarray(0, used))
    used = 0
  }
  const room = async (bytes: number): Promise<void> => {
    if (used + bytes <= chunk.length) return
    await flush()
    if (bytes > chunk.length) chunk = Buffer.allocUnsafe(bytes)
  }
  return {
    columns,
    async add(page) {
      members ??= membersOf(page, columns)
      if (page.kind === 'bytes' && (page.ieee754 || !columns.some(isExact)) && isNamed(page, columns, members)) {
        longest = Math.max(longest, longestRow(page))
        await room((page.offsets.at(-1) ?? 0) - (page.offsets[0] ?? 0) + 1)
        used = putLines(page, chunk, used)
      } else {
        const bytes = writtenLines(page, columns, members)
        longest = Math.max(longest, bytes.length)
        await room(bytes.length)
        used += bytes.copy(chunk, used)
      }
    },
    async finish() {
      await flush()
      await file.finish()
    },
    quoted: (name) => identifier(members?.get(name) ?? name),
    rows: (names) => {
      const read = columns.filter(({ name }) => names.has(name))
      // Some column must be read for rows to be counted.
      const declared = (read.length > 0 ? read : columns.slice(0, 1)).map(({ name }) => `${identifier(members?.get(name) ?? name)}: 'VARCHAR'`)
      const size = Math.max(16 * 1024 * 1024, 2 * longest)
      return `read_json(${textLiteral(file.path)}, auto_detect = false, format = 'newline_delimited', maximum_object_size = ${size}, columns = {${declared.join(', ')}})`
    },
  }
}

/** What columns are called in the lines: as the first page calls them, unless the database would take two of these names for one. */
function membersOf(page: Page, columns: readonly Column[]): ReadonlyMap<string, string> {
  const renamed = page.kind === 'bytes' ? columns.flatMap(({ name }) => (page.renamed?.has(name) === true ? [[name, page.renamed.get(name) ?? name] as const] : [])) : []
  const members = new Map(renamed)
  return new Set(columns.map(({ name }) => (members.get(name) ?? name).toLowerCase())).size === columns.length ? members : new Map()
}

/** Whether the members of a page's rows are called so. */
const isNamed = ({ renamed }: BytesPage, columns: readonly Column[], members: ReadonlyMap<string, string>): boolean =>
  columns.every(({ name }) => (renamed?.get(name) ?? name) === (members.get(name) ?? name))

/** Numbers that a double does not hold. */
const isExact = ({ type }: Column): boolean => isNumeric(type.base) && !isFloating(type.base)

function longestRow({ offsets }: BytesPage): number {
  let longest = 0
  for (let row = 0; row < offsets.length; row += 2) longest = Math.max(longest, (offsets[row + 1] ?? 0) - (offsets[row] ?? 0))
  return longest
}

/** Puts the rows at `at`, with line breaks between them and blanks for those within, and tells where they end. */
function putLines({ bytes, offsets }: BytesPage, target: Buffer, at: number): number {
  const start = offsets[0] ?? 0
  const end = offsets.at(-1) ?? start
  if (end === start) return at
  bytes.copy(target, at, start, end)
  const rows = target.subarray(at, at + end - start)
  for (const sign of [newLine, carriageReturn]) {
    for (let found = rows.indexOf(sign); found >= 0; found = rows.indexOf(sign, found + 1)) rows[found] = blank
  }
  for (let row = 2; row < offsets.length; row += 2) {
    const [gap, next] = [(offsets[row - 1] ?? 0) - start, (offsets[row] ?? 0) - start]
    if (next - gap > 1) rows.fill(blank, gap, next)
    rows[gap] = newLine
  }
  target[at + end - start] = newLine
  return at + end - start + 1
}

function writtenLines(page: Page, columns: readonly Column[], members: ReadonlyMap<string, string>): Buffer {
  const { rows, columns: present } = page.kind === 'bytes' ? parseRows(page, columns) : page
  const positions = columns.map(({ name }) => present.findIndex((column) => column.name === name))
  const object = (row: readonly Value[]): string => JSON.stringify(Object.fromEntries(columns.map(({ name }, index) => [members.get(name) ?? name, row[positions[index] ?? -1] ?? null])))
  return Buffer.from(rows.map((row) => `${object(row)}\n`).join(''))
}
