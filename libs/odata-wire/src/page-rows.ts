import type { WireBytes, WireColumn, WirePage } from './page.js'
import type { RowGaps, RowText } from './row-gaps.js'
import { rowText } from './row-text.js'
import { isControlColumn, type JsonStyle } from './style.js'

const carriesWideNumbers = ({ type, fields, expanded }: WireColumn): boolean => {
  if (expanded !== undefined) return expanded.columns.some(carriesWideNumbers)
  if (fields !== undefined) return fields.some(carriesWideNumbers)
  return ['Edm.Int64', 'Edm.Decimal', 'Edm.Untyped', 'structured'].includes(type.base)
}

const allShown = (columns: readonly WireColumn[], visible: readonly string[]): boolean => {
  const shown = new Set(visible)
  return columns.every(({ name, expanded }) =>
    (shown.has(name) || isControlColumn(name)) && (expanded === undefined || allShown(expanded.columns, expanded.visible)))
}

const carriesControl = ({ name, fields, expanded }: WireColumn): boolean =>
  isControlColumn(name) || (fields ?? expanded?.columns ?? []).some(carriesControl)

/** True if the page can be written: positional values always, bytes where they are what the client asked for; others must be parsed first. */
export function writableAsTheyAre(page: WirePage, visible: readonly string[], style: JsonStyle): boolean {
  if (page.kind === 'rows') return true
  if (!page.only || page.renamed !== undefined || style.omit !== undefined || !allShown(page.columns, visible)) return false
  if (page.ieee754 !== style.ieee754 && page.columns.some(carriesWideNumbers)) return false
  return (style.prefixed && style.metadata === 'minimal') || !page.columns.some(carriesControl)
}

/** The bytes of one row of a page of bytes. */
export const rowBytes = (page: WireBytes, row: number): Buffer => page.bytes.subarray(page.offsets[2 * row], page.offsets[2 * row + 1])

const comma = 0x2c
const whitespace: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d])
const widestGap = 64

/** True if between this row and the next stands one comma and nothing but white space: then both leave in one slice. */
export function adjoins(page: WireBytes, row: number): boolean {
  const from = page.offsets[2 * row + 1] as number
  const to = page.offsets[2 * row + 2] as number
  if (to - from < 1 || to - from > widestGap) return false
  let commas = 0
  for (let i = from; i < to; i++) {
    const byte = page.bytes[i] as number
    if (byte === comma) commas++
    else if (!whitespace.has(byte)) return false
  }
  return commas === 1
}

/** Gives the row writer of a column list, compiled once as long as pages share it. */
export function rowWriters(visible: readonly string[], style: JsonStyle, gaps?: RowGaps): (columns: readonly WireColumn[]) => RowText {
  let known: readonly WireColumn[] | undefined
  let write: RowText | undefined
  return (columns) => {
    if (write === undefined || columns !== known) {
      write = rowText(columns, visible, style, gaps)
      known = columns
    }
    return write
  }
}
