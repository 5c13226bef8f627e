import type {
  BinaryExpression, CallExpression, ColumnExpression, Expression, FilteredExpression, FunctionName, InExpression, InstanceExpression, LambdaExpression,
  LiteralExpression, MakeExpression, OrderKey, TypeTestExpression, UnaryExpression, VariableExpression,
} from './expression.js'
import type { Value, ValueType } from './value.js'
import { booleanType, itemOf } from './value-type.js'

/** Factories of expressions: frozen values. */

/** A constant; its value is one of the type. */
export const literal = (type: ValueType, value: Value): LiteralExpression => Object.freeze({ kind: 'literal', type, value })

/** A column by its name, or a path into a complex column. */
export const column = (type: ValueType, ...path: readonly [string, ...string[]]): ColumnExpression =>
  Object.freeze({ kind: 'column', type, path: Object.freeze(path) })

/** Logical negation: null stays null. */
export const not = (operand: Expression): UnaryExpression => Object.freeze({ kind: 'unary', operator: 'not', operand, type: booleanType })

/** Minus; `type` is what `negation` gives for the operand. */
export const negate = (type: ValueType, operand: Expression): UnaryExpression => Object.freeze({ kind: 'unary', operator: 'negate', operand, type })

/** Comparisons and logic are Boolean; arithmetic gives its type. */
export const binary = (operator: BinaryExpression['operator'], left: Expression, right: Expression, type: ValueType = booleanType): BinaryExpression =>
  Object.freeze({ kind: 'binary', operator, left, right, type })

/** True if the operand equals one of the items; null equals null. */
export const inList = (operand: Expression, items: readonly Expression[]): InExpression =>
  Object.freeze({ kind: 'in', operand, items: Object.freeze([...items]), type: booleanType })

/** A canonical function; `type` is that of its result. */
export const call = (name: FunctionName, type: ValueType, ...given: readonly Expression[]): CallExpression =>
  Object.freeze({ kind: 'call', name, arguments: Object.freeze(given), type })

/** `collection/any(variable:predicate)`; without a predicate, `any()` = not empty. */
export function lambda(operator: 'any' | 'all', collection: Expression, variableName: string, predicate?: Expression): LambdaExpression {
  return Object.freeze({ kind: 'lambda', operator, collection, variable: variableName, ...(predicate === undefined ? {} : { predicate }), type: booleanType })
}

/** The range variable of an enclosing lambda, or a property path within it. */
export const variable = (type: ValueType, name: string, ...path: readonly string[]): VariableExpression =>
  Object.freeze({ kind: 'variable', name, path: Object.freeze(path), type })

/** The operand as a value of the target type, null where it cannot be one. */
export const cast = (operand: Expression, target: ValueType): TypeTestExpression => Object.freeze({ kind: 'cast', operand, target, type: target })

/** True if the operand is a value of the target type. */
export const isof = (operand: Expression, target: ValueType): TypeTestExpression => Object.freeze({ kind: 'isof', operand, target, type: booleanType })

/** True if the row or complex value is of one of these types. */
export const instance = (operand: Expression, names: readonly string[]): InstanceExpression =>
  Object.freeze({ kind: 'instance', operand, names: Object.freeze([...names]), type: booleanType })

/** The items of a collection for which the predicate is true. */
export const filtered = (collection: Expression, variableName: string, predicate: Expression): FilteredExpression =>
  Object.freeze({ kind: 'filtered', collection, variable: variableName, predicate, type: collection.type })

/** A collection of computed items. */
export const makeArray = (type: ValueType, items: readonly Expression[]): MakeExpression => Object.freeze({ kind: 'make', items: Object.freeze([...items]), type })

/** An object of computed members. */
export const makeObject = (type: ValueType, members: ReadonlyMap<string, Expression>): MakeExpression =>
  Object.freeze({ kind: 'make', names: Object.freeze([...members.keys()]), items: Object.freeze([...members.values()]), type })

/** `then` where the condition is true, otherwise null. */
export const onlyIf = (condition: Expression, then: Expression): CallExpression => call('case', then.type, condition, then)

/** A sort key, ascending unless told otherwise. */
export const orderKey = (expression: Expression, descending = false): OrderKey => Object.freeze({ expression, descending })

/** The type of a lambda's range variable. */
export const rangeType = (collection: Expression): ValueType => itemOf(collection.type)

/** The conjuncts of a predicate, left to right; `true` has none. */
export function conjuncts(expression: Expression): readonly Expression[] {
  const found: Expression[] = []
  const open: Expression[] = [expression]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === 'binary' && next.operator === 'and') open.push(next.right, next.left)
    else if (!(next.kind === 'literal' && next.value === true)) found.push(next)
  }
  return found
}

/** All of the predicates; undefined if there is none. */
export const conjunction = (expressions: readonly Expression[]): Expression | undefined =>
  expressions.length === 0 ? undefined : expressions.reduce((left, right) => binary('and', left, right))

/** The direct operands of an expression. */
export function operandsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal': case 'column': case 'variable': return []
    case 'unary': case 'cast': case 'isof': case 'instance': return [expression.operand]
    case 'filtered': return [expression.collection, expression.predicate]
    case 'make': return expression.items
    case 'binary': return [expression.left, expression.right]
    case 'in': return [expression.operand, ...expression.items]
    case 'call': return expression.arguments
    case 'lambda': return expression.predicate === undefined ? [expression.collection] : [expression.collection, expression.predicate]
  }
}

/** Calls `visit` for the expression and everything in it, outermost first. */
export function walkExpression(expression: Expression, visit: (expression: Expression) => void): void {
  const open: Expression[] = [expression]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    visit(next)
    open.push(...operandsOf(next).toReversed())
  }
}

/** The expression with each of its direct operands changed. */
function withOperands(expression: Expression, inner: (operand: Expression) => Expression): Expression {
  switch (expression.kind) {
    case 'literal': case 'column': case 'variable': return expression
    case 'unary': case 'cast': case 'isof': case 'instance': return Object.freeze({ ...expression, operand: inner(expression.operand) })
    case 'filtered': return Object.freeze({ ...expression, collection: inner(expression.collection), predicate: inner(expression.predicate) })
    case 'make': return Object.freeze({ ...expression, items: Object.freeze(expression.items.map(inner)) })
    case 'binary': return Object.freeze({ ...expression, left: inner(expression.left), right: inner(expression.right) })
    case 'in': return Object.freeze({ ...expression, operand: inner(expression.operand), items: Object.freeze(expression.items.map(inner)) })
    case 'call': return Object.freeze({ ...expression, arguments: Object.freeze(expression.arguments.map(inner)) })
    case 'lambda': return Object.freeze({ ...expression, collection: inner(expression.collection), ...(expression.predicate === undefined ? {} : { predicate: inner(expression.predicate) }) })
  }
}

/** Rebuilds an expression bottom-up; `change` gets every node with its operands already changed, and returns it or another. */
export const transformExpression = (expression: Expression, change: (expression: Expression) => Expression): Expression =>
  change(withOperands(expression, (operand) => transformExpression(operand, change)))

/** Replaces the outermost parts for which `replacement` gives another; what is within those is not looked at. */
export const replaceOutermost = (expression: Expression, replacement: (expression: Expression) => Expression | undefined): Expression =>
  replacement(expression) ?? withOperands(expression, (operand) => replaceOutermost(operand, replacement))

/** True if no part of the expression reads a variable that something around it binds. */
export function isClosed(expression: Expression): boolean {
  const bound = new Set<string>()
  walkExpression(expression, (part) => {
    if (part.kind === 'lambda' || part.kind === 'filtered') bound.add(part.variable)
  })
  let closed = true
  walkExpression(expression, (part) => {
    if (part.kind === 'variable') closed &&= bound.has(part.name)
  })
  return closed
}

/** Names of the columns an expression reads. */
export function columnsOf(expression: Expression): ReadonlySet<string> {
  const names = new Set<string>()
  walkExpression(expression, (inner) => {
    if (inner.kind === 'column') names.add(inner.path[0])
  })
  return names
}

/** The expression over columns of other names; names the map does not have stay. */
export function renameColumns(expression: Expression, names: ReadonlyMap<string, string>): Expression {
  if (names.size === 0) return expression
  return transformExpression(expression, (inner) => {
    if (inner.kind !== 'column') return inner
    const [first, ...rest] = inner.path
    return column(inner.type, names.get(first) ?? first, ...rest)
  })
}
