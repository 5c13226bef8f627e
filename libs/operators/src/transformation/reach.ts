import { type Column, compilePredicate, hashKey, type Reached, type Value, valueName, type ValueType } from '@tributary/plan'
import { positionsOf, type Row } from '../page-rows.js'
import { rowsInColumn } from './column-rows.js'

/** Hears of what a row reaches. */
export interface ReachVisitor {
  /** Whether what has this identity, equal for what is the same, is to be looked at. */
  enter(identity: string): boolean
  /** Never null. */
  visit(value: Value): void
}

/** Finds what a row reaches. */
export type Reach = (row: Row, hears: ReachVisitor) => void

/** Goes along a path through expanded columns, then through values and the collections among them. */
export function reachOf(reached: Reached, columns: readonly Column[]): Reach {
  const conditions = (reached.only ?? []).filter(({ depth }) => depth === 0).map(({ condition }) => compilePredicate(condition, columns))
  const reach = reachFrom(reached, columns)
  return conditions.length === 0 ? reach : (row, hears) => {
    if (conditions.every((holds) => holds(row))) reach(row, hears)
  }
}

function reachFrom({ path, identity, values, only = [], onlyValues = [] }: Reached, columns: readonly Column[]): Reach {
  const [name, ...rest] = path
  if (name === undefined) return valuesOf(values, { identity, onlyValues, columns })
  const [position = -1] = positionsOf(columns, [name])
  const column = columns[position]
  if (column?.expanded === undefined) throw new Error(`The column ${name} holds no rows to be aggregated`)
  const rowsIn = rowsInColumn(column)
  const beyond = only.filter(({ depth }) => depth > 0).map(({ depth, condition }) => ({ depth: depth - 1, condition }))
  const inner = reachOf({ path: rest, values, type: column.type, only: beyond, onlyValues, ...(identity === undefined ? {} : { identity }) }, column.expanded.columns)
  return (row, hears) => {
    for (const related of rowsIn(row[position])) inner(related, hears)
  }
}

interface AtEnd {
  readonly identity: readonly string[] | undefined
  readonly onlyValues: NonNullable<Reached['onlyValues']>
  readonly columns: readonly Column[]
}

function valuesOf([name, ...rest]: readonly string[], { identity, onlyValues, columns }: AtEnd): Reach {
  const identityOf = identity === undefined ? undefined : hashOf(identity, columns)
  const position = name === undefined ? -1 : (positionsOf(columns, [name])[0] ?? -1)
  const conditions = [undefined, ...rest].map((_, index) => onlyValues.filter(({ depth }) => depth === index + 1).map(({ condition, type }) => compilePredicate(condition, [...columns, { name: valueName, type }])))
  return (row, hears) => {
    if (identityOf !== undefined && !hears.enter(identityOf(row))) return
    if (name === undefined) hears.visit(row)
    else eachValue(row[position], rest, { visit: (value) => hears.visit(value), holds: (value, passed) => conditions[passed]?.every((condition) => condition([...row, value])) === true })
  }
}

function hashOf(names: readonly string[], columns: readonly Column[]): (row: Row) => string {
  const positions = positionsOf(columns, names)
  const types = positions.map((position): ValueType => columns[position]?.type ?? untyped)
  return (row) => hashKey(types, positions.map((position) => row[position]))
}

const untyped: ValueType = Object.freeze({ name: 'Edm.Untyped', collection: false, base: 'Edm.Untyped' })

interface Values {
  readonly visit: (value: Value) => void
  /** Whether a value meets what is asked of values behind so many names. */
  readonly holds: (value: Value, passed: number) => boolean
}

function eachValue(value: Value, names: readonly string[], values: Values, passed = 0): void {
  if (value === null || value === undefined) return
  if (Array.isArray(value)) {
    for (const item of value) eachValue(item, names, values, passed)
    return
  }
  if (!values.holds(value, passed)) return
  const [name, ...rest] = names
  if (name === undefined) values.visit(value)
  else if (typeof value === 'object') eachValue((value as Readonly<Record<string, Value>>)[name], rest, values, passed + 1)
}
