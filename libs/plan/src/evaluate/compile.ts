import { hubError } from '@tributary/errors'
import type { BinaryExpression, ComparisonOperator, Expression, InExpression, LambdaExpression, TypeTestExpression } from '../expression.js'
import type { Column } from '../page.js'
import type { Value, ValueType } from '../value.js'
import { isNumeric, itemOf, promote } from '../value-type.js'
import { arithmetic, negation } from '../values/arithmetic.js'
import { comparatorOf, equalValues } from '../values/compare.js'
import { enumHas } from '../values/enum-value.js'
import { hashKey } from '../values/hash-key.js'
import { compileCall } from './call.js'
import { castValue } from './cast-value.js'
import type { Compiled, RangeHolder, Scope } from './compiled.js'
import { follow, itemColumns, placeOf } from './row-path.js'

/**
 * Makes an expression ready to run over rows whose values stand in the order of `columns`. This is the reference meaning of every
 * operator and function; all ways to push a predicate to a source have to agree with it. A predicate gives true, false or null.
 * @throws HUB_QUERY_UNSUPPORTED for geo functions, HUB_QUERY_TYPE for operands that do not go together
 * @see OData URL Conventions 4.01 section 5.1.1
 */
export const compile = (expression: Expression, columns: readonly Column[]): Compiled => compileIn(expression, { columns, variables: new Map() })

/** The value of an expression over one row of named values. */
export function evaluate(expression: Expression, row: Readonly<Record<string, Value>>): Value {
  const names = Object.keys(row)
  const columns = names.map((name) => ({ name, type: { name: 'Edm.Untyped', collection: false, base: 'Edm.Untyped' as const } }))
  return compile(expression, columns)(names.map((name) => row[name]))
}

/** Keeps a row only if the predicate is true: neither false nor null. */
export function compilePredicate(expression: Expression, columns: readonly Column[]): (row: readonly Value[]) => boolean {
  const compiled = compile(expression, columns)
  return (row) => compiled(row) === true
}

function compileIn(expression: Expression, scope: Scope): Compiled {
  switch (expression.kind) {
    case 'literal': {
      const { value } = expression
      return () => value
    }
    case 'column': return compileColumn(expression.path, scope.columns)
    case 'variable': return compileVariable(expression.name, expression.path, scope)
    case 'unary': return compileUnary(expression.operator, expression.operand, scope)
    case 'binary': return compileBinary(expression, scope)
    case 'in': return compileInList(expression, scope)
    case 'call': return compileCall(expression, (operand) => compileIn(operand, scope))
    case 'lambda': return compileLambda(expression, scope)
    case 'cast': case 'isof': return compileTypeTest(expression, scope)
  }
}

function compileColumn(path: readonly [string, ...string[]], columns: readonly Column[]): Compiled {
  const found = placeOf(path, columns)
  if (found === undefined) throw new Error(`The expression reads the column ${path[0]}, which its rows do not have`)
  const [first, ...rest] = found.steps
  if (rest.length === 0 && typeof first === 'number' && found.expanded === undefined) return (row) => row[first] ?? null
  return (row) => follow(row, found.steps)
}

function compileVariable(name: string, path: readonly string[], scope: Scope): Compiled {
  const holder = scope.variables.get(name)
  if (holder === undefined) throw new Error(`The expression reads the variable ${name} outside of its lambda`)
  const steps = holder.columns === undefined ? path : placeOf(path, holder.columns)?.steps
  if (steps === undefined) throw new Error(`The expression reads ${path.join('/')} of ${name}, which its rows do not have`)
  return () => follow(holder.current, steps)
}

function compileUnary(operator: 'not' | 'negate', operand: Expression, scope: Scope): Compiled {
  const inner = compileIn(operand, scope)
  if (operator === 'not') {
    return (row) => {
      const value = inner(row)
      return value === null ? null : value !== true
    }
  }
  const meaning = negation(operand.type)
  if (meaning === undefined) throw mismatch('negate', operand.type, operand.type)
  return (row) => {
    const value = inner(row)
    return value === null ? null : meaning.compute(value, null)
  }
}

function compileBinary(expression: BinaryExpression, scope: Scope): Compiled {
  const left = compileIn(expression.left, scope)
  const right = compileIn(expression.right, scope)
  const { operator } = expression
  switch (operator) {
    case 'and': return (row) => {
      const a = left(row)
      if (a === false) return false
      const b = right(row)
      return b === false ? false : a === null || b === null ? null : true
    }
    case 'or': return (row) => {
      const a = left(row)
      if (a === true) return true
      const b = right(row)
      return b === true ? true : a === null || b === null ? null : false
    }
    case 'eq': case 'ne': case 'lt': case 'le': case 'gt': case 'ge': return compileComparison(operator, expression, [left, right])
    case 'has': {
      const { type } = expression.left
      return (row) => {
        const value = left(row)
        const flags = right(row)
        return value === null || flags === null ? null : enumHas(type, String(value), String(flags))
      }
    }
    default: {
      const meaning = arithmetic(operator, expression.left.type, expression.right.type)
      if (meaning === undefined) throw mismatch(operator, expression.left.type, expression.right.type)
      return (row) => {
        const a = left(row)
        const b = right(row)
        return a === null || b === null ? null : meaning.compute(a, b)
      }
    }
  }
}

function compileComparison(operator: ComparisonOperator, { left, right }: BinaryExpression, [first, second]: readonly [Compiled, Compiled]): Compiled {
  const type = promote(left.type, right.type)
  if (type === undefined) throw mismatch(operator, left.type, right.type)
  if (operator === 'eq') return (row) => equalValues(type, first(row), second(row))
  if (operator === 'ne') return (row) => !equalValues(type, first(row), second(row))
  const compare = comparatorOf(type)
  const holds = orders[operator]
  const unordered = isNumeric(type.base)
  return (row) => {
    const a = first(row)
    const b = second(row)
    if (a === null || b === null || (unordered && (isNaN_(a) || isNaN_(b)))) return false
    return holds(compare(a, b))
  }
}

const isNaN_ = (value: Value): boolean => value === 'NaN' || Number.isNaN(value)

const orders: Record<'lt' | 'le' | 'gt' | 'ge', (order: number) => boolean> = {
  lt: (order) => order < 0,
  le: (order) => order <= 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
}

function compileInList(expression: InExpression, scope: Scope): Compiled {
  const operand = compileIn(expression.operand, scope)
  const { type } = expression.operand
  const constant = expression.items.every((item) => item.kind === 'literal' && (item.type.base === type.base || item.type.base === 'null'))
  if (constant && !isNumeric(type.base) && !type.collection) {
    const keys = new Set(expression.items.map((item) => (item.kind === 'literal' ? hashKey([type], [item.value]) : '')))
    return (row) => keys.has(hashKey([type], [operand(row)]))
  }
  const items = expression.items.map((item) => {
    const common = promote(type, item.type)
    if (common === undefined) throw mismatch('in', type, item.type)
    return [common, compileIn(item, scope)] as const
  })
  return (row) => {
    const value = operand(row)
    return items.some(([common, item]) => equalValues(common, value, item(row)))
  }
}

function compileLambda(expression: LambdaExpression, scope: Scope): Compiled {
  const collection = compileIn(expression.collection, scope)
  if (expression.predicate === undefined) return (row) => asItems(collection(row)).length > 0
  const columns = itemColumns(expression.collection, scope)
  const holder: RangeHolder = { current: null, ...(columns === undefined ? {} : { columns }) }
  const inner: Scope = { ...scope, variables: new Map([...scope.variables, [expression.variable, holder]]) }
  const predicate = compileIn(expression.predicate, inner)
  const wanted = expression.operator === 'any'
  return (row) => {
    for (const item of asItems(collection(row))) {
      holder.current = item
      if ((predicate(row) === true) === wanted) return wanted
    }
    return !wanted
  }
}

const asItems = (value: Value): readonly Value[] => (Array.isArray(value) ? value : [])

function compileTypeTest(expression: TypeTestExpression, scope: Scope): Compiled {
  const operand = compileIn(expression.operand, scope)
  const { target, kind } = expression
  const from = expression.operand.type
  if (kind === 'cast') return (row) => castValue(operand(row), from, target)
  const isType = from.base === 'structured' ? from.name === target.name : itemOf(from).name === itemOf(target).name && from.collection === target.collection
  return (row) => isType && operand(row) !== null
}

const mismatch = (operator: string, left: ValueType, right: ValueType): Error =>
  hubError('HUB_QUERY_TYPE', { what: `The operator ${operator}`, position: 0, found: `${left.name} and ${right.name}`, expected: 'types that go together' })
