import { hubError } from '@tributary/errors'
import type { WireColumn } from './page.js'
import { isControlColumn } from './style.js'

/** One column of a table: where its value stands in a row. */
export interface TableField {
  /** `CompanyName`, or a path into a complex value or a to-one expand: `Customer/Address/City`. */
  readonly name: string
  /** The primitive type beneath. */
  readonly base: string
  /** Undefined and null: an empty cell. */
  read(row: readonly unknown[]): unknown
}

type Read = (row: readonly unknown[]) => unknown

const refusal = (what: string) => hubError('HUB_QUERY_UNSUPPORTED', { what: `${what} in a table`, hint: 'Leave it out with $select, or ask for JSON.' }, { target: '$format' })

/**
 * The columns of rows as a table: complex values and to-one expands flattened, each by its path.
 * @throws HUB_QUERY_UNSUPPORTED for collections and undeclared properties, which a table has no place for
 */
export const tableFields = (columns: readonly WireColumn[], visible: readonly string[]): readonly TableField[] =>
  [...Map.groupBy(fieldsOf(columns, visible, '', (row) => row), ({ name }) => name).values()].flatMap(oneOf)

/** Columns of one name are forms of one member, of which a row has one: numbers and texts stand in one column of the table. */
function oneOf([first, ...others]: readonly TableField[]): readonly TableField[] {
  if (first === undefined) return []
  if (others.length === 0) return [first]
  const forms = [first, ...others]
  const read: Read = (row) => forms.map((form) => form.read(row)).find((value) => value !== undefined && value !== null)
  return [{ name: first.name, base: forms.every(({ base }) => base === first.base) ? first.base : 'Edm.String', read }]
}

function fieldsOf(columns: readonly WireColumn[], visible: readonly string[], prefix: string, rowOf: Read): readonly TableField[] {
  return visible.filter((name) => !isControlColumn(name)).flatMap((name): readonly TableField[] => {
    const index = columns.findIndex((column) => column.name === name)
    const column = columns[index]
    if (column === undefined) return []
    return columnFields(column, `${prefix}${column.shownAs ?? name}`, (row) => {
      const own = rowOf(row)
      return Array.isArray(own) ? own[index] as unknown : undefined
    })
  })
}

function columnFields(column: WireColumn, name: string, read: Read): readonly TableField[] {
  const { expanded, fields, type } = column
  if (expanded?.toMany === true || (expanded === undefined && type.collection)) throw refusal(`The collection ${name}`)
  if (column.name === '*') throw refusal('Properties that are not declared')
  if (expanded !== undefined) return fieldsOf(expanded.columns, expanded.visible, `${name}/`, read)
  if (fields === undefined) {
    if (type.base === 'structured') throw refusal(`The value ${name}, whose properties are not known,`)
    return [{ name, base: type.base, read }]
  }
  return fields.filter((field) => !isControlColumn(field.name)).flatMap((field) => columnFields(field, `${name}/${field.name}`, (row) => memberOf(read(row), field.name)))
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>)[name] : undefined

/** A value as text: numbers with every digit, infinities as OData writes them. */
export function cellText(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'INF' : '-INF'
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}
