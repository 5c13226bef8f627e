import { type Column, compilePredicate, hashKey, type Reached, type Value, type ValueType } from '@tributary/plan'
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

function reachFrom({ path, identity, values, only = [] }: Reached, columns: readonly Column[]): Reach {
  const [name, ...rest] = path
  if (name === undefined) return valuesOf(values, identity, columns)
  const [position = -1] = positionsOf(columns, [name])
  const column = columns[position]
  if (column?.expanded === undefined) throw new Error(`The column ${name} holds no rows to be aggregated`)
  const rowsIn = rowsInColumn(column)
  const beyond = only.filter(({ depth }) => depth > 0).map(({ depth, condition }) => ({ depth: depth - 1, condition }))
  const inner = reachOf({ path: rest, values, type: column.type, only: beyond, ...(identity === undefined ? {} : { identity }) }, column.expanded.columns)
  return (row, hears) => {
    for (const related of rowsIn(row[position])) inner(related, hears)
  }
}

function valuesOf([name, ...rest]: readonly string[], identity: readonly string[] | undefined, columns: readonly Column[]): Reach {
  const identityOf = identity === undefined ? undefined : hashOf(identity, columns)
  const position = name === undefined ? -1 : (positionsOf(columns, [name])[0] ?? -1)
  return (row, hears) => {
    if (identityOf !== undefined && !hears.enter(identityOf(row))) return
    if (name === undefined) hears.visit(row)
    else eachValue(row[position], rest, (value) => hears.visit(value))
  }
}

function hashOf(names: readonly string[], columns: readonly Column[]): (row: Row) => string {
  const positions = positionsOf(columns, names)
  const types = positions.map((position): ValueType => columns[position]?.type ?? untyped)
  return (row) => hashKey(types, positions.map((position) => row[position]))
}

const untyped: ValueType = Object.freeze({ name: 'Edm.Untyped', collection: false, base: 'Edm.Untyped' })

function eachValue(value: Value, names: readonly string[], visit: (value: Value) => void): void {
  if (value === null || value === undefined) return
  if (Array.isArray(value)) {
    for (const item of value) eachValue(item, names, visit)
    return
  }
  const [name, ...rest] = names
  if (name === undefined) visit(value)
  else if (typeof value === 'object') eachValue((value as Readonly<Record<string, Value>>)[name], rest, visit)
}
