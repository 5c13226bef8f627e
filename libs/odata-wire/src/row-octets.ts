import type { WireColumn } from './page.js'
import type { RowGaps } from './row-gaps.js'
import { rowText } from './row-text.js'
import type { JsonStyle } from './style.js'

/** Writes one row as a JSON object in UTF-8, a character for each byte: what a source sent is not decoded to be encoded again. */
export type RowOctets = (row: readonly unknown[]) => string

/** The column whose values are the members of a row as they are to be written, a character for each byte; what is expanded stands beside it. */
const membersColumn = '{}'

/** Whether rows of these columns may carry their members as text. */
export const carriesMembers = (columns: readonly WireColumn[]): boolean => columns.some(({ name }) => name === membersColumn)

/** Compiles the writer of rows that carry their members as text, or values where the text is undefined. */
export function rowOctets(columns: readonly WireColumn[], visible: readonly string[], style: JsonStyle, gaps?: RowGaps): RowOctets {
  const position = columns.findIndex(({ name }) => name === membersColumn)
  const shown = visible.filter((name) => name !== membersColumn)
  const whole = rowText(columns, shown, style, gaps)
  const isExpanded = (name: string): boolean => columns.some((column) => column.name === name && column.expanded !== undefined)
  const beside = shown.some(isExpanded) ? rowText(columns, shown.filter(isExpanded), style, gaps) : undefined
  return (row) => {
    const members = row[position]
    if (typeof members !== 'string') return octets(whole(row))
    if (beside === undefined) return `{${members}}`
    const object = octets(beside(row))
    return members === '' ? object : `{${members},${object.slice(1)}`
  }
}

const foreign = /[\u0080-\uffff]/

const octets = (text: string): string => (foreign.test(text) ? Buffer.from(text).toString('latin1') : text)
