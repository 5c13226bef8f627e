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
  // A character for each byte, as the text has it.
  const name = Buffer.from(JSON.stringify(column.name)).toString('latin1')
  const valueOf = tokenReader(column)
  let row = 0
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) {
    const colon = afterSpace(text, at + name.length)
    // Some string reads like the name.
    if (text.charCodeAt(colon) !== sign.colon) continue
    const from = afterSpace(text, colon + 1)
    const end = tokenEnd(text, from)
    if (end < 0 || row >= rows.length || start + at < (offsets[2 * row] ?? 0) || start + at >= (offsets[2 * row + 1] ?? 0)) return false
    rows[row]?.push(valueOf(text.slice(from, end)))
    row += 1
  }
  return row === rows.length
}

const sign = { quote: 0x22, comma: 0x2c, colon: 0x3a, backslash: 0x5c, closeBrace: 0x7d } as const

const isSpace = (unit: number): boolean => unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09

function afterSpace(text: string, at: number): number {
  let end = at
  while (isSpace(text.charCodeAt(end))) end++
  return end
}

/** Place behind the string, number or word that begins at a place; -1: none does, or it does not end. */
function tokenEnd(text: string, at: number): number {
  if (text.charCodeAt(at) === sign.quote) {
    let end = text.indexOf('"', at + 1)
    while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
    return end < 0 ? -1 : end + 1
  }
  let end = at
  for (let unit = text.charCodeAt(end); unit !== sign.comma && unit !== sign.closeBrace && unit !== sign.quote && !isSpace(unit); unit = text.charCodeAt(++end)) if (Number.isNaN(unit)) return -1
  return end > at ? end : -1
}

function isEscaped(text: string, at: number): boolean {
  let first = at
  while (text.charCodeAt(first - 1) === sign.backslash) first--
  return (at - first) % 2 === 1
}

const foreign = /[\u0080-\u00ff]/

/** Digits that a double certainly holds. */
const fewDigits = 15

/** The number that a few digits are, without leading zeros; undefined: the token is something else. */
function wholeNumber(token: string): number | undefined {
  if (token.length > fewDigits || (token.length > 1 && token.startsWith('0'))) return undefined
  let number = 0
  for (let at = 0; at < token.length; at++) {
    const digit = token.charCodeAt(at) - 0x30
    if (digit < 0 || digit > 9) return undefined
    number = number * 10 + digit
  }
  return number
}

/** Reads a token as `parseRows` would. */
function tokenReader(column: Column): (token: string) => Value {
  const convert = converterOf(column)
  const exact = EXACT.has(column.type.base)
  return (token) => {
    if (token === 'null') return null
    const isText = token.startsWith('"')
    if (exact && !isText) return token
    const whole = isText ? undefined : wholeNumber(token)
    if (whole !== undefined) return convert === undefined ? whole : convert(whole)
    const decoded = foreign.test(token) ? Buffer.from(token, 'latin1').toString('utf8') : token
    const value = isText && !decoded.includes('\\') ? decoded.slice(1, -1) : (JSON.parse(decoded) as Exclude<Value, null | undefined>)
    return convert === undefined ? value : convert(value)
  }
}
