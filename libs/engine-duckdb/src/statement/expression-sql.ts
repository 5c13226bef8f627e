import { conjuncts, type BinaryExpression, type Expression, type LiteralExpression, type ValueType } from '@tributary/plan'
import { callSql } from './call-sql.js'
import { type Form, readValue, shownForm, type SqlValue, type Writing } from './column-sql.js'
import type { Dialect } from './dialect.js'
import { refuse } from './refused.js'

/** Finds the value of a column path in the rows an expression is computed of; undefined: it is not there as a value. */
export type Resolve = (path: readonly string[]) => SqlValue | undefined

/**
 * An expression in SQL with exactly the meaning it has in `compile`: null equals null, comparisons are never null, logic has three values.
 * Whatever has no such form is refused.
 * @throws Refused
 */
export function expressionSql(expression: Expression, resolve: Resolve, writing: Writing): SqlValue {
  const { dialect } = writing
  const inner = (operand: Expression): SqlValue => expressionSql(operand, resolve, writing)
  switch (expression.kind) {
    case 'column': return computable(resolve(expression.path)) ?? refuse(`the column ${expression.path.join('/')} of type ${expression.type.name}`)
    case 'literal': return literalSql(expression, writing)
    case 'unary': return expression.operator === 'not' ? boolean(`(NOT ${truth(inner(expression.operand))})`, expression.type) : refuse('minus')
    case 'binary': return binarySql(expression, inner, dialect)
    case 'in': {
      const operand = inner(expression.operand)
      return boolean(`(${expression.items.map((item) => same(operand, inner(item), dialect)).join(' OR ')})`, expression.type)
    }
    case 'call': return callSql(expression, inner, writing)
    case 'lambda': case 'variable': case 'cast': case 'isof': return refuse(`a ${expression.kind} expression`)
    default: return refuse('an expression of another kind')
  }
}

/** The conjuncts of a filter; null and false both leave a row out. */
export const predicateSql = (predicate: Expression, resolve: Resolve, writing: Writing): string =>
  conjuncts(predicate).map((one) => truth(expressionSql(one, resolve, writing))).join(' AND ') || 'true'

/** An average is divided here, behind the statement: nothing in it can compute with one. */
const computable = (value: SqlValue | undefined): SqlValue | undefined => (value?.form === 'quotient' ? undefined : value)

const valueAs = (form: Form, sql: string, type: ValueType): SqlValue => ({ sql, type, form, shown: shownForm(form, type) })
const boolean = (sql: string, type: ValueType): SqlValue => valueAs('boolean', sql, type)
const truth = ({ sql, form }: SqlValue): string => (form === 'boolean' ? sql : refuse('a condition that is no truth value'))

const integerText = /^-?\d{1,18}$/
const decimalText = /^-?\d{1,12}(?:\.\d{1,6})?$/

/** A constant is read as the text of a column is. */
function literalSql({ type, value }: LiteralExpression, writing: Writing): SqlValue {
  const { dialect } = writing
  const text = String(value)
  if (value === null || (type.base === 'Edm.String' && (text.includes('\u0000') || !text.isWellFormed()))) return refuse(`the constant ${text}`)
  const read = readValue(dialect.textLiteral(text), type, writing) ?? refuse(`a constant of type ${type.name}`)
  switch (read.form) {
    case 'boolean': return { ...read, sql: value === true ? 'true' : 'false' }
    case 'integer': return integerText.test(text) ? { ...read, sql: dialect.integer(text) } : refuse('a large constant')
    case 'decimal': return decimalText.test(text) ? { ...read, sql: dialect.decimal(dialect.textLiteral(text), { digits: 18, scale: 6 }) } : refuse('a long decimal constant')
    case 'double': return typeof value === 'number' && Number.isFinite(value) && !Object.is(value, -0) ? { ...read, sql: dialect.double(dialect.textLiteral(text)) } : refuse(`the constant ${text}`)
    default: return read
  }
}

const isNumber = ({ form }: SqlValue): boolean => form === 'integer' || form === 'decimal'
const comparable = (a: SqlValue, b: SqlValue): boolean => (isNumber(a) && isNumber(b)) || (a.form === b.form && a.type.base === b.type.base)
const pair = (a: SqlValue, b: SqlValue): readonly [string, string] => (comparable(a, b) ? [a.sql, b.sql] : refuse(`a comparison of ${a.type.name} with ${b.type.name}`))

/** Null equals null. */
export const same = (a: SqlValue, b: SqlValue, dialect: Dialect): string => dialect.same(...pair(a, b))

const orders: Partial<Record<BinaryExpression['operator'], string>> = { lt: '<', le: '<=', gt: '>', ge: '>=' }
const sums: Partial<Record<BinaryExpression['operator'], string>> = { add: '+', sub: '-', mul: '*' }

function binarySql({ operator, left, right, type }: BinaryExpression, inner: (operand: Expression) => SqlValue, dialect: Dialect): SqlValue {
  const nulls = [left, right].map(isNull)
  if (nulls.includes(true) && (operator === 'eq' || operator === 'ne')) {
    const other = nulls[0] === true ? right : left
    return boolean(isNull(other) ? String(operator === 'eq') : `(${inner(other).sql} IS ${operator === 'eq' ? '' : 'NOT '}NULL)`, type)
  }
  const [a, b] = [inner(left), inner(right)]
  switch (operator) {
    case 'and': return boolean(`(${truth(a)} AND ${truth(b)})`, type)
    case 'or': return boolean(`(${truth(a)} OR ${truth(b)})`, type)
    case 'eq': return boolean(same(a, b, dialect), type)
    case 'ne': return boolean(`(NOT ${same(a, b, dialect)})`, type)
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
