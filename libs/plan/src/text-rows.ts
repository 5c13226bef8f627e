import type { BytesPage, Column, RowsPage } from './page.js'
import { parseRows } from './parse-rows.js'
import { rowEditor } from './row-editor.js'
import type { TextForm } from './text-form.js'
import type { Value } from './value.js'
import { stringType } from './value-type.js'

/**
 * The column that carries the members of a row as they are to be written: without the braces, a character for each byte of their UTF-8;
 * undefined in rows that hold values instead.
 */
export const rowTextColumn: Column = Object.freeze({ name: '{}', type: stringType })

/** Turns a page of bytes into rows of `columns` and `rowTextColumn`. */
export type TextRows = (page: BytesPage, columns: readonly Column[]) => RowsPage

/**
 * Rows as text: their members are renamed, left out, and their numbers quoted or not, without being parsed; only the columns of
 * `parsed` have values, the others are undefined. A page that may not be treated so (nested values, undeclared members) is parsed, and
 * its text is undefined: both ways give the same members, although perhaps in another order.
 * @throws HUB_SOURCE_INVALID for a row that is no JSON, where it is looked into
 */
export function textRows(form: TextForm): TextRows {
  const edit = rowEditor(form)
  return (page, columns) => {
    const names = new Set(page.columns.map(({ name }) => name))
    const edited = form.parsed.every((name) => names.has(name)) ? edit(page) : undefined
    return edited === undefined ? withoutText(parseRows(page, columns)) : withText(page, edited, columns, form)
  }
}

function withoutText({ columns, rows }: RowsPage): RowsPage {
  return Object.freeze({ kind: 'rows', columns: [...columns, rowTextColumn], rows })
}

function withText(page: BytesPage, edited: BytesPage, columns: readonly Column[], { parsed }: TextForm): RowsPage {
  const beside = parsed.length === 0 ? undefined : parseRows(page, parsed.flatMap((name) => columns.find((column) => column.name === name) ?? []))
  const positions = parsed.map((name) => columns.findIndex((column) => column.name === name))
  const blank: readonly Value[] = columns.map(() => undefined)
  const rows = memberTexts(edited).map((text, row) => {
    const values = [...blank, text]
    positions.forEach((position, index) => (values[position] = beside?.rows[row]?.[index]))
    return values
  })
  return Object.freeze({ kind: 'rows', columns: [...columns, rowTextColumn], rows })
}

/** What stands between the braces of each row: a character for each byte. */
function memberTexts({ bytes, offsets }: BytesPage): readonly string[] {
  const start = offsets[0] ?? 0
  const whole = bytes.toString('latin1', start, offsets.at(-1))
  return Array.from({ length: offsets.length >> 1 }, (_, row) => whole.slice((offsets[2 * row] ?? 0) - start + 1, (offsets[2 * row + 1] ?? 0) - start - 1))
}
