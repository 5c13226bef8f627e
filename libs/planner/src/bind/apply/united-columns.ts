import { type Column, expandedColumn, isNumeric, type Plan, type ProjectedColumn, promote, transformation } from '@tributary/plan'

/** Rows of several shapes under common columns. */
export interface United {
  readonly columns: readonly Column[]
  /** By part: its rows with these columns. */
  readonly over: readonly ((rows: Plan) => Plan)[]
}

/**
 * The columns of all parts; what not all have may be absent. Rows that stand in columns of one name have the members of all of them, numbers
 * are of a type that has room for both. What still has several shapes stands in a column for each, which are told under one name: a row has
 * one of them.
 * @see OData Extension for Data Aggregation 4.0 section 3.2.2
 */
export function united(parts: readonly (readonly Column[])[]): United {
  const { columns, taken } = unite(parts)
  return { columns, over: parts.map((part, index) => (isTakenAsItIs(part, taken[index] ?? []) ? (rows) => rows : (rows) => transformation([rows], { kind: 'project', columns: taken[index] ?? [] }))) }
}

interface Uniting {
  readonly columns: readonly Column[]
  /** By part: what its rows are turned into. */
  readonly taken: readonly (readonly ProjectedColumn[])[]
}

const labelOf = ({ name, shownAs }: Column): string => shownAs ?? name

function unite(parts: readonly (readonly Column[])[]): Uniting {
  const labels = [...new Set(parts.flatMap((part) => part.map(labelOf)))]
  const members = labels.map((label) => formsOf(label, parts))
  return { columns: Object.freeze(members.flatMap(({ columns }) => columns)), taken: parts.map((_, index) => members.flatMap(({ taken }) => taken[index] ?? [])) }
}

/** One way in which a member is shaped, and the columns of the parts that have it so. */
interface Form {
  readonly type: Column['type']
  readonly found: { readonly part: number; readonly column: Column }[]
}

function formsOf(label: string, parts: readonly (readonly Column[])[]): Uniting {
  const forms: Form[] = []
  for (const [part, columns] of parts.entries()) {
    for (const column of columns.filter((one) => labelOf(one) === label)) {
      const at = forms.findIndex((form) => form.found.every((other) => other.part !== part) && commonType(form, column) !== undefined)
      const known = forms[at]
      if (known === undefined) forms.push({ type: column.type, found: [{ part, column }] })
      else forms[at] = { type: commonType(known, column) ?? known.type, found: [...known.found, { part, column }] }
    }
  }
  const made = forms.map((form, index) => formed(form, forms.length === 1 ? undefined : `${label}~${index + 1}`, parts.length))
  return { columns: made.map(({ column }) => column), taken: parts.map((_, part) => made.map(({ taken, column }) => taken[part] ?? { column })) }
}

/** The type of a form that holds a column, too; undefined: it is of another shape. */
function commonType({ type, found: [first] }: Form, column: Column): Column['type'] | undefined {
  const known = first?.column
  if (known?.expanded !== undefined || column.expanded !== undefined) {
    // What is said of the rows would be wrong of one of them.
    if (known?.expanded?.toMany !== column.expanded?.toMany || known?.expanded?.context !== column.expanded?.context) return undefined
    return type.name === column.type.name ? type : Object.freeze({ ...type, name: 'Edm.Untyped' })
  }
  if (type.name === column.type.name && type.collection === column.type.collection) return type
  const numbers = known?.dynamic === true && column.dynamic === true && !type.collection && !column.type.collection && isNumeric(type.base) && isNumeric(column.type.base)
  return numbers ? promote(type, column.type) : undefined
}

interface Formed {
  readonly column: Column
  /** By part. */
  readonly taken: Readonly<Record<number, ProjectedColumn>>
}

/** @param name of one of several forms */
function formed({ type, found }: Form, name: string | undefined, count: number): Formed {
  const [first] = found
  if (first === undefined) throw new Error('A form that no part has')
  const absent = name !== undefined || found.length < count || found.some(({ column }) => column.derived === true)
  const own = { name: name ?? labelOf(first.column), ...(name === undefined ? {} : { shownAs: labelOf(first.column) }), ...(absent ? { derived: true as const } : {}) }
  const { derived: _derived, shownAs: _shownAs, ...shape } = first.column
  if (shape.expanded === undefined) {
    const column: Column = Object.freeze({ ...shape, type, ...own })
    return { column, taken: Object.fromEntries(found.map(({ part, column: from }) => [part, { column, from: from.name, ...(from.type.name === type.name ? {} : { cast: true as const }) }])) }
  }
  const inner = unite(found.map(({ column }) => column.expanded?.columns ?? []))
  const shown = new Set(found.flatMap(({ column }) => column.expanded?.visible ?? []))
  const visible = inner.columns.filter((column) => shown.has(labelOf(column)) || shown.has(column.name)).map((column) => column.name)
  const { context, kept } = shape.expanded
  const made = expandedColumn(own.name, type.name, { toMany: shape.expanded.toMany, columns: inner.columns, visible, ...(context === undefined ? {} : { context }), ...(kept === undefined ? {} : { kept }) })
  const column: Column = Object.freeze({ ...made, ...own })
  return { column, taken: Object.fromEntries(found.map(({ part, column: from }, index) => [part, { column, from: from.name, inner: inner.taken[index] ?? [] }])) }
}

/** True where a concat would give a part's rows the same columns by their names. */
const isTakenAsItIs = (part: readonly Column[], taken: readonly ProjectedColumn[]): boolean =>
  taken.every(({ column, from, cast, inner }) => (from === undefined ? part.every(({ name }) => name !== column.name) : from === column.name && cast !== true && isSameWithin(part.find(({ name }) => name === from), inner)))

function isSameWithin(column: Column | undefined, inner: readonly ProjectedColumn[] | undefined): boolean {
  const within = column?.expanded?.columns
  if (within === undefined || inner === undefined) return true
  return within.length === inner.length && inner.every(({ from, column: { name }, inner: deeper }, index) => from === name && within[index]?.name === name && isSameWithin(within[index], deeper))
}
