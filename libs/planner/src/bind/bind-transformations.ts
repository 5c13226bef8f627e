import { hubError } from '@tributary/errors'
import type { ApplyExpression, ComputeItem, Expression as Syntax, OrderItem, QueryOptions, Transformation } from '@tributary/odata-url'
import { type Column, compute, concat, type ComputedColumn, filter, limit, orderKey, type OrderKey, sort } from '@tributary/plan'
import { bindAggregate, bindGroupBy } from './bind-aggregate.js'
import { bindExpression, bindPredicate } from './bind-expression.js'
import { bindOrder, keyOrder } from './bind-order.js'
import { bindSearch } from './bind-search.js'
import { columnsOfType } from './model-types.js'
import { invalid, typeError, unsupported } from './refusal.js'
import type { RowScope, Transformed } from './row-scope.js'

/**
 * Binds `$apply`, then `$compute`. All transformations before an aggregation share the hidden columns of their rows.
 * @throws HUB_QUERY_UNSUPPORTED naming the transformation that is not executed, HUB_QUERY_* as `bindExpression`
 * @see OData Extension for Data Aggregation 4.0 section 3
 */
export function bindTransformations({ apply, compute: items }: QueryOptions, scope: RowScope): Transformed {
  const applied = apply === undefined ? untouched(scope) : bindApply(apply, scope)
  return items === undefined ? applied : then(applied, bindCompute(items, applied.scope))
}

/** How often the rows beneath may be read: each concat multiplies it. */
const mostCopies = 32

const untouched = (scope: RowScope): Transformed => ({ scope, over: (rows) => rows })

function then(first: Transformed, second: Transformed): Transformed {
  const copies = copied((first.copies ?? 1) * (second.copies ?? 1))
  return { scope: second.scope, over: (rows) => second.over(first.over(rows)), copies }
}

function copied(copies: number): number {
  if (copies > mostCopies) throw hubError('HUB_QUERY_LIMIT', { limit: mostCopies, what: 'sequences of concat in $apply' }, { target: '$apply' })
  return copies
}

const bindApply = ({ transformations }: ApplyExpression, scope: RowScope): Transformed =>
  transformations.reduce((before, transformation) => then(before, bindTransformation(transformation, before.scope)), untouched(scope))

function bindTransformation(transformation: Transformation, scope: RowScope): Transformed {
  switch (transformation.kind) {
    case 'identity': return untouched(scope)
    case 'filter': {
      const predicate = bindPredicate(transformation.predicate, scope)
      return { scope, over: (rows) => filter(rows, predicate) }
    }
    case 'search': {
      const predicate = bindSearch(transformation.search, columnsInScope(scope))
      return { scope, over: (rows) => filter(rows, predicate) }
    }
    case 'compute': return bindCompute(transformation.items, scope)
    case 'aggregate': return bindAggregate(transformation.items, scope)
    case 'groupby': return bindGroupBy(transformation, scope)
    case 'orderby': return ordered(transformation.items, scope)
    case 'top': return { scope, over: (rows) => limit(rows, 0, transformation.count) }
    case 'skip': return { scope, over: (rows) => limit(rows, transformation.count) }
    case 'topcount': return selected(transformation, scope, true)
    case 'bottomcount': return selected(transformation, scope, false)
    case 'concat': return bindConcat(transformation.sequences, scope)
    default: throw unsupported(`The transformation ${transformation.kind} in $apply`)
  }
}

/** The columns that rows of a scope have, hidden ones left out. */
export const columnsInScope = ({ rows, computed, model, entityType }: RowScope): readonly Column[] => rows ?? [...columnsOfType(model, entityType), ...computed.values()]

function bindCompute(items: readonly ComputeItem[], scope: RowScope): Transformed {
  const added: ComputedColumn[] = []
  const names = new Set(columnsInScope(scope).map(({ name }) => name))
  for (const { name, expression: syntax } of items) {
    if (names.has(name)) throw invalid(`${name} is computed, and is there already.`)
    names.add(name)
    const expression = bindExpression(syntax, scope)
    if (expression.type.base === 'null' || expression.type.base === 'structured') throw typeError({ what: `The computed property ${name}`, span: syntax.span, found: expression.type, expected: 'a value of a primitive type' })
    added.push(Object.freeze({ column: Object.freeze({ name, type: expression.type }), expression }))
  }
  const columns = added.map(({ column }) => column)
  return { scope: withColumns(scope, columns), over: (rows) => compute(rows, added) }
}

function withColumns(scope: RowScope, columns: readonly Column[]): RowScope {
  if (scope.rows !== undefined) return { ...scope, rows: [...scope.rows, ...columns] }
  return { ...scope, computed: new Map([...scope.computed, ...columns.map((column) => [column.name, column] as const)]) }
}

/** An order of its own is total, so that it is the same on every page. */
function ordered(items: readonly OrderItem[], scope: RowScope): Transformed {
  const given = bindOrder(items, scope)
  const [first, ...rest] = [...given, ...keyOrder(given, scope)]
  return first === undefined ? untouched(scope) : { scope, over: (rows) => sort(rows, [first, ...rest]) }
}

/** The rows with the highest or lowest values; of equal ones those that came first. */
function selected({ amount, value }: { readonly amount: Syntax; readonly value: Syntax }, scope: RowScope, descending: boolean): Transformed {
  const wanted = bindExpression(amount, scope)
  const count = wanted.kind === 'literal' ? Number(wanted.value) : Number.NaN
  if (!Number.isInteger(count) || count < 1) throw typeError({ what: 'The number of rows to select', span: amount.span, found: wanted.type, expected: 'a positive whole number' })
  const [key] = bindOrder([{ expression: value, descending, span: value.span }], scope)
  const keys: readonly [OrderKey] = [key ?? orderKey(wanted)]
  return { scope, over: (rows) => limit(sort(rows, keys), 0, count) }
}

/** The results of several sequences over the same rows; a column has one type in all of them. */
function bindConcat(sequences: readonly ApplyExpression[], scope: RowScope): Transformed {
  const parts = sequences.map((sequence) => bindApply(sequence, scope))
  const columns = new Map<string, Column>()
  for (const column of parts.flatMap((part) => columnsInScope(part.scope))) {
    const known = columns.get(column.name)
    if (known === undefined) columns.set(column.name, column)
    else if (!sameShape(known, column)) throw unsupported(`The property ${column.name} in $apply with several shapes in one concat`)
  }
  const rows = Object.freeze([...columns.values()])
  const copies = copied(parts.reduce((sum, part) => sum + (part.copies ?? 1), 0))
  return { scope: { ...scope, rows }, over: (input) => concat(parts.map(({ over }) => over(input)), rows), copies }
}

function sameShape(a: Column, b: Column): boolean {
  if (a.type.name !== b.type.name || a.type.collection !== b.type.collection) return false
  const [ours, theirs] = [a.expanded?.columns ?? [], b.expanded?.columns ?? []]
  return ours.length === theirs.length && ours.every((column, index) => column.name === theirs[index]?.name && sameShape(column, theirs[index]))
}

/** True where `$apply` ends with rows in an order of its own. */
export function keepsOrder({ apply, orderby }: QueryOptions): boolean {
  const kinds = (apply?.transformations ?? []).map(({ kind }) => kind)
  const unordered = Math.max(...['aggregate', 'groupby', 'concat', 'topcount', 'bottomcount'].map((kind) => kinds.findLastIndex((other) => other === kind)))
  return orderby === undefined && kinds.lastIndexOf('orderby') > unordered
}
