import type { Applied } from './plan.js'
import type { Column } from './page.js'
import type { Value } from './value.js'

type Renamed = Applied['renamed']

/** The columns of results as their source gives them: under its names, what stands in another row as an object. */
export const columnsAtSource = (columns: readonly Column[], renamed: Renamed): readonly Column[] => columns.map((column) => columnAtSource(column, '', renamed))

function columnAtSource(column: Column, prefix: string, renamed: Renamed): Column {
  const path = `${prefix}${column.name}`
  const name = renamed.get(path) ?? column.name
  const { expanded, ...own } = column
  if (expanded === undefined) return name === column.name ? column : Object.freeze({ ...column, name })
  return Object.freeze({ ...own, name, fields: Object.freeze(expanded.columns.map((inner) => columnAtSource(inner, `${path}/`, renamed))) })
}

/** Turns a row of `columnsAtSource` into one of `columns`: objects become rows by their columns, what they lack is absent. */
export function resultRow(columns: readonly Column[], renamed: Renamed): (row: readonly Value[]) => readonly Value[] {
  const convert = columns.map((column) => rowsOf(column, '', renamed))
  return (row) => row.map((value, index) => convert[index]?.(value) ?? value)
}

/** Undefined where values stay as they are. */
function rowsOf({ name, expanded }: Column, prefix: string, renamed: Renamed): ((value: Value) => Value) | undefined {
  if (expanded === undefined) return undefined
  const path = `${prefix}${name}/`
  const members = expanded.columns.map((inner) => ({ name: renamed.get(`${path}${inner.name}`) ?? inner.name, convert: rowsOf(inner, path, renamed) }))
  const one = (value: Value): Value => (isRecord(value) ? members.map((member) => member.convert?.(value[member.name]) ?? value[member.name]) : value)
  if (!expanded.toMany) return one
  return (value) => (Array.isArray(value) ? { rows: value.map((item: Value) => one(item)) as readonly (readonly Value[])[] } : { rows: [] })
}

const isRecord = (value: Value): value is Readonly<Record<string, Value>> => typeof value === 'object' && value !== null && !Array.isArray(value)
