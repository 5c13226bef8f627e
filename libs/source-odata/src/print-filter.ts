import { itemOf, type BinaryExpression, type Expression, type LiteralExpression, type Value, type ValueType } from '@tributary/plan'

/** The expression has no text in OData 4.0, or none that means the same everywhere. */
export class Unprintable extends Error {}

/**
 * A bound expression as OData 4.0 text, not yet percent-encoded.
 * @throws Unprintable
 * @see OData URL Conventions 4.01 section 5.1.1
 */
export function printFilter(expression: Expression): string {
  switch (expression.kind) {
    case 'literal': return printValue(expression.type, expression.value)
    case 'column': return expression.path.join('/')
    case 'variable': return [expression.name, ...expression.path].join('/')
    case 'unary': return expression.operator === 'not' ? `not (${printFilter(expression.operand)})` : `-(${printFilter(expression.operand)})`
    case 'binary': return printBinary(expression)
    case 'in': return printIn(printFilter(expression.operand), expression.items)
    case 'call': return `${expression.name}(${expression.arguments.map((argument) => printFilter(argument)).join(',')})`
    case 'lambda': {
      const inner = expression.predicate === undefined ? '' : `${expression.variable}:${printFilter(expression.predicate)}`
      return `${printFilter(expression.collection)}/${expression.operator}(${inner})`
    }
    case 'cast': case 'isof': case 'instance': case 'filtered': case 'make': throw new Unprintable(expression.kind)
  }
}

/** A list of constants: `X in (1,2)`. */
export const printIn = (operand: string, items: readonly Expression[]): string =>
  `${operand} in (${items.map((item) => (item.kind === 'literal' ? spellings(item.type, item.value).join(',') : printFilter(item))).join(',')})`

/** `X eq 1`, in all the spellings of the value. */
export function printEquality(operand: string, type: ValueType, value: Value): string {
  const texts = spellings(type, value).map((text) => `${operand} eq ${text}`)
  return texts.length === 1 ? texts.join('') : `(${texts.join(' or ')})`
}

/**
 * A literal as remotes may hold it: guids are equal in either case, but many remotes keep them as text and compare them as text, mostly in
 * the small letters that RFC 4122 asks for.
 */
export function spellings(type: ValueType, value: Value): readonly string[] {
  const text = printValue(type, value)
  return type.base !== 'Edm.Guid' || type.collection || text === text.toLowerCase() ? [text] : [text.toLowerCase(), text]
}

function printBinary(expression: BinaryExpression): string {
  const { operator, left, right } = expression
  const constant = operator !== 'eq' ? undefined : right.kind === 'literal' ? right : left.kind === 'literal' ? left : undefined
  if (constant?.type.base === 'Edm.Guid') return printEquality(printFilter(constant === right ? left : right), constant.type, constant.value)
  return `${printOperand(left, operator)} ${operator} ${printOperand(right, operator)}`
}

/** Only a chain of one of `and`, `or` goes without parentheses, and `or` encloses nothing weaker: readable and safe everywhere. */
function printOperand(operand: Expression, operator: BinaryExpression['operator']): string {
  const text = printFilter(operand)
  if (operand.kind !== 'binary') return text
  if ((operator === 'and' || operator === 'or') && operand.operator !== 'or' && !(operator === 'or' && operand.operator === 'and')) return text
  return operand.operator === operator && (operator === 'and' || operator === 'or') ? text : `(${text})`
}

/**
 * A literal by its Edm type. @throws Unprintable for structured values and text that is no well-formed Unicode
 * @see OData ABNF 4.01, primitiveLiteral
 */
export function printValue(type: ValueType, value: Value): string {
  if (value === null || value === undefined) return 'null'
  if (type.collection) return `[${(value as readonly Value[]).map((item) => printValue(itemOf(type), item)).join(',')}]`
  const text = String(value)
  if (!text.isWellFormed()) throw new Unprintable('unpaired surrogate')
  switch (type.base) {
    case 'Edm.String': return `'${text.replaceAll("'", "''")}'`
    case 'Edm.Duration': return `duration'${text}'`
    case 'Edm.Binary': return `binary'${text}'`
    case 'Edm.Double': case 'Edm.Single': return text === 'Infinity' ? 'INF' : text === '-Infinity' ? '-INF' : text
    case 'enum': return `${type.name}'${text}'`
    case 'structured': case 'Edm.Geography': case 'Edm.Geometry': case 'Edm.Stream': case 'Edm.Untyped': throw new Unprintable(type.name)
    default: return text
  }
}

/** Whether the expression is a constant the remote can be given. */
export const isConstant = (expression: Expression): expression is LiteralExpression => expression.kind === 'literal' && !expression.type.collection

/**
 * Percent-encodes a query option's value. Quotes, commas and parentheses stay as they are (RFC 3986 allows them in a query), so that
 * long lists of keys stay short.
 */
export const encodeOption = (text: string): string => text.replaceAll(/[^\w.!~*'(),$:/@-]+/g, (run) => encodeURIComponent(run))
