import type { Column, RowsPage, Value, ValueType } from '@tributary/plan'
import { needsType, typeText } from './type-text.js'

/** Rows with what is said of their columns as columns of control information beside them. */
interface Annotated {
  readonly columns: readonly Column[]
  readonly row: (values: readonly Value[]) => readonly Value[]
}

const text: ValueType = Object.freeze({ name: 'Edm.String', base: 'Edm.String', collection: false })
const control = (name: string): Column => ({ name, type: text })

/**
 * Adds what clients cannot know of properties that the query made: their types, where JSON does not show them, and the context of rows
 * that `$apply` put into others. Undefined where there is nothing to say.
 * @see OData JSON Format 4.01 sections 4.6.3 and 4.6.1
 */
export function dynamicTypes(all: readonly Column[], visible: readonly string[]): ((page: RowsPage) => RowsPage) | undefined {
  if (!all.some((column) => visible.includes(column.name) && saysMore(column))) return undefined
  const known = new WeakMap<readonly Column[], Annotated>()
  return ({ columns, rows }) => {
    const annotated = known.get(columns) ?? annotate(columns, visible)
    known.set(columns, annotated)
    return { kind: 'rows', columns: annotated.columns, rows: rows.map(annotated.row) }
  }
}

const isTyped = ({ type, dynamic, expanded }: Column): boolean => dynamic === true && expanded === undefined && needsType(type)

const saysMore = (column: Column): boolean => isTyped(column) || column.expanded?.context !== undefined || column.expanded?.columns.some(saysMore) === true

function annotate(columns: readonly Column[], visible: readonly string[]): Annotated {
  const shown = new Set(visible)
  const typed = columns.flatMap((column, index) => (shown.has(column.name) && isTyped(column) ? [{ index, label: `${column.shownAs ?? column.name}@odata.type`, text: typeText(column.type) }] : []))
  const placed = columns.flatMap(({ name, shownAs, expanded }, index) => (shown.has(name) && expanded?.toMany === true && expanded.context !== undefined ? [{ index, label: `${shownAs ?? name}@odata.context`, text: `#${expanded.context}` }] : []))
  const beside = [...typed, ...placed]
  const inner = columns.map((column) => (shown.has(column.name) && saysMore(column) && column.expanded !== undefined ? innerRows(column, column.expanded) : undefined))
  return {
    columns: [...beside.map(({ label }) => control(label)), ...columns.map((column, index) => inner[index]?.column ?? column)],
    row: (values) => [
      ...beside.map(({ index, text: said }) => (values[index] === null || values[index] === undefined ? undefined : said)),
      ...values.map((value, index) => inner[index]?.value(value) ?? value),
    ],
  }
}

interface Inner {
  readonly column: Column
  readonly value: (value: Value) => Value
}

function innerRows(column: Column, expanded: NonNullable<Column['expanded']>): Inner {
  const rows = annotate(expanded.columns, expanded.visible)
  const own = !expanded.toMany && expanded.context !== undefined ? [`#${expanded.context}`] : []
  const row = (values: readonly Value[]): Value => [...own, ...rows.row(values)]
  return {
    column: { ...column, expanded: { ...expanded, columns: [...own.map(() => control('@odata.context')), ...rows.columns] } },
    value: (value) => (Array.isArray(value) ? row(value) : hasRows(value) ? { ...value, rows: value.rows.map((one) => (Array.isArray(one) ? row(one) : one)) } : value),
  }
}

const hasRows = (value: Value): value is { readonly rows: readonly Value[] } => typeof value === 'object' && value !== null && !Array.isArray(value) && 'rows' in value && Array.isArray(value.rows)
