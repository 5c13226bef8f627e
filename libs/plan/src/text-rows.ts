import type { BytesPage, Column, RowsPage } from './page.js'
import { parseRows } from './parse-rows.js'
import { EXACT } from './row-values.js'
import { isFlat, namePattern, octetsOf, tokenPattern } from './scan-columns.js'
import type { Value } from './value.js'
import { stringType } from './value-type.js'

/** How rows are written that nobody looks into on their way. */
export interface TextForm {
  /** Names of the columns that are written. */
  readonly visible: readonly string[]
  /** Int64 and Decimal are written as strings. */
  readonly ieee754: boolean
  /** Names of columns whose values are needed beside the text: what rows are joined and paged by. */
  readonly parsed: readonly string[]
}

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
  let known: { readonly of: readonly Column[]; readonly renamed: BytesPage['renamed']; readonly edit: RowsEdit | undefined } | undefined
  return (page, columns) => {
    if (known?.of !== page.columns || known.renamed !== page.renamed) known = { of: page.columns, renamed: page.renamed, edit: rowsEdit(page, form) }
    const rows = known.edit === undefined || !page.only || page.offsets.length === 0 ? undefined : editedRows(page, columns, known.edit, form)
    return rows ?? withoutText(parseRows(page, columns))
  }
}

function withoutText({ columns, rows }: RowsPage): RowsPage {
  return Object.freeze({ kind: 'rows', columns: [...columns, rowTextColumn], rows })
}

/** What is done to the text of rows, one after the other. A member's name with its colon never stands within a JSON string, whose quotes are escaped. */
interface RowsEdit {
  readonly hide: RegExp | undefined
  readonly rename: { readonly pattern: RegExp; readonly names: ReadonlyMap<string, string> } | undefined
  /** From numbers to strings, and back. */
  readonly quote: RegExp | undefined
  readonly unquote: RegExp | undefined
}

/** Undefined: rows of these columns have to be parsed. */
function rowsEdit({ columns, renamed }: BytesPage, { visible, ieee754, parsed }: TextForm): RowsEdit | undefined {
  const names = new Set(columns.map(({ name }) => name))
  if (!columns.every(isFlat) || !parsed.every((name) => names.has(name))) return undefined
  const inText = (name: string): string => renamed?.get(name) ?? name
  const shown = new Set(visible)
  const hidden = columns.flatMap(({ name }) => (shown.has(name) ? [] : [inText(name)]))
  const changed = new Map(columns.flatMap(({ name }) => (shown.has(name) && inText(name) !== name ? [[octetsOf(inText(name)), octetsOf(name)] as const] : [])))
  const exact = columns.flatMap(({ name, type }) => (shown.has(name) && EXACT.has(type.base) ? [inText(name)] : []))
  const rename = pattern(columns.flatMap(({ name }) => (shown.has(name) && inText(name) !== name ? [inText(name)] : [])), (any) => String.raw`"(${any})"(?=\s*:)`)
  return {
    hide: pattern(hidden, (any) => String.raw`"(?:${any})"\s*:\s*${tokenPattern}\s*,?`),
    rename: rename === undefined ? undefined : { pattern: rename, names: changed },
    quote: ieee754 ? pattern(exact, (any) => String.raw`("(?:${any})"\s*:\s*)(-?\d[\d.eE+-]*)`) : undefined,
    unquote: ieee754 ? undefined : pattern(exact, (any) => String.raw`("(?:${any})"\s*:\s*)"(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)"`),
  }
}

/** A pattern of any of these names; undefined for none. */
const pattern = (names: readonly string[], make: (any: string) => string): RegExp | undefined =>
  names.length === 0 ? undefined : new RegExp(make(names.map(namePattern).join('|')), 'g')

/** Stands in no JSON text, so it may stand between rows. */
const separator = '\u0000'

function editedRows(page: BytesPage, columns: readonly Column[], edit: RowsEdit, { parsed }: TextForm): RowsPage | undefined {
  const texts = rowTexts(page)
  const beside = parsed.length === 0 ? undefined : parseRows(page, parsed.flatMap((name) => columns.find((column) => column.name === name) ?? []))
  const members = editedTexts(texts, page.ieee754, edit)
  if (members === undefined) return undefined
  const positions = parsed.map((name) => columns.findIndex((column) => column.name === name))
  const blank: readonly Value[] = columns.map(() => undefined)
  const rows = members.map((text, row) => {
    const values = [...blank, text]
    positions.forEach((position, index) => (values[position] = beside?.rows[row]?.[index]))
    return values
  })
  return Object.freeze({ kind: 'rows', columns: [...columns, rowTextColumn], rows })
}

/** The text of each row, braces included: a character for each byte. */
function rowTexts({ bytes, offsets }: BytesPage): readonly string[] {
  const start = offsets[0] ?? 0
  const whole = bytes.toString('latin1', start, offsets.at(-1))
  return Array.from({ length: offsets.length >> 1 }, (_, row) => whole.slice((offsets[2 * row] ?? 0) - start, (offsets[2 * row + 1] ?? 0) - start))
}

/** The members of each row after the edit; undefined where something stands in the text that no JSON has. */
function editedTexts(texts: readonly string[], isText: boolean, edit: RowsEdit): readonly string[] | undefined {
  const { hide, rename } = edit
  const numbers = isText ? edit.unquote : edit.quote
  if (hide === undefined && rename === undefined && numbers === undefined) return texts.map(membersOf)
  const joined = texts.join(separator)
  let text = hide === undefined ? joined : joined.replaceAll(hide, '')
  if (numbers !== undefined) text = text.replaceAll(numbers, isText ? '$1$2' : '$1"$2"')
  if (rename !== undefined) text = text.replaceAll(rename.pattern, (_, name: string) => `"${rename.names.get(name) ?? name}"`)
  const rows = text.split(separator)
  return rows.length === texts.length ? rows.map(membersOf) : undefined
}

/** What stands between the braces; without the comma that the last member left behind. */
function membersOf(text: string): string {
  const members = text.slice(1, -1)
  return /[\s,]$/.test(members) ? members.trimEnd().replace(/,$/, '') : members
}
