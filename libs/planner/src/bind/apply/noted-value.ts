import type { PathRoot } from '@tributary/odata-url'
import { column, type Expression, type ValueType, variable } from '@tributary/plan'
import type { RangeVariable, RowScope } from '../row-scope.js'
import { unsupported } from '../refusal.js'
import type { Notes } from './notes.js'

/** Rows for which a value can be noted before an expression is evaluated, and how the expression reads it. */
export interface NotedRows {
  /** What names mean on the rows. */
  readonly scope: RowScope
  readonly notes: Notes
  /** The rows are the items that a variable stands for; undefined: they are those that the expression is about. */
  readonly variable?: string
  /** Notes that something is read of the rows. */
  readonly read: (name: string) => void
  readonly value: (name: string, type: ValueType) => Expression
}

/**
 * The rows that a path begins with: those that the expression is about, or those that a range variable stands for.
 * @throws HUB_QUERY_UNSUPPORTED where there is nothing that values could be noted for
 */
export function notedRows(root: PathRoot, scope: RowScope, what: string): NotedRows {
  if (root.kind === 'variable') return ofItem(root.name, scope.variables.get(root.name), what)
  if (scope.item !== undefined && root.kind !== '$it') return ofItem(scope.item.name, scope.item.range, what)
  const { notes } = scope
  const isOther = root.kind === '$it' && (scope.outer !== undefined || scope.it !== undefined || scope.around !== undefined)
  if (notes === undefined || isOther || (root.kind !== 'implicit' && root.kind !== '$it' && root.kind !== '$this')) throw unsupported(`${what} here`, 'It is answered in $filter, $orderby, $compute and $apply, of the rows themselves and of rows that a lambda goes through.')
  return { scope: ofRows(scope), notes, read: () => undefined, value: (name, type) => column(type, name) }
}

function ofItem(name: string, range: RangeVariable | undefined, what: string): NotedRows {
  const related = range?.related
  if (related === undefined) throw unsupported(`${what} behind ${name}`, 'Only entities are looked at before: complex values and single values are not.')
  return {
    scope: related.scope, notes: related.notes, variable: name, read: (read) => void related.read.add(read),
    value(noted, type) {
      related.read.add(noted)
      return variable(type, name, noted)
    },
  }
}

/** Within what is noted no values are noted once more, and names are the row's own. */
export function ofRows(scope: RowScope): RowScope {
  const { notes: _notes, item: _item, ...rest } = scope
  return { ...rest, variables: new Map() }
}
