import type { BinaryExpression, Expression, MakeExpression } from '../expression.js'
import type { Column } from '../page.js'
import type { Value } from '../value.js'
import { arithmetic, negation } from '../values/arithmetic.js'
import { enumHas } from '../values/enum-value.js'
import { compileCall } from './call.js'
import { compileFiltered, compileLambda } from './collection.js'
import { compileComparison, compileInList, mismatch } from './comparison.js'
import type { Compiled, Scope } from './compiled.js'
import { follow, isPresent, placeOf } from './row-path.js'
import { compileInstance, compileTypeTest } from './type-test.js'

/**
 * Makes an expression ready to run over rows whose values stand in the order of `columns`. This is the reference meaning of every
 * operator and function; all ways to push a predicate to a source have to agree with it. A predicate gives true, false or null.
 * @throws HUB_QUERY_TYPE for operands that do not go together
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
    case 'in': return compileInList(expression, compileIn(expression.operand, scope), expression.items.map((item) => compileIn(item, scope)))
    case 'call': return expression.name === 'isdefined' ? compilePresence(expression.arguments, scope) : compileCall(expression, (operand) => compileIn(operand, scope))
    case 'lambda': return compileLambda(expression, scope, compileIn)
    case 'filtered': return compileFiltered(expression, scope, compileIn)
    case 'cast': case 'isof': return compileTypeTest(expression, compileIn(expression.operand, scope))
    case 'instance': return compileInstance(expression.names, compileIn(expression.operand, scope))
    case 'make': return compileMake(expression, expression.items.map((item) => compileIn(item, scope)))
  }
}

/** Absent and null are the same to every other function. */
function compilePresence([path]: readonly Expression[], { columns }: Scope): Compiled {
  const found = path?.kind === 'column' ? placeOf(path.path, columns) : undefined
  return found === undefined ? () => false : (row) => isPresent(row as Value, found.steps)
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

function compileMake({ names }: MakeExpression, items: readonly Compiled[]): Compiled {
  if (names === undefined) return (row) => items.map((item) => item(row))
  return (row) => Object.fromEntries(items.map((item, index) => [names[index] ?? '', item(row)]))
}
