import type { ExposedSet } from '@tributary/catalog'
import { hubError } from '@tributary/errors'
import type { Column, Value, ValueType } from '@tributary/plan'
import type { BoundRows } from '@tributary/planner'
import { isRecord } from './is-record.js'

/** Writes the absolute id of a row. */
export type RowId = (row: readonly Value[]) => string

/**
 * Ids of rows with these columns: the set and the key, or the path through the rows that contain them. Undefined: they have none.
 * @throws HUB_QUERY_UNSUPPORTED if the rows lack their key
 * @see OData URL Conventions 4.01, section 4.3
 */
export function rowIds(root: string, { set, place }: Pick<BoundRows, 'set' | 'place'>, columns: readonly Column[]): RowId | undefined {
  if (place === undefined) return set.key.length === 0 ? undefined : suffixed(`${root}${encodeURIComponent(set.name)}`, keyWriter(set, columns))
  const parts = place.gaps.map(({ key, after, unwritten }) => ({ key: unwritten === true ? () => '' : keyText(key.map(({ name, column }) => partOf(set, columns, { name, path: [column] }))), after }))
  const own = place.single ? () => '' : keyWriter(set, columns)
  if (!place.single && set.key.length === 0) return undefined
  return (row) => `${root}${place.path}${parts.map(({ key, after }) => `${key(row)}${after}`).join('')}${own(row)}`
}

const suffixed = (prefix: string, suffix: RowId): RowId => (row) => `${prefix}${suffix(row)}`

const keyWriter = (set: ExposedSet, columns: readonly Column[]): RowId => keyText(set.key.map((path) => partOf(set, columns, { name: set.keyAliases?.get(path) ?? path, path: path.split('/') })))

interface KeyPart {
  readonly name: string
  readonly valueIn: (row: readonly Value[]) => Value
  readonly type: ValueType
}

/** A part of the key that stands at the path: a column, or a value within a complex one. */
function partOf(set: ExposedSet, columns: readonly Column[], { name, path }: { readonly name: string; readonly path: readonly string[] }): KeyPart {
  const [first, ...within] = path
  const at = columns.findIndex((one) => one.name === first)
  const found = within.reduce<Column | undefined>((before, step) => before?.fields?.find((field) => field.name === step), columns[at])
  if (found === undefined) throw hubError('HUB_QUERY_UNSUPPORTED', { what: `odata.metadata=full for rows of ${set.name} without their key ${name}`, hint: 'Select the key as well.' }, { target: '$select' })
  return { name, valueIn: (row) => within.reduce<Value>((value, step) => memberOf(value, step), row[at] ?? null), type: found.type }
}

const memberOf = (value: Value, name: string): Value => (isRecord(value) ? (value[name] ?? null) : null)

function keyText(parts: readonly KeyPart[]): RowId {
  const single = parts.length === 1
  return (row) => `(${parts.map(({ name, valueIn, type }) => `${single ? '' : `${name}=`}${valueInKey(valueIn(row), type)}`).join(',')})`
}

/** A value as it stands in a URL's key. @see OData URL Conventions 4.01, section 4.3.1 */
function valueInKey(value: Value, { name, base }: ValueType): string {
  const raw = String(value)
  if (base === 'Edm.String') return `'${encodeURIComponent(raw.replaceAll("'", "''")).replaceAll('%27', "'")}'`
  if (base === 'enum') return `${name}'${encodeURIComponent(raw)}'`
  if (base === 'Edm.Duration') return `duration'${encodeURIComponent(raw)}'`
  if (base === 'Edm.Binary') return `binary'${encodeURIComponent(raw)}'`
  return encodeURIComponent(raw)
}
