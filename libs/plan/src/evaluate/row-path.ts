import type { Expression } from '../expression.js'
import type { Column, ExpandedShape } from '../page.js'
import type { Value } from '../value.js'
import type { Scope } from './compiled.js'

/** One step into a row: a position in it, the name of a complex value's property, or `rows` for all rows of a to-many expand. */
export type PathStep = number | string

/** Where a path leads to. */
export interface Place {
  readonly steps: readonly PathStep[]
  /** Of a path that ends at an expanded navigation. */
  readonly expanded: ExpandedShape | undefined
}

/** The way to what a path names in rows with these columns: through expanded rows by position, through complex values by name. */
export function placeOf(path: readonly string[], columns: readonly Column[]): Place | undefined {
  const steps: PathStep[] = []
  let within: readonly Column[] | undefined = columns
  let expanded: ExpandedShape | undefined
  for (const name of path) {
    if (within === undefined) {
      steps.push(name)
      continue
    }
    const index = within.findIndex((column) => column.name === name)
    const column: Column | undefined = within[index]
    if (column === undefined) return undefined
    steps.push(index)
    expanded = column.expanded
    within = expanded?.columns
    if (expanded?.toMany === true) steps.push('rows')
  }
  return { steps, expanded }
}

/** What stands at the end of the steps; null where something on the way is missing. */
export function follow(value: Value, steps: readonly PathStep[]): Value {
  let current = value
  for (const step of steps) {
    if (typeof current !== 'object' || current === null) return null
    if (Array.isArray(current)) {
      if (typeof step !== 'number') return null
      current = current[step]
    } else current = (current as Readonly<Record<string, Value>>)[step]
  }
  return current ?? null
}

/** Whether something stands at the end of the steps, be it null: what was aggregated away is absent. */
export function isPresent(value: Value, steps: readonly PathStep[]): boolean {
  let current = value
  for (const step of steps) {
    if (typeof current !== 'object' || current === null) return false
    current = Array.isArray(current) ? (typeof step === 'number' ? current[step] : undefined) : (current as Readonly<Record<string, Value>>)[step]
  }
  return current !== undefined
}

/** The columns of a collection's items, where these are related rows. */
export function itemColumns(collection: Expression, scope: Scope): readonly Column[] | undefined {
  switch (collection.kind) {
    case 'column': return placeOf(collection.path, scope.columns)?.expanded?.columns
    case 'filtered': return itemColumns(collection.collection, scope)
    // a collection that only rows of a type have
    case 'call': return collection.name === 'case' && collection.arguments[1] !== undefined ? itemColumns(collection.arguments[1], scope) : undefined
    case 'variable': {
      const columns = scope.variables.get(collection.name)?.columns
      return columns === undefined ? undefined : placeOf(collection.path, columns)?.expanded?.columns
    }
    default: return undefined
  }
}
