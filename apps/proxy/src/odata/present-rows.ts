import { type Column, type ExpandedShape, type RowsPage, type Value, type ValueType, withRowsChanged } from '@tributary/plan'
import { chooseValue, chooseWithin, chosenColumn, type BoundQuery, type BoundRows, type ItemsWithin } from '@tributary/planner'
import type { QueryRun } from './query-run.js'
import { isRecord } from './is-record.js'
import { type AlternativePiece, mergedPiece, type Piece, toldType } from './present-alternatives.js'
import { rowIds } from './row-ids.js'
import { madeType } from './type-text.js'

/** Rows as they are shown: their columns, the names of those that are written, and how a row becomes one of them. */
interface Presented {
  readonly columns: readonly Column[]
  readonly visible: readonly string[]
  readonly row: (values: readonly Value[]) => readonly Value[]
}

type Rows = Pick<Presented, 'columns' | 'visible'>

interface Place {
  readonly root: string
  /** Everything is told of the rows: their types, too. */
  readonly full: boolean
}

const typeName = '@odata.type'

/**
 * What of rows is not shown as the plan gives it: references, which are ids; expanded rows that are only counted, or belong into a complex
 * value; the items of a collection that `$select` chooses. Undefined where there is none of it, so that pages stay as they are.
 */
export function presenter({ root, bound, style }: Pick<QueryRun, 'root' | 'style'> & { readonly bound: Pick<BoundQuery, 'rows' | 'references' | 'visible'> }): { readonly page: (page: RowsPage) => RowsPage; readonly visible: readonly string[] } | undefined {
  const rows: BoundRows = bound.references === true ? { ...bound.rows, references: true } : bound.rows
  const full = style.metadata === 'full'
  if (!needed(rows, full)) return undefined
  const known = new WeakMap<readonly Column[], Presented>()
  return {
    visible: bound.references === true ? [idColumn.name] : shownNames(bound.visible, rows),
    page: (page) => {
      const made = known.get(page.columns) ?? present({ root, full }, { columns: page.columns, visible: bound.visible }, rows)
      known.set(page.columns, made)
      return { kind: 'rows', columns: made.columns, rows: page.rows.map(made.row) }
    },
  }
}

const needed = ({ references, countOnly, linked, holder, only, items, related, cast, alternative }: BoundRows, full: boolean): boolean =>
  references === true || alternative !== undefined || countOnly === true || linked === true || holder !== undefined || only !== undefined || items !== undefined || (cast === true && !full) || [...related.values()].some((rows) => needed(rows, full))

/** Counted rows and those within a complex value have no member of their own; those that are shown in several ways have one for all. */
const shownNames = (visible: readonly string[], { related, unshown = [] }: BoundRows): readonly string[] =>
  [...new Set(visible.filter((name) => !unshown.includes(name)).flatMap((name) => {
    const rows = related.get(name)
    return rows?.countOnly === true || rows?.linked === true || rows?.holder !== undefined ? [] : [rows?.alternative?.into ?? name]
  }))]

const text: ValueType = Object.freeze({ name: 'Edm.String', base: 'Edm.String', collection: false })
const number: ValueType = Object.freeze({ name: 'Edm.Int64', base: 'Edm.Int64', collection: false })
const idColumn: Column = Object.freeze({ name: '@odata.id', type: text })
const typeColumn: Column = Object.freeze({ name: typeName, type: text })

function present(place: Place, rows: Rows, bound: BoundRows): Presented {
  if (bound.references === true) return references(place.root, rows, bound)
  const steps = [...typeSteps(place, bound), ...collectionSteps(bound), ...relatedSteps(place, rows, bound)]
  return steps.reduce<Presented>((before, step) => {
    const after = step(before)
    return { ...after, row: (values) => after.row(before.row(values)) }
  }, { ...rows, row: (values) => values })
}

function typeSteps({ full }: Place, { cast, castWithin, alternative, entityType }: BoundRows): readonly Step[] {
  if (cast !== true || alternative !== undefined || full) return []
  return [(before) => (castWithin === true ? withOwnType(before, entityType) : withoutOwnType(before, entityType))]
}

/** Rows that a cast in $expand chooses are of another type than their navigation is declared with, and say so. @see OData JSON Format 4.01, section 4.6.3 */
function withOwnType({ columns, visible }: Rows, type: string): Presented {
  const at = columns.findIndex(({ name }) => name === typeName)
  return {
    columns: [typeColumn, ...columns.filter((_, index) => index !== at)], visible,
    row: (values) => [values[at] ?? `#${type}`, ...values.filter((_, index) => index !== at)],
  }
}

/** What rows that were cast say of their type, where it is just that type: sources tell it or not, by what they were asked for. */
function withoutOwnType({ columns, visible }: Rows, type: string): Presented {
  const at = columns.findIndex(({ name }) => name === typeName)
  return {
    columns, visible,
    row: (values) => {
      const said = values[at]
      return typeof said === 'string' && said.endsWith(`#${type}`) ? values.with(at, undefined) : values
    },
  }
}

function references(root: string, { columns }: Rows, bound: BoundRows): Presented {
  const id = rowIds(root, bound, columns)
  if (id === undefined) throw new Error(`The rows of ${bound.set.name} have no ids`)
  // The other values stay: the next page is found by them.
  const kept = columns.flatMap(({ name }, index) => (name.includes('@') ? [] : [index]))
  return { columns: [idColumn, ...kept.flatMap((index) => columns[index] ?? [])], visible: [idColumn.name], row: (values) => [id(values), ...kept.map((index) => values[index])] }
}

type Step = (before: Rows) => Presented

// ── Items of collections ─────────────────────────────────────────────────────────────────────────────────────────────

const collectionSteps = ({ items = [], unshown = [] }: BoundRows): readonly Step[] =>
  [...items.map((one): Step => (before) => chosen(before, one)), ...(unshown.length === 0 ? [] : [(before: Rows) => withoutTold(before, unshown)])]

function chosen({ columns, visible }: Rows, { path: [name = '', ...within], items }: ItemsWithin): Presented {
  const at = columns.findIndex((column) => column.name === name)
  const column = columns[at]
  if (column === undefined) return { columns, visible, row: (values) => values }
  const choose = chooseValue(items, { columns, told: madeType })
  const shown = columns.with(at, chosenColumn(column, within, items))
  if (within.length > 0) {
    const inner = chooseWithin(within, choose)
    return { columns: shown, visible, row: (values) => values.with(at, inner(values[at], values)) }
  }
  return {
    columns: [...shown, { name: `${name}@odata.count`, type: number }], visible,
    row: (values) => {
      const { value, count } = choose(values[at], values)
      return [...values.with(at, value), count]
    },
  }
}

/** Columns that are only read stay, for the next page may be found by them; what is said of them goes. */
function withoutTold({ columns, visible }: Rows, unshown: readonly string[]): Presented {
  const names = new Set(unshown)
  const kept = columns.flatMap(({ name }, index) => (name.indexOf('@') > 0 && names.has(name.slice(0, name.indexOf('@'))) ? [] : [index]))
  return { columns: kept.flatMap((index) => columns[index] ?? []), visible, row: (values) => kept.map((index) => values[index]) }
}

// ── Expanded rows ────────────────────────────────────────────────────────────────────────────────────────────────────

interface Related {
  readonly name: string
  readonly rows: BoundRows
}

function relatedSteps(place: Place, { columns }: Rows, { related }: BoundRows): readonly Step[] {
  const shown = [...related].filter(([name, rows]) => needed(rows, place.full) && columns.some((column) => column.name === name)).map(([name, rows]): Related => ({ name, rows }))
  const ways = Map.groupBy(shown.filter(({ rows }) => rows.alternative !== undefined && rows.countOnly !== true), ({ rows: { alternative, holder } }) => (holder ?? [alternative?.into]).join('/'))
  return [
    ...shown.filter(({ rows }) => rows.alternative === undefined || rows.countOnly === true).map((one): Step => (before) => shownRelated(place, before, one)),
    ...[...ways.values()].map((group): Step => (before) => shownTogether(place, before, group)),
  ]
}

function shownRelated(place: Place, before: Rows, { name, rows }: Related): Presented {
  const at = before.columns.findIndex((column) => column.name === name)
  if (before.columns[at]?.expanded === undefined) return { ...before, row: (values) => values }
  if (rows.countOnly === true) return countedOnly(before, at, rows.alternative?.into ?? name)
  if (rows.linked === true) return linkedOnly(place.root, before, { name, rows })
  const piece = pieceOf(place, before, { name, rows })
  return piece === undefined ? { ...before, row: (values) => values } : put(before, piece, rows)
}

/** The rows of one navigation that is expanded in several ways. */
function shownTogether(place: Place, before: Rows, group: readonly Related[]): Presented {
  const [first, ...rest] = group.flatMap(({ name, rows }): readonly AlternativePiece[] => {
    const piece = pieceOf(place, before, { name, rows })
    return piece === undefined ? [] : [{ piece, rows }]
  })
  return first === undefined ? { ...before, row: (values) => values } : put(before, mergedPiece(before.columns, [first, ...rest]), first.rows)
}

/** Related rows as they are shown, and where they are not. */
function pieceOf(place: Place, { columns }: Rows, { name, rows }: Related): Piece | undefined {
  const at = columns.findIndex((column) => column.name === name)
  const column = columns[at]
  const shape = column?.expanded
  if (column === undefined || shape === undefined) return undefined
  const made = present(place, shape, rows)
  const expanded: Column = { ...column, expanded: { ...shape, columns: made.columns, visible: rows.references === true ? made.visible : shownNames(made.visible, rows) } }
  const absent = absence(columns, rows)
  return { at, column: expanded, value: (values) => (absent(values) ? undefined : eachRow(values[at], shape, made.row)) }
}

function put(before: Rows, piece: Piece, rows: BoundRows): Presented {
  const { at, column, value } = piece
  if (rows.holder !== undefined) return held(before, piece, rows)
  return { columns: before.columns.with(at, column), visible: before.visible, row: (values) => values.with(at, value(values)) }
}

/** Rows of other types than those that have the navigation do not show it. */
function absence(columns: readonly Column[], { only }: BoundRows): (values: readonly Value[]) => boolean {
  if (only === undefined) return () => false
  const at = columns.findIndex(({ name }) => name === typeName)
  const types = new Set(only)
  return (values) => !types.has(toldType(values[at]) ?? '')
}

function eachRow(value: Value, { toMany }: ExpandedShape, row: Presented['row']): Value {
  if (!toMany) return Array.isArray(value) ? (row(value) as Value) : value
  return withRowsChanged(value, (rows) => rows.map(row))
}

function countedOnly({ columns, visible }: Rows, at: number, name: string): Presented {
  const label: Column = { name: `${name}@odata.count`, type: number }
  return {
    columns: columns.with(at, label), visible,
    row: (values) => {
      const value = values[at]
      return values.with(at, value !== undefined && isRecord(value) ? value['count'] : undefined)
    },
  }
}

/** A row of a cross join by the link to it. @see OData JSON Format 4.01, section 4.5 */
function linkedOnly(root: string, { columns, visible }: Rows, { name, rows }: Related): Presented {
  const at = columns.findIndex((column) => column.name === name)
  const id = rowIds(root, rows, columns[at]?.expanded?.columns ?? [])
  return {
    columns: columns.with(at, { name: `${name}@odata.navigationLink`, type: text }), visible,
    row: (values) => {
      const value = values[at]
      return values.with(at, id !== undefined && Array.isArray(value) ? id(value as readonly Value[]) : undefined)
    },
  }
}

/** Puts the rows into the complex value they are expanded from, where that is of a type that has them. */
function held({ columns, visible }: Rows, { at, column, value }: Piece, { holder = [], held: types = [] }: BoundRows): Presented {
  const [first = '', ...rest] = holder
  const holderAt = columns.findIndex(({ name }) => name === first)
  const outer = columns[holderAt]
  if (outer === undefined) return { columns, visible, row: (values) => values }
  return {
    columns: columns.with(holderAt, withField(outer, rest, column)), visible,
    row: (values) => (types.every((one) => isHeld(values[holderAt], rest, one)) ? values.with(holderAt, withMember(values[holderAt], rest, value(values))).with(at, undefined) : values.with(at, undefined)),
  }
}

/** Whether the value behind so many properties of the way is of one of the types. */
function isHeld(outer: Value, names: readonly string[], { depth, types }: { readonly depth: number; readonly types: readonly string[] }): boolean {
  const value = names.slice(0, depth - 1).reduce<Value>((before, name) => (isRecord(before) ? before[name] : undefined), outer)
  return isRecord(value) && types.includes(toldType(value[typeName]) ?? '')
}

function withField(outer: Column, [name = '', ...rest]: readonly string[], column: Column): Column {
  const fields = outer.fields ?? []
  if (rest.length === 0) return { ...outer, fields: [...fields, { ...column, name }] }
  return { ...outer, fields: fields.map((field) => (field.name === name ? withField(field, rest, column) : field)) }
}

function withMember(outer: Value, [name = '', ...rest]: readonly string[], value: Value): Value {
  if (!isRecord(outer)) return outer
  if (rest.length > 0) return { ...outer, [name]: withMember(outer[name], rest, value) }
  const count = isRecord(value) && typeof value['count'] === 'number' ? { [`${name}@odata.count`]: value['count'] } : {}
  return { ...outer, ...count, [name]: value }
}
