import { hubError } from '@tributary/errors'
import type { WireRows } from './page.js'
import { cellText, type TableField } from './tabular.js'
import { writeZip } from './zip-stream.js'

/** The Content-Type of a workbook. */
export const xlsxContentType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** What a sheet and a cell may hold. @see ECMA-376; Excel specifications and limits */
const mostRows = 1_048_576
const mostCharacters = 32_767

const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const packages = 'http://schemas.openxmlformats.org/package/2006'
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

const parts = [
  { name: '[Content_Types].xml', content: [`${xml}<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${xlsxContentType}.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`] },
  { name: '_rels/.rels', content: [`${xml}<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`] },
  { name: 'xl/_rels/workbook.xml.rels', content: [`${xml}<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`] },
]

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (char) => escapes[char] ?? char)

/** Characters XML cannot hold stand as `_xHHHH_`, and what looks like that is escaped itself. @see ECMA-376 part 1, section 22.9.2.19 */
const cellString = (text: string): string => escaped(text
  .replaceAll(/_(?=x[\dA-F]{4}_)/gi, '_x005F_')
  .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, (char) => `_x${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}_`)
  .replaceAll('\r', '_x000D_'))

const numeric: ReadonlySet<string> = new Set(['Edm.Byte', 'Edm.SByte', 'Edm.Int16', 'Edm.Int32', 'Edm.Int64', 'Edm.Decimal', 'Edm.Double', 'Edm.Single'])

/** A spreadsheet calculates with 15 digits: longer numbers stay text, so that none is rounded. */
const fitsNumber = (text: string): boolean => /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text) && text.replace(/e.*$/i, '').replaceAll(/[-.]/g, '').replace(/^0+/, '').length <= 15

function cellXml({ name, base }: TableField, value: unknown): string {
  if (value === null || value === undefined) return '<c/>'
  if (typeof value === 'boolean') return `<c t="b"><v>${value ? 1 : 0}</v></c>`
  const text = cellText(value)
  if (numeric.has(base) && fitsNumber(text)) return `<c><v>${text}</v></c>`
  if (text.length > mostCharacters) throw hubError('HUB_LIMIT_EXCEEDED', { limit: mostCharacters, what: `characters in a cell (${name})`, hint: 'Leave the property out with $select, or ask for CSV.' })
  return `<c t="inlineStr"><is><t xml:space="preserve">${cellString(text)}</t></is></c>`
}

async function* sheet(pages: AsyncIterable<WireRows>, fields: readonly TableField[]): AsyncGenerator<string> {
  yield `${xml}<worksheet xmlns="${main}"><sheetData><row>${fields.map((field) => cellXml({ ...field, base: 'Edm.String' }, field.name)).join('')}</row>`
  let written = 1
  for await (const { rows } of pages) {
    written += rows.length
    if (written > mostRows) throw hubError('HUB_LIMIT_EXCEEDED', { limit: mostRows, what: 'rows of a sheet', hint: 'Ask for less with $filter or $top, or for CSV.' })
    if (rows.length > 0) yield rows.map((row) => `<row>${fields.map((field) => cellXml(field, field.read(row))).join('')}</row>`).join('')
  }
  yield '</sheetData></worksheet>'
}

/**
 * Writes rows as a workbook with one sheet, as pages come: a row of names, then a row for each row.
 * @param title of the sheet
 * @throws HUB_LIMIT_EXCEEDED for more rows than a sheet, or longer text than a cell, can hold
 * @see ECMA-376 part 1, section 18
 */
export function writeXlsx(pages: AsyncIterable<WireRows>, fields: readonly TableField[], title: string): AsyncGenerator<Buffer, void, undefined> {
  const name = title.replaceAll(/[[\]*?:/\\']/g, '_').slice(0, 31) || 'Rows'
  const workbook = `${xml}<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="${escaped(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>`
  return writeZip([...parts, { name: 'xl/workbook.xml', content: [workbook] }, { name: 'xl/worksheets/sheet1.xml', content: sheet(pages, fields) }])
}
