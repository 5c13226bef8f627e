import type { Expression, LiteralExpression, MakeExpression, OrderKey } from '../expression.js'
import type { Value, ValueType } from '../value.js'
import { itemOf } from '../value-type.js'
import { numberText } from '../values/decimal-text.js'

/** How tightly an operator binds. @see OData URL Conventions 4.01 section 5.1.1.15 */
const strength: Readonly<Record<string, number>> = {
  or: 1, and: 2, eq: 3, ne: 3, lt: 4, le: 4, gt: 4, ge: 4, add: 5, sub: 5, mul: 6, div: 6, divby: 6, mod: 6, unary: 7, has: 8, in: 8, primary: 9,
}

/** An expression as OData text, with no more parentheses than needed: what explain shows. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'literal': return printLiteral(expression)
    case 'column': return expression.path.join('/')
    case 'variable': return [expression.name, ...expression.path].join('/')
    case 'unary': return expression.operator === 'not' ? `not ${within(expression.operand, 'primary')}` : `-${within(expression.operand, 'primary')}`
    case 'binary': return `${within(expression.left, expression.operator)} ${expression.operator} ${within(expression.right, expression.operator, true)}`
    case 'in': return `${within(expression.operand, 'in')} in (${expression.items.map(printExpression).join(',')})`
    case 'call': return expression.name === 'case' ? printCase(expression.arguments) : `${expression.name}(${expression.arguments.map(printExpression).join(',')})`
    case 'lambda': {
      const inner = expression.predicate === undefined ? '' : `${expression.variable}:${printExpression(expression.predicate)}`
      return `${printExpression(expression.collection)}/${expression.operator}(${inner})`
    }
    case 'filtered': return `${printExpression(expression.collection)}/$filter(${expression.variable}:${printExpression(expression.predicate)})`
    case 'instance': return `isof(${printExpression(expression.operand)},${expression.names[0] ?? ''})`
    case 'make': return printMade(expression)
    case 'cast': case 'isof': return `${expression.kind}(${printExpression(expression.operand)},${printType(expression.target)})`
  }
}

const printCase = (given: readonly Expression[]): string =>
  `case(${given.map((part, index) => `${index === 0 ? '' : index % 2 === 0 ? ',' : ':'}${printExpression(part)}`).join('')})`

const printMade = ({ names, items }: MakeExpression): string =>
  names === undefined ? `[${items.map(printExpression).join(',')}]` : `{${items.map((item, index) => `${JSON.stringify(names[index])}:${printExpression(item)}`).join(',')}}`

function within(operand: Expression, operator: string, right = false): string {
  const outer = strength[operator] ?? 0
  const own = operand.kind === 'binary' ? strength[operand.operator] : operand.kind === 'unary' ? strength['unary'] : operand.kind === 'in' ? strength['in'] : strength['primary']
  const text = printExpression(operand)
  return (own ?? 0) < outer || (right && own === outer && operand.kind === 'binary') ? `(${text})` : text
}

/** A type as `cast` and `isof` take it. */
export const printType = (type: ValueType): string => (type.collection ? `Collection(${type.name})` : type.name)

/** A constant as OData text: `'O''Neil'`, `duration'PT1S'`, `Sales.Color'Red'`. */
export const printLiteral = (expression: LiteralExpression): string => printValue(expression.type, expression.value)

function printValue(type: ValueType, value: Value): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return `[${value.map((item: Value) => printValue(itemOf(type), item)).join(',')}]`
  switch (type.base) {
    case 'Edm.String': return quote(String(value))
    case 'Edm.Untyped': return JSON.stringify(value).startsWith('"') ? quote(String(value)) : JSON.stringify(value)
    case 'Edm.Duration': return `duration'${String(value)}'`
    case 'Edm.Binary': return `binary'${String(value)}'`
    case 'enum': return `${type.name}${quote(String(value))}`
    default: return typeof value === 'object' ? JSON.stringify(value) : typeof value === 'number' ? numberText(value) : String(value)
  }
}

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** `Freight desc,OrderID`. */
export const printOrder = (keys: readonly OrderKey[]): string =>
  keys.map(({ expression, descending }) => printExpression(expression) + (descending ? ' desc' : '')).join(',')
