import { type Column, compile, compilePredicate, type GroupKey, type Grouping, hashKey, type Value } from '@tributary/plan'
import { projection, type Row } from '../page-rows.js'

/** Which group of a grouping a row belongs to. */
export interface GroupValues {
  /** Equal for rows of one group, and for no others. */
  readonly hash: string
  /** By the groups' positions; absent where the grouping leaves a group out. */
  readonly values: Row
}

/** Finds the groups of a row: one for each grouping. */
export function groupsOf({ groups, sets }: Grouping, columns: readonly Column[]): (row: Row) => readonly GroupValues[] {
  const parts = groups.map((group) => partOf(group, columns))
  return (row) => {
    const found = parts.map((part) => part(row))
    return sets.map((set, index) => ({
      hash: `${index}:${set.map((position) => lengthFirst(found[position]?.hash ?? '')).join('')}`,
      values: groups.map((_, position) => (set.includes(position) ? found[position]?.value : undefined)),
    }))
  }
}

const lengthFirst = (text: string): string => `${text.length}:${text}`

interface GroupPart {
  readonly hash: string
  readonly value: Value
}

function partOf({ only, ...group }: GroupKey, columns: readonly Column[]): (row: Row) => GroupPart {
  const part = valueOfGroup(group, columns)
  const holds = only === undefined ? undefined : compilePredicate(only, columns)
  return holds === undefined ? part : (row) => (holds(row) ? part(row) : absentPart)
}

/** Told apart from null, which is written otherwise. */
const absentPart: GroupPart = Object.freeze({ hash: '-', value: undefined })

function valueOfGroup({ expression, identity, shape }: GroupKey, columns: readonly Column[]): (row: Row) => GroupPart {
  const valueOf = compile(expression, columns)
  const told = identity ?? [expression]
  const types = told.map(({ type }) => type)
  const identityOf = told.map((part) => compile(part, columns))
  const shown = shape === undefined || expression.kind !== 'column' ? undefined : projection(shapeAt(expression.path, columns), shape.columns)
  return (row) => {
    const value = valueOf(row)
    return { hash: hashKey(types, identityOf.map((part) => part(row))), value: shown !== undefined && Array.isArray(value) ? (shown(value) as Value) : value }
  }
}

/** The columns of the rows a path of expanded columns leads to. */
function shapeAt(path: readonly string[], columns: readonly Column[]): readonly Column[] {
  return path.reduce<readonly Column[]>((within, name) => within.find((column) => column.name === name)?.expanded?.columns ?? [], columns)
}

/** Puts the values of a group where their paths say, beside or into what a row of its result has. */
export function assembled({ groups }: Grouping, columns: readonly Column[], rowColumns: readonly Column[]): (values: Row, row: Row) => Row {
  const places = groups.map(({ path }) => path.join('/'))
  const members = columns.map((column) => memberOf(column, '', { places, columns: rowColumns }))
  return (values, row) => members.map((member) => member(values, row))
}

type Member = (values: Row, row: Row) => Value

interface Within {
  readonly places: readonly string[]
  /** Of the row that stands at this level. */
  readonly columns: readonly Column[]
}

function memberOf(column: Column, prefix: string, { places, columns }: Within): Member {
  const place = `${prefix}${column.name}`
  const position = columns.findIndex(({ name }) => name === column.name)
  const own: Member = (_, row) => row[position]
  const group = places.indexOf(place)
  if (group >= 0) return (values, row) => (values[group] === undefined ? own(values, row) : values[group])
  const below = places.flatMap((path, index) => (path.startsWith(`${place}/`) ? [index] : []))
  if (below.length === 0 || column.expanded === undefined) return own
  const { toMany } = column.expanded
  const rowColumns = toMany ? [] : (columns[position]?.expanded?.columns ?? [])
  const members = column.expanded.columns.map((inner) => memberOf(inner, `${place}/`, { places, columns: rowColumns }))
  return (values, row) => {
    const mine = row[position]
    if (toMany) return below.every((index) => values[index] === undefined) ? mine : { rows: [members.map((member) => member(values, []))] as readonly Row[] }
    if (below.every((index) => values[index] === undefined) && !Array.isArray(mine)) return mine
    return members.map((member) => member(values, Array.isArray(mine) ? mine : [])) as Value
  }
}
