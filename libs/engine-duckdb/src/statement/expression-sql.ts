import { conjuncts, type BinaryExpression, type CallExpression, type Expression, type LiteralExpression, type ValueType } from '@tributary/plan'
import { textLiteral } from '../sql-text.js'
import { type DecimalWidth, type Form, formOf, shownForm, type SqlValue } from './column-sql.js'

/** Finds the value of a column path in the rows an expression is computed of; undefined: it is not there as a value. */
export type Resolve = (path: readonly string[]) => SqlValue | undefined

/** What cannot be given away, and why. */
export class Refused extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'Refused'
  }
}

/**
 * An expression in SQL with exactly the meaning it has in `compile`: null equals null, comparisons are never null, logic has three values.
 * Whatever has no such form is refused.
 * @throws Refused
 */
export function expressionSql(expression: Expression, resolve: Resolve, width: DecimalWidth): SqlValue {
  const inner = (operand: Expression): SqlValue => expressionSql(operand, resolve, width)
  switch (expression.kind) {
    case 'column': return computable(resolve(expression.path)) ?? refuse(`the column ${expression.path.join('/')} of type ${expression.type.name}`)
    case 'literal': return literalSql(expression)
    case 'unary': return expression.operator === 'not' ? boolean(`(NOT ${truth(inner(expression.operand))})`, expression.type) : refuse('minus')
    case 'binary': return binarySql(expression, inner)
    case 'in': {
      const operand = inner(expression.operand)
      return boolean(`(${expression.items.map((item) => same(operand, inner(item))).join(' OR ')})`, expression.type)
    }
    case 'call': return callSql(expression, inner)
    case 'lambda': case 'variable': case 'cast': case 'isof': return refuse(`a ${expression.kind} expression`)
    default: return refuse('an expression of another kind')
  }
}

/** The conjuncts of a filter; null and false both leave a row out. */
export const predicateSql = (predicate: Expression, resolve: Resolve, width: DecimalWidth): string =>
  conjuncts(predicate).map((one) => truth(expressionSql(one, resolve, width))).join(' AND ') || 'true'

function refuse(what: string): never {
  throw new Refused(`${what} is not computed there`)
}

/** An average is divided here, behind the statement: nothing in it can compute with one. */
const computable = (value: SqlValue | undefined): SqlValue | undefined => (value?.form === 'quotient' ? undefined : value)

const valueAs = (form: Form, sql: string, type: ValueType): SqlValue => ({ sql, type, form, shown: shownForm(form, type) })
const boolean = (sql: string, type: ValueType): SqlValue => valueAs('boolean', sql, type)
const truth = ({ sql, form }: SqlValue): string => (form === 'boolean' ? sql : refuse('a condition that is no truth value'))

const integerText = /^-?\d{1,18}$/
const decimalText = /^-?\d{1,12}(?:\.\d{1,6})?$/

function literalSql({ type, value }: LiteralExpression): SqlValue {
  const form = formOf(type)
  if (value === null || form === undefined) return refuse(`the constant ${String(value)}`)
  const text = String(value)
  switch (form) {
    case 'boolean': return valueAs(form, value === true ? 'true' : 'false', type)
    case 'integer': return integerText.test(text) ? valueAs(form, `CAST(${text} AS BIGINT)`, type) : refuse('a large constant')
    case 'decimal': return decimalText.test(text) ? valueAs(form, `CAST(${textLiteral(text)} AS DECIMAL(18, 6))`, type) : refuse('a long decimal constant')
    case 'exact': return type.base === 'Edm.String' && !text.includes('\u0000') && text.isWellFormed() ? valueAs(form, textLiteral(text), type) : refuse(`a constant of type ${type.name}`)
  }
}

const isNumber = ({ form }: SqlValue): boolean => form === 'integer' || form === 'decimal'
const comparable = (a: SqlValue, b: SqlValue): boolean => (isNumber(a) && isNumber(b)) || (a.form === b.form && a.type.base === b.type.base)
const pair = (a: SqlValue, b: SqlValue): readonly [string, string] => (comparable(a, b) ? [a.sql, b.sql] : refuse(`a comparison of ${a.type.name} with ${b.type.name}`))

/** Null equals null. */
export function same(a: SqlValue, b: SqlValue): string {
  const [left, right] = pair(a, b)
  return `(${left} IS NOT DISTINCT FROM ${right})`
}

const orders: Partial<Record<BinaryExpression['operator'], string>> = { lt: '<', le: '<=', gt: '>', ge: '>=' }
const sums: Partial<Record<BinaryExpression['operator'], string>> = { add: '+', sub: '-', mul: '*' }

function binarySql({ operator, left, right, type }: BinaryExpression, inner: (operand: Expression) => SqlValue): SqlValue {
  const nulls = [left, right].map(isNull)
  if (nulls.includes(true) && (operator === 'eq' || operator === 'ne')) {
    const other = nulls[0] === true ? right : left
    return boolean(isNull(other) ? String(operator === 'eq') : `(${inner(other).sql} IS ${operator === 'eq' ? '' : 'NOT '}NULL)`, type)
  }
  const [a, b] = [inner(left), inner(right)]
  switch (operator) {
    case 'and': return boolean(`(${truth(a)} AND ${truth(b)})`, type)
    case 'or': return boolean(`(${truth(a)} OR ${truth(b)})`, type)
    case 'eq': return boolean(same(a, b), type)
    case 'ne': return boolean(`(NOT ${same(a, b)})`, type)
    case 'lt': case 'le': case 'gt': case 'ge': return boolean(`coalesce(${pair(a, b).join(` ${orders[operator] ?? ''} `)}, false)`, type)
    case 'add': case 'sub': case 'mul': return arithmetic(a, b, { sql: `(${a.sql} ${sums[operator] ?? ''} ${b.sql})`, type })
    default: return refuse(`the operator ${operator}`)
  }
}

const isNull = (expression: Expression): boolean => expression.kind === 'literal' && expression.value === null

/** Integers beyond 64 bits, and decimals beyond 38 digits, end the statement with an error of the database's. */
function arithmetic(a: SqlValue, b: SqlValue, { sql, type }: Pick<SqlValue, 'sql' | 'type'>): SqlValue {
  if (!isNumber(a) || !isNumber(b)) return refuse(`arithmetic with ${a.type.name} and ${b.type.name}`)
  return valueAs(a.form === 'integer' && b.form === 'integer' ? 'integer' : 'decimal', sql, type)
}

const searches: Partial<Record<CallExpression['name'], string>> = { contains: 'contains', startswith: 'starts_with', endswith: 'ends_with' }

function callSql({ name, arguments: given, type }: CallExpression, inner: (operand: Expression) => SqlValue): SqlValue {
  const search = searches[name]
  const operands = given.map(inner)
  if (search === undefined || !operands.every((operand) => operand.type.base === 'Edm.String')) return refuse(`the function ${name}`)
  return boolean(`${search}(${operands.map(({ sql }) => sql).join(', ')})`, type)
}
