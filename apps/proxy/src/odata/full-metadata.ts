import type { ExposedSet, Exposure } from '@tributary/catalog'
import { hubError } from '@tributary/errors'
import type { Column, RowsPage, Value, ValueType } from '@tributary/plan'
import type { BoundQuery } from '@tributary/planner'

/** What links are made of. */
interface Place {
  readonly exposure: Exposure
  /** Absolute URL of the service root, ends in `/`. */
  readonly root: string
}

/** Rows with everything said of them: as columns of control information beside the others. */
interface Annotated {
  readonly columns: readonly Column[]
  readonly row: (values: readonly Value[]) => readonly Value[]
}

const text: ValueType = Object.freeze({ name: 'Edm.String', base: 'Edm.String', collection: false })

/**
 * Adds what `metadata=full` asks for: types, ids, edit and read links, navigation links, of expanded rows, too.
 * @throws HUB_QUERY_UNSUPPORTED if the rows lack their key
 * @see OData JSON Format 4.01, section 3.1.2
 */
export function fullMetadata(place: Place, bound: BoundQuery): (page: RowsPage) => RowsPage {
  const known = new WeakMap<readonly Column[], Annotated>()
  return ({ columns, rows }) => {
    const annotated = known.get(columns) ?? annotate(place, { columns, visible: bound.visible }, bound.set, bound.entityType)
    known.set(columns, annotated)
    return { kind: 'rows', columns: annotated.columns, rows: rows.map(annotated.row) }
  }
}

const control = (name: string): Column => ({ name, type: text })

interface Shown {
  readonly columns: readonly Column[]
  readonly visible: readonly string[]
}

function annotate(place: Place, { columns, visible }: Shown, set: ExposedSet | undefined, typeName: string): Annotated {
  const idOf = set === undefined ? undefined : idWriter(place.root, set, columns)
  const links = set === undefined ? [] : [...set.navigations.keys()].filter((name) => !columns.some((column) => column.name === name))
  const typed = columns.filter(({ name, type, expanded }) => visible.includes(name) && expanded === undefined && !name.includes('@') && name !== '*' && needsType(type))
  const typeAt = columns.findIndex(({ name }) => name === '@odata.type')
  const inner = columns.map((column) => innerValue(place, column, set))
  const own = [
    ...(typeAt >= 0 ? [] : [control('@odata.type')]),
    ...(idOf === undefined ? [] : ['@odata.id', '@odata.editLink', '@odata.readLink'].map(control)),
    ...(idOf === undefined ? [] : links.map((name) => control(`${name}@odata.navigationLink`))),
    ...typed.map(({ name }) => control(`${name}@odata.type`)),
  ]
  const typeTexts = typed.map((column) => ({ text: typeText(column.type), at: columns.indexOf(column) }))
  return {
    columns: [...own, ...columns.map((column, index) => inner[index]?.column ?? column)],
    row: (values) => {
      const id = idOf?.(values)
      return [
        ...(typeAt >= 0 ? [] : [`#${typeName}`]),
        ...(id === undefined ? [] : [id, id, id]),
        ...(id === undefined ? [] : links.map((name) => `${id}/${name}`)),
        ...typeTexts.map((type) => (values[type.at] === null || values[type.at] === undefined ? undefined : type.text)) as Value[],
        ...values.map((value, index) => (index === typeAt && (value === undefined || value === null) ? `#${typeName}` : inner[index]?.value(value) ?? value)),
      ]
    },
  }
}

interface Inner {
  readonly column: Column
  readonly value: (value: Value) => Value
}

/** Of expanded rows and complex values; undefined: a plain value. */
function innerValue(place: Place, column: Column, set: ExposedSet | undefined): Inner | undefined {
  const { expanded, fields } = column
  if (expanded !== undefined) {
    const target = set?.navigations.get(column.name)?.target
    const targetSet = target === undefined ? undefined : place.exposure.sets.get(target)
    const type = targetSet?.entityType ?? ''
    if (type === '') return undefined
    const rows = annotate(place, expanded, targetSet, type)
    return { column: { ...column, expanded: { ...expanded, columns: rows.columns } }, value: (value) => expandedValue(value, rows) }
  }
  if (fields === undefined) return undefined
  const one = (value: Value): Value => (isRecord(value) ? { '@odata.type': `#${column.type.name}`, ...value } : value)
  return { column, value: (value) => (Array.isArray(value) ? value.map(one) : one(value)) }
}

function expandedValue(value: Value, { row }: Annotated): Value {
  if (Array.isArray(value)) return row(value) as Value
  if (!isRecord(value) || !Array.isArray(value['rows'])) return value
  return { ...value, rows: value['rows'].map((one: Value) => (Array.isArray(one) ? row(one) as Value : one)) }
}

const isRecord = (value: Value): value is { readonly [name: string]: Value } => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What JSON itself does not tell apart. @see OData JSON Format 4.01, section 4.6.3 */
const needsType = ({ name, base, collection }: ValueType): boolean => collection || !(['Edm.String', 'Edm.Boolean', 'Edm.Double'].includes(name) || base === 'structured')

const typeText = ({ name, collection }: ValueType): string => {
  const short = name.replace(/^Edm\./, '')
  return collection ? `#Collection(${short})` : `#${short}`
}

function idWriter(root: string, set: ExposedSet, columns: readonly Column[]): ((row: readonly Value[]) => string) | undefined {
  if (set.key.length === 0) return undefined
  const parts = set.key.map((name) => {
    const index = columns.findIndex((column) => column.name === name)
    const column = columns[index]
    if (column === undefined) throw hubError('HUB_QUERY_UNSUPPORTED', { what: `odata.metadata=full for rows of ${set.name} without their key ${name}`, hint: 'Select the key as well.' }, { target: '$select' })
    return { name, index, type: column.type }
  })
  const single = parts.length === 1
  return (row) => `${root}${encodeURIComponent(set.name)}(${parts.map(({ name, index, type }) => `${single ? '' : `${name}=`}${keyText(row[index] ?? null, type)}`).join(',')})`
}

/** A value as it stands in a URL's key. @see OData URL Conventions 4.01, section 4.3.1 */
function keyText(value: Value, { name, base }: ValueType): string {
  const raw = String(value)
  if (base === 'Edm.String') return `'${encodeURIComponent(raw.replaceAll("'", "''")).replaceAll('%27', "'")}'`
  if (base === 'enum') return `${name}'${encodeURIComponent(raw)}'`
  if (base === 'Edm.Duration') return `duration'${encodeURIComponent(raw)}'`
  if (base === 'Edm.Binary') return `binary'${encodeURIComponent(raw)}'`
  return encodeURIComponent(raw)
}
