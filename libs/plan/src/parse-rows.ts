import { hubError } from '@tributary/errors'
import type { BytesPage, Column, RowsPage } from './page.js'
import { annotationsName } from './annotations-column.js'
import { converterOf, EXACT, wholeNumber } from './row-values.js'
import { scanColumns } from './scan-columns.js'
import type { BaseType, Value } from './value.js'

/**
 * Parses the rows of a page to positional values for `columns`, exactly: Int64 and Decimal become their decimal text even where the
 * JSON has them as numbers, `INF`, `-INF` and `NaN` become numbers. A declared property that is absent is null, one of a derived type undefined.
 * @throws HUB_SOURCE_INVALID if a row is no JSON object
 */
export function parseRows(page: BytesPage, columns: readonly Column[] = page.columns): RowsPage {
  const members = membersOf(page, columns)
  const scanned = scanColumns(page, members)
  if (scanned !== undefined) return Object.freeze({ kind: 'rows', columns, rows: scanned })
  const exact = page.ieee754 ? undefined : exactWithin(members)
  const read = members.map((column) => readerOf(column, members, exact?.has(column.name) === true ? wholeNumber(column) : undefined))
  const rows = objectsOf(page, members).map((object) => {
    const values: Value[] = []
    for (const reader of read) values.push(reader(object))
    return values
  })
  return Object.freeze({ kind: 'rows', columns, rows })
}

/** The columns under the names they have in the page's objects. */
function membersOf({ renamed }: BytesPage, columns: readonly Column[]): readonly Column[] {
  if (renamed === undefined) return columns
  return columns.map((column) => ({ ...column, name: renamed.get(column.name) ?? column.name }))
}

type JsonObject = Readonly<Record<string, Value>>


/** Whether a number may hide below, whose digits JSON.parse would lose: the column itself, or anywhere in structured content. */
const holdsExact = (column: Column): boolean => EXACT.has(column.type.base) || (column.fields === undefined ? isUntyped(column) : column.fields.some((field) => holdsExact(field)))
const isUntyped = ({ name, type, expanded }: Column): boolean => name === '*' || name === annotationsName || type.base === 'structured' || type.base === 'Edm.Untyped' || expanded !== undefined

function objectsOf(page: BytesPage, columns: readonly Column[]): readonly JsonObject[] {
  const exact = page.ieee754 ? [] : columns.filter((column) => holdsExact(column))
  if (exact.length === 0) return parseAll(page, (text) => text, undefined)
  const deep = exact.some((column) => !EXACT.has(column.type.base) || column.type.collection)
  if (deep) return parseAll(page, (text) => text, keepNumberText(columns))
  const objects = parseAll(page, quoting(exact), undefined)
  const lost = objects.some((object) => exact.some(({ name }) => typeof object[name] === 'number'))
  return lost ? parseAll(page, (text) => text, keepNumberText(columns)) : objects
}

type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown
/** Node gives revivers the source text of numbers, which the library types do not know yet. */
const parseJson = JSON.parse as (text: string, reviver?: Reviver) => unknown

function parseAll(page: BytesPage, prepare: (text: string) => string, reviver: Reviver | undefined): readonly JsonObject[] {
  const count = page.offsets.length >> 1
  if (count === 0) return []
  const start = page.offsets[0] ?? 0
  const end = page.offsets[2 * count - 1] ?? 0
  try {
    if (isContiguous(page)) return parseJson(`[${prepare(page.bytes.toString('utf8', start, end))}]`, reviver) as readonly JsonObject[]
    return Array.from({ length: count }, (_, row) =>
      parseJson(prepare(page.bytes.toString('utf8', page.offsets[2 * row], page.offsets[2 * row + 1])), reviver) as JsonObject)
  } catch (error) {
    throw hubError('HUB_SOURCE_INVALID', { slug: page.slug ?? 'behind this query', reason: 'a row is not well-formed JSON' }, { cause: error })
  }
}

/** Whether nothing but commas and white space lies between the rows, so that they parse as one text. */
function isContiguous({ bytes, offsets }: BytesPage): boolean {
  for (let row = 2; row < offsets.length; row += 2) {
    let commas = 0
    for (let at = offsets[row - 1] ?? 0; at < (offsets[row] ?? 0); at++) {
      const sign = bytes[at]
      if (sign === 0x2c) commas++
      else if (sign !== 0x20 && sign !== 0x0a && sign !== 0x0d && sign !== 0x09) return false
    }
    if (commas !== 1) return false
  }
  return true
}

/**
 * Puts the numbers of these columns into quotes before parsing, four times cheaper than a reviver. A key with its colon cannot stand
 * within a JSON string, whose quotes are escaped; rows whose content is nested are not treated this way.
 */
function quoting(columns: readonly Column[]): (text: string) => string {
  const names = columns.map(({ name }) => name.replaceAll(/[.*+?^${}()|[\]\\@]/g, String.raw`\$&`)).join('|')
  const pattern = new RegExp(String.raw`("(?:${names})"\s*:\s*)(-?\d[\d.eE+-]*)`, 'g')
  return (text) => text.replaceAll(pattern, '$1"$2"')
}

/**
 * Numbers of Int64 and Decimal properties keep their text: what the columns declare by name, at any depth. In undeclared content a
 * number that a double cannot hold keeps its text too.
 */
function keepNumberText(columns: readonly Column[]): Reviver {
  const kinds = new Map<string, BaseType>()
  const note = (column: Column): void => {
    if (!kinds.has(column.name) || EXACT.has(column.type.base)) kinds.set(column.name, column.type.base)
    for (const field of column.fields ?? []) note(field)
  }
  for (const column of columns) note(column)
  return function (key, value, context) {
    if (typeof value !== 'number' || context.source === undefined) return value
    const base = kinds.get(key)
    if (base !== undefined) return EXACT.has(base) ? context.source : value
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? context.source : value
  }
}

type Read = (object: JsonObject) => Value

/** Names of exact numbers within structured columns: columns of the same names come as text, too. Undefined: there is none. */
function exactWithin(columns: readonly Column[]): ReadonlySet<string> | undefined {
  const names = (fields: readonly Column[]): readonly string[] => fields.flatMap((field) => [...(EXACT.has(field.type.base) ? [field.name] : []), ...names(field.fields ?? [])])
  const found = columns.flatMap(({ fields }) => (fields === undefined ? [] : names(fields)))
  return found.length === 0 ? undefined : new Set(found)
}

function readerOf(column: Column, columns: readonly Column[], otherwise: ReturnType<typeof converterOf>): Read {
  if (column.name === '*') return undeclared(columns)
  if (column.name === annotationsName) return annotations
  const convert = converterOf(column) ?? otherwise
  const { name } = column
  if (name.includes('@')) {
    // Services of 4.01 leave the prefix out.
    const short = name.replace('@odata.', '@')
    return (object) => object[name] ?? object[short]
  }
  const absent = column.derived === true ? undefined : null
  if (convert === undefined) return (object) => (object[name] === undefined ? absent : object[name])
  return (object) => {
    const value = object[name]
    return value === undefined ? absent : value === null ? null : convert(value)
  }
}

/** What is said of the object and its members in terms of vocabularies, by whole names: `Weight@Org.OData.Measures.V1.Unit`. Undefined: nothing. */
const annotations: Read = (object) => {
  const said = Object.entries(object).filter(([name]) => isAnnotation(name))
  return said.length === 0 ? undefined : Object.fromEntries(said)
}

/** Terms are qualified; control information is not, but for its prefix. @see OData JSON Format 4.01, section 20.2 */
const isAnnotation = (name: string): boolean => {
  const at = name.indexOf('@')
  return at >= 0 && name.slice(at + 1).replace(/^odata\./, '').includes('.')
}

/** Everything of the object that is neither a column nor control information. */
function undeclared(columns: readonly Column[]): Read {
  const declared = new Set(columns.map(({ name }) => name))
  return (object) => Object.fromEntries(Object.entries(object).filter(([name]) => !declared.has(name) && !name.includes('@')))
}
