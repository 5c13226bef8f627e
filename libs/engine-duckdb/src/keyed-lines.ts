import type { KeyedRow } from '@tributary/operators'
import { fieldBytes, keyField } from './key-text.js'
import { lineWriter } from './line-writer.js'
import type { SpoolFile } from './spool-file.js'
import { identifier, textLiteral } from './sql-text.js'

/** Rows on disk as lines: their keys, their number, the row. */
export interface KeyedLines {
  add(rows: readonly KeyedRow[]): Promise<void>
  /** The table expression that reads them; nothing can be added any more. Columns: `k0`, `k1` … , `n`, `r`. */
  finish(): Promise<string>
}

/** No key, and no JSON text, holds this character. */
const separator = '\u001f'
const unused = '\u0002'
const numberBytes = 16
const smallestLine = 2 * 1024 * 1024
const smallestBuffer = 8 * 1024 * 1024

/** Name of the column of a key. */
export const keyColumn = (index: number): string => identifier(`k${index}`)

/** Writes rows with so many keys to the file. */
export function keyedLines(file: SpoolFile, keys: number): KeyedLines {
  const writer = lineWriter(file)
  let rows = 0
  const one = async ({ keys: given, row }: KeyedRow): Promise<void> => {
    const fields = given.map(keyField)
    const head = `${fields.join(separator)}${separator}${rows++}${separator}`
    const rowBytes = typeof row === 'string' ? 3 * row.length : row.length
    const room = writer.room(fieldBytes(head) + numberBytes + rowBytes)
    if (room !== undefined) await room
    writer.put(head)
    writer.put(row)
    writer.endLine()
  }
  return {
    async add(added) {
      for (const row of added) await one(row)
    },
    async finish() {
      await writer.flush()
      await file.finish()
      return linesOf(file.path, keys, writer.longest)
    },
  }
}

/** A scan that guesses nothing: no quotes, no escapes, declared columns. */
function linesOf(path: string, keys: number, longest: number): string {
  const columns = [...Array.from({ length: keys }, (_, index) => `${keyColumn(index)}: 'VARCHAR'`), `"n": 'BIGINT'`, `"r": 'VARCHAR'`]
  const line = Math.max(smallestLine, longest + 1)
  const options = [
    `auto_detect = false`, `header = false`, `delim = ${textLiteral(separator)}`, `quote = ''`, `escape = ''`, `comment = ''`, `nullstr = ''`, String.raw`new_line = '\n'`,
    `strict_mode = true`, `max_line_size = ${line}`, `buffer_size = ${Math.max(smallestBuffer, 2 * line)}`, `columns = {${columns.join(', ')}}`,
  ]
  return `read_csv(${textLiteral(path)}, ${options.join(', ')})`
}

/** Writes the only column of a query to a file, a line per row. */
export const copyLines = (query: string, path: string): string =>
  `COPY (${query}) TO ${textLiteral(path)} (FORMAT csv, HEADER false, DELIMITER ${textLiteral(separator)}, QUOTE ${textLiteral(unused)}, ESCAPE ${textLiteral(unused)}, USE_TMP_FILE false)`
