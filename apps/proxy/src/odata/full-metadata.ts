import type { Exposure } from '@tributary/catalog'
import { type Column, type RowsPage, type Value, type ValueType, withRowsChanged } from '@tributary/plan'
import type { BoundQuery, BoundRows } from '@tributary/planner'
import type { Endpoints } from '@tributary/source'
import { advertisedOperations, isCallable } from '../operation/advertised-operations.js'
import { rowIds } from './row-ids.js'
import { fullComplexValue } from './full-complex-value.js'
import { needsType, typeText } from './type-text.js'

/** What links are made of. */
interface Place {
  readonly exposure: Exposure
  /** Absolute URL of the service root, ends in `/`. */
  readonly root: string
  /** Actions are told of where they may be called. */
  readonly endpoints: Endpoints
}

/** Rows with everything said of them: as columns of control information beside the others. */
interface Annotated {
  readonly columns: readonly Column[]
  readonly row: (values: readonly Value[]) => readonly Value[]
}

const untyped: ValueType = Object.freeze({ name: 'Edm.Untyped', base: 'Edm.Untyped', collection: false })
const text: ValueType = Object.freeze({ name: 'Edm.String', base: 'Edm.String', collection: false })

/**
 * Adds what `metadata=full` asks for: types, ids, edit and read links, navigation links, of expanded rows, too.
 * @throws HUB_QUERY_UNSUPPORTED if the rows lack their key
 * @see OData JSON Format 4.01, section 3.1.2
 */
export function fullMetadata(place: Place, bound: BoundQuery): (page: RowsPage) => RowsPage {
  const known = new WeakMap<readonly Column[], Annotated>()
  return ({ columns, rows }) => {
    const annotated = known.get(columns) ?? (bound.transient === true ? transient(place, { columns, visible: bound.visible }, bound) : annotate(place, { columns, visible: bound.visible }, bound.rows))
    known.set(columns, annotated)
    return { kind: 'rows', columns: annotated.columns, rows: rows.map(annotated.row) }
  }
}

const control = (name: string): Column => ({ name, type: text })

interface Shown {
  readonly columns: readonly Column[]
  readonly visible: readonly string[]
}

function annotate(place: Place, { columns, visible }: Shown, bound: BoundRows | undefined): Annotated {
  if (bound?.references === true || bound?.countOnly === true) return { columns, row: (values) => values }
  const idOf = bound === undefined ? undefined : rowIds(place.root, bound, columns)
  const links = bound === undefined ? [] : linksOf(place, bound).filter(({ label }) => !columns.some((column) => column.name === label))
  const operations = idOf === undefined || bound === undefined ? [] : advertisedOperations(place.exposure.model, bound.entityType, bound.set.entityType).filter(({ kind }) => isCallable(kind, place.endpoints.endpoint(bound.set.endpoint)))
  const typed = columns.filter(({ name, type, expanded }) => visible.includes(name) && expanded === undefined && !name.includes('@') && name !== '*' && needsType(type))
  const typeName = bound?.entityType
  const typeAt = columns.findIndex(({ name }) => name === '@odata.type')
  const inner = columns.map((column) => innerValue(place, column, bound))
  const own = [
    ...(typeAt >= 0 || typeName === undefined ? [] : [control('@odata.type')]),
    ...(idOf === undefined ? [] : ['@odata.id', '@odata.editLink', '@odata.readLink'].map(control)),
    ...(idOf === undefined ? [] : links.map(({ label }) => control(label))),
    ...operations.map(({ label }): Column => ({ name: label, type: untyped })),
    ...typed.map(({ name, shownAs }) => control(`${shownAs ?? name}@odata.type`)),
  ]
  const typeTexts = typed.map((column) => ({ text: typeText(column.type), at: columns.indexOf(column) }))
  return identityFirst({
    columns: [...own, ...columns.map((column, index) => inner[index]?.column ?? column)],
    row: (values) => {
      const id = idOf?.(values)
      return [
        ...(typeAt >= 0 || typeName === undefined ? [] : [`#${typeName}`]),
        ...(id === undefined ? [] : [id, id, id]),
        ...(id === undefined ? [] : links.map(({ path, of }) => (of === undefined || of.has(typeOf(values[typeAt], typeName)) ? `${id}${path}` : undefined)) as Value[]),
        ...operations.map(({ title, path, of }) => (of.has(typeOf(values[typeAt], typeName)) ? { title, target: `${id}${path}` } : undefined)) as Value[],
        ...typeTexts.map((type) => (values[type.at] === null || values[type.at] === undefined ? undefined : type.text)) as Value[],
        ...values.map((value, index) => (index === typeAt && typeName !== undefined && (value === undefined || value === null) ? `#${typeName}` : inner[index]?.value(value, id) ?? value)),
      ]
    },
  })
}

const identity = ['@odata.type', '@odata.id', '@odata.etag']

/** What an entity is stands before all else that is told of it, so that it can be read as it comes. @see OData JSON Format 4.01, section 4.4 */
function identityFirst({ columns, row }: Annotated): Annotated {
  const first = identity.map((name) => columns.findIndex((column) => column.name === name)).filter((at) => at >= 0)
  const order = [...first, ...columns.map((_, at) => at).filter((at) => !first.includes(at))]
  const ordered = <T>(items: readonly T[]): readonly T[] => order.flatMap((at) => items.slice(at, at + 1))
  return { columns: ordered(columns), row: (values) => ordered(row(values)) }
}

/** Results of `$apply` are of the type that was asked for, and can be read nowhere else. @see OData JSON Format 4.01, section 4.6.5 */
function transient(place: Place, shown: Shown, { entityType }: BoundQuery): Annotated {
  const { columns, row } = annotate(place, shown, undefined)
  return { columns: [control('@odata.type'), control('@odata.id'), ...columns], row: (values) => [`#${entityType}`, null, ...row(values)] }
}

interface RowLink {
  readonly label: string
  /** Behind the id of the row. */
  readonly path: string
  /** Qualified names of the types whose rows have it; undefined: all. */
  readonly of?: ReadonlySet<string>
}

const linkOf = (label: string, path: string): RowLink => ({ label, path })

/** Links to what rows lead to: related rows, their media stream, and streams that are properties. */
function linksOf({ exposure: { model } }: Place, { set, entityType, cast }: BoundRows): readonly RowLink[] {
  const [type, declared] = [model.entityType(entityType), model.structured(set.entityType)]
  const streams = type === undefined ? [] : model.properties(type).filter((property) => property.type.name === 'Edm.Stream' && !property.type.collection)
  const media = type !== undefined && [type.qualifiedName, ...basesOf(model, type.qualifiedName)].some((name) => model.entityType(name)?.hasStream === true)
  return [
    ...[...set.navigations.keys()].flatMap((name) => [linkOf(`${name}@odata.associationLink`, `/${name}/$ref`), linkOf(`${name}@odata.navigationLink`, `/${name}`)]),
    ...(cast === undefined && set.entityType === entityType ? model.derivedTypes(entityType).flatMap((name) => derivedLinks(model, name)) : []),
    ...(media ? ['@odata.mediaEditLink', '@odata.mediaReadLink'].map((label) => linkOf(label, '/$value')) : []),
    ...streams.flatMap(({ name }) => streamLinks(name, declared !== undefined && model.property(declared, name) !== undefined ? '' : `/${entityType}`)),
  ]
}

const streamLinks = (name: string, cast: string): readonly RowLink[] => ['mediaEditLink', 'mediaReadLink'].map((link) => linkOf(`${name}@odata.${link}`, `${cast}/${name}`))

/** Links that only rows of a derived type have: they go through a cast. */
function derivedLinks(model: Exposure['model'], name: string): readonly RowLink[] {
  const of = new Set([name, ...model.derivedTypes(name)])
  const type = model.structured(name)
  const streams = [...(type?.properties.values() ?? [])].filter((property) => property.type.name === 'Edm.Stream' && !property.type.collection)
  return [
    ...[...(type?.navigation.keys() ?? [])].flatMap((navigation) => [linkOf(`${navigation}@odata.associationLink`, `/${name}/${navigation}/$ref`), linkOf(`${navigation}@odata.navigationLink`, `/${name}/${navigation}`)]),
    ...streams.flatMap((stream) => streamLinks(stream.name, `/${name}`)),
  ].map((link) => ({ ...link, of }))
}

/** The qualified name of a row's own type. */
const typeOf = (told: Value, declared: string | undefined): string => (typeof told === 'string' ? told.replace(/^.*#/, '') : declared ?? '')

/** Qualified names of the types a type derives from. */
function basesOf(model: Exposure['model'], name: string): readonly string[] {
  const base = model.structured(name)?.baseType
  const found = base === undefined ? undefined : model.structured(base)?.qualifiedName
  return found === undefined ? [] : [found, ...basesOf(model, found)]
}

interface Inner {
  readonly column: Column
  /** `id`: that of the row, where it has one. */
  readonly value: (value: Value, id: string | undefined) => Value
}

/** Of expanded rows and complex values; undefined: a plain value. */
function innerValue(place: Place, column: Column, bound: BoundRows | undefined): Inner | undefined {
  const { expanded, fields } = column
  if (expanded !== undefined) {
    const related = bound?.related.get(column.name)
    // Rows that $apply put here, or a value that it grouped by: only their types are told.
    const rows = annotate(place, expanded, related)
    return { column: { ...column, expanded: { ...expanded, columns: rows.columns } }, value: (value) => expandedValue(value, rows) }
  }
  if (fields === undefined) return undefined
  const { model } = place.exposure
  return { column, value: (value, id) => fullComplexValue(model, column.type.name, value, column.type.collection || id === undefined ? undefined : `${id}/${column.name}`) }
}

function expandedValue(value: Value, { row }: Annotated): Value {
  if (Array.isArray(value)) return row(value) as Value
  return withRowsChanged(value, (rows) => rows.map(row))
}

