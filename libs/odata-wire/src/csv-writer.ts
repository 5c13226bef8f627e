import type { WireRows } from './page.js'
import { cellText, type TableField } from './tabular.js'

const quoted = (text: string): string => (/[",\r\n]|^\s|\s$|^$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** Null is an empty cell, the empty string a quoted one. */
const cell = (value: unknown): string => (value === null || value === undefined ? '' : quoted(cellText(value)))

/** The Content-Type of a table as text. */
export const csvContentType = 'text/csv;charset=utf-8;header=present'

/**
 * Writes rows as comma-separated values in UTF-8: a line of names, then a line for each row, as pages come.
 * @see RFC 4180
 */
export async function* writeCsv(pages: AsyncIterable<WireRows>, fields: readonly TableField[]): AsyncGenerator<Buffer, void, undefined> {
  let head = `${fields.map(({ name }) => quoted(name)).join(',')}\r\n`
  for await (const { rows } of pages) {
    if (rows.length === 0) continue
    const lines = rows.map((row) => `${fields.map((field) => cell(field.read(row))).join(',')}\r\n`)
    yield Buffer.from(head + lines.join(''))
    head = ''
  }
  if (head !== '') yield Buffer.from(head)
}
