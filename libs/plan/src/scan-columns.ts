import type { BytesPage, Column } from './page.js'
import { converterOf, EXACT } from './row-values.js'
import type { BaseType, Value } from './value.js'

/** Values that are one token of JSON. */
const FLAT: ReadonlySet<BaseType> = new Set<BaseType>([
  'Edm.String', 'Edm.Boolean', 'Edm.Byte', 'Edm.SByte', 'Edm.Int16', 'Edm.Int32', 'Edm.Int64', 'Edm.Decimal', 'Edm.Double', 'Edm.Single',
  'Edm.Date', 'Edm.TimeOfDay', 'Edm.DateTimeOffset', 'Edm.Duration', 'Edm.Guid', 'Edm.Binary', 'enum',
])

/** Whether the column's values are single tokens, beside which nothing is nested. */
export const isFlat = ({ name, type, fields, expanded }: Column): boolean =>
  FLAT.has(type.base) && !type.collection && fields === undefined && expanded === undefined && name !== '*' && !name.includes('@')

/** One token of JSON, as a pattern. */
export const tokenPattern = String.raw`(?:"(?:[^"\\]|\\.)*"|[^\s,}"]+)`

/** A name as it stands in text with a character for each byte. */
export const octetsOf = (name: string): string => Buffer.from(name).toString('latin1')

/** A name as a pattern that matches nothing else, in text with a character for each byte. */
export const namePattern = (name: string): string => octetsOf(name).replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

/** Columns beyond this number are found faster by parsing. */
const mostColumns = 3

/**
 * The values of a few columns, found in the text of the page without parsing the rest; undefined where rows have to be parsed: what they
 * hold is nested or unknown, or a row lacks a column. A member's name with its colon never stands within a JSON string, whose quotes are
 * escaped.
 */
export function scanColumns(page: BytesPage, columns: readonly Column[]): readonly (readonly Value[])[] | undefined {
  const { bytes, offsets } = page
  const count = offsets.length >> 1
  if (!page.only || count < 2 || columns.length === 0 || columns.length > mostColumns || 2 * columns.length > page.columns.length) return undefined
  if (!page.columns.every(isFlat) || !columns.every(isFlat)) return undefined
  const start = offsets[0] ?? 0
  // A character for each byte: so the offsets hold for the text.
  const text = bytes.toString('latin1', start, offsets[2 * count - 1])
  const rows: Value[][] = Array.from({ length: count }, () => [])
  return columns.every((column) => scanColumn(column, text, { offsets, start, rows })) ? rows : undefined
}

interface Found {
  readonly offsets: Int32Array
  readonly start: number
  readonly rows: Value[][]
}

/** Adds the column's value to each row; false if it does not stand exactly once in each. */
function scanColumn(column: Column, text: string, { offsets, start, rows }: Found): boolean {
  const pattern = new RegExp(String.raw`"${namePattern(column.name)}"\s*:\s*(${tokenPattern})`, 'g')
  const valueOf = tokenReader(column)
  let row = 0
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const at = match.index + start
    if (row >= rows.length || at < (offsets[2 * row] ?? 0) || at >= (offsets[2 * row + 1] ?? 0)) return false
    rows[row]?.push(valueOf(match[1] ?? ''))
    row += 1
  }
  return row === rows.length
}

const foreign = /[\u0080-\u00ff]/

/** Reads a token as `parseRows` would. */
function tokenReader(column: Column): (token: string) => Value {
  const convert = converterOf(column)
  const exact = EXACT.has(column.type.base)
  return (token) => {
    if (token === 'null') return null
    const isText = token.startsWith('"')
    if (exact && !isText) return token
    const decoded = foreign.test(token) ? Buffer.from(token, 'latin1').toString('utf8') : token
    const value = isText && !decoded.includes('\\') ? decoded.slice(1, -1) : (JSON.parse(decoded) as Exclude<Value, null | undefined>)
    return convert === undefined ? value : convert(value)
  }
}
