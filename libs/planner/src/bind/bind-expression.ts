import { hubError } from '@tributary/errors'
import type { Binary, Expression as Syntax, Unary } from '@tributary/odata-url'
import {
  arithmetic, binary, type ComparisonOperator, type Expression, inList, isNumeric, literal, negate, negation, not, nullType, promote, type ValueType,
} from '@tributary/plan'
import { bindCall } from './bind-call.js'
import { bindArray, jsonItems } from './bind-json.js'
import { bindLiteral } from './bind-literal.js'
import { bindPath } from './bind-path.js'
import { invalid, typeError, unsupported } from './refusal.js'
import { deepestReplacement, mostReplacements, type RowScope } from './row-scope.js'

/**
 * Binds an expression of the URL: names to columns, aliases to their values, literals to the types their context needs.
 * `expected` is the type the context needs of a literal.
 * @throws HUB_QUERY_UNKNOWN_PROPERTY, HUB_QUERY_UNKNOWN_FUNCTION, HUB_QUERY_TYPE, HUB_QUERY_UNSUPPORTED
 */
export function bindExpression(syntax: Syntax, scope: RowScope, expected?: ValueType): Expression {
  switch (syntax.kind) {
    case 'literal': return bindLiteral(syntax, expected)
    case 'alias': return bindAlias(syntax.name, scope, expected)
    case 'unary': return bindUnary(syntax, scope, expected)
    case 'binary': return bindBinary(syntax, scope)
    case 'call': return bindCall(syntax, scope, bindExpression)
    case 'path': return bindPath(syntax, scope, bindExpression)
    case 'list': case 'json': {
      const items = syntax.kind === 'list' ? syntax.items : jsonItems(syntax)
      return bindArray(items, syntax.span, (item, type) => bindExpression(item, scope, type), expected)
    }
    case 'typeName': throw typeError({ what: 'A type name', span: syntax.span, found: syntax.name, expected: 'a value' })
  }
}

/** Binds a predicate: what is true, false or null. @throws as `bindExpression` */
export function bindPredicate(syntax: Syntax, scope: RowScope): Expression {
  const bound = bindExpression(syntax, scope)
  requireBoolean(bound, syntax, 'A filter')
  return bound
}

function requireBoolean(bound: Expression, syntax: Syntax, what: string): void {
  if (bound.type.collection || (bound.type.base !== 'Edm.Boolean' && bound.type.base !== 'null')) {
    throw typeError({ what, span: syntax.span, found: bound.type, expected: 'Edm.Boolean' })
  }
}

function bindAlias(name: string, scope: RowScope, expected: ValueType | undefined): Expression {
  const value = scope.aliases.get(name)
  return value === undefined ? literal(nullType, null) : bindExpression(value, withinAlias(name, scope), expected)
}

/** The scope of an alias' value. @throws HUB_QUERY_INVALID if it names itself, HUB_QUERY_LIMIT if aliases make the query too large */
function withinAlias(name: string, scope: RowScope): RowScope {
  if (scope.replacing.has(name)) throw invalid(`The parameter alias @${name} is defined by itself.`)
  if (scope.allowance.replacements-- <= 0) throw hubError('HUB_QUERY_LIMIT', { limit: mostReplacements, what: 'uses of parameter aliases' })
  if (scope.replacing.size >= deepestReplacement) throw hubError('HUB_QUERY_LIMIT', { limit: deepestReplacement, what: 'parameter aliases within one another' })
  return { ...scope, replacing: new Set([...scope.replacing, name]) }
}

function bindUnary(syntax: Unary, scope: RowScope, expected: ValueType | undefined): Expression {
  if (syntax.operator === 'not') {
    const operand = bindExpression(syntax.operand, scope)
    requireBoolean(operand, syntax.operand, 'The operator not')
    return not(operand)
  }
  const operand = bindExpression(syntax.operand, scope, expected)
  const meaning = negation(operand.type)
  if (meaning === undefined) throw typeError({ what: 'The operator -', span: syntax.operand.span, found: operand.type, expected: 'a number or duration' })
  return operand.kind === 'literal' && operand.value !== null ? negatedLiteral(operand.type, meaning.compute(operand.value, null)) : negate(meaning.type, operand)
}

/** A constant below zero stays of its own type. */
const negatedLiteral = (type: ValueType, value: ReturnType<NonNullable<ReturnType<typeof negation>>['compute']>): Expression =>
  literal(type, isNumeric(type.base) && type.base !== 'Edm.Decimal' && type.base !== 'Edm.Int64' ? Number(value) : value)

function bindBinary(syntax: Binary, scope: RowScope): Expression {
  const { operator } = syntax
  switch (operator) {
    case 'and': case 'or': {
      const left = bindExpression(syntax.left, scope)
      requireBoolean(left, syntax.left, `The operator ${operator}`)
      const right = bindExpression(syntax.right, scope)
      requireBoolean(right, syntax.right, `The operator ${operator}`)
      return binary(operator, left, right)
    }
    case 'in': return bindIn(syntax, scope)
    case 'has': return bindHas(syntax, scope)
    case 'add': case 'sub': case 'mul': case 'div': case 'divby': case 'mod': {
      const left = bindExpression(syntax.left, scope)
      const right = bindExpression(syntax.right, scope)
      const meaning = arithmetic(operator, left.type, right.type)
      if (meaning === undefined) throw typeError({ what: `The operator ${operator}`, span: syntax.span, found: pair(left, right), expected: 'operands that can be computed with' })
      return binary(operator, left, right, meaning.type)
    }
    default: return bindComparison(operator, syntax, scope)
  }
}

const pair = (left: Expression, right: Expression): string => `${left.type.name} and ${right.type.name}`

/** True where the type of an expression shows in its context only. */
function isConstant(syntax: Syntax, scope: RowScope): boolean {
  if (syntax.kind === 'alias') {
    const value = scope.aliases.get(syntax.name)
    return value === undefined || (!scope.replacing.has(syntax.name) && isConstant(value, { ...scope, replacing: new Set([...scope.replacing, syntax.name]) }))
  }
  return syntax.kind === 'literal' || syntax.kind === 'list' || syntax.kind === 'json' || (syntax.kind === 'unary' && syntax.operator === 'negate' && isConstant(syntax.operand, scope))
}

function bindComparison(operator: ComparisonOperator, syntax: Binary, scope: RowScope): Expression {
  const constantLeft = isConstant(syntax.left, scope) && !isConstant(syntax.right, scope)
  const given = bindExpression(constantLeft ? syntax.right : syntax.left, scope)
  const other = bindExpression(constantLeft ? syntax.left : syntax.right, scope, given.type)
  const left = constantLeft ? other : given
  const right = constantLeft ? given : other
  const common = promote(left.type, right.type)
  if (common === undefined) throw typeError({ what: `The operator ${operator}`, span: syntax.span, found: pair(left, right), expected: 'operands of one type' })
  const equality = operator === 'eq' || operator === 'ne'
  const isNull = left.type.base === 'null' || right.type.base === 'null'
  if (!isNull && (!comparable(common) || (common.collection && !equality))) {
    throw typeError({ what: `The operator ${operator}`, span: syntax.span, found: common, expected: 'a value that can be compared' })
  }
  return binary(operator, left, right)
}

const incomparable: ReadonlySet<string> = new Set(['structured', 'Edm.Stream', 'Edm.Geography', 'Edm.Geometry', 'Edm.Untyped'])

/** True for types whose values have an order and an equality we vouch for. */
export const comparable = (type: ValueType): boolean => !incomparable.has(type.base)

function bindIn(syntax: Binary, scope: RowScope): Expression {
  const operand = bindExpression(syntax.left, scope)
  const items = listItems(syntax.right, scope)
  if (items === undefined) throw unsupported('The operator in over anything but a list of values', 'Use any, e.g. Tags/any(t:t eq \'x\').')
  if (!comparable(operand.type)) throw typeError({ what: 'The operator in', span: syntax.left.span, found: operand.type, expected: 'a value that can be compared' })
  return inList(operand, items.map((item) => {
    const bound = bindExpression(item, scope, operand.type)
    if (promote(operand.type, bound.type) === undefined) throw typeError({ what: 'The operator in', span: item.span, found: bound.type, expected: operand.type.name })
    return bound
  }))
}

function listItems(syntax: Syntax, scope: RowScope): readonly Syntax[] | undefined {
  if (syntax.kind === 'list') return syntax.items
  if (syntax.kind === 'json') return jsonItems(syntax)
  if (syntax.kind !== 'alias' || scope.replacing.has(syntax.name)) return undefined
  const value = scope.aliases.get(syntax.name)
  return value === undefined ? undefined : listItems(value, withinAlias(syntax.name, scope))
}

function bindHas(syntax: Binary, scope: RowScope): Expression {
  const left = bindExpression(syntax.left, scope)
  if (left.type.base !== 'enum' || left.type.collection) throw typeError({ what: 'The operator has', span: syntax.left.span, found: left.type, expected: 'an enumeration' })
  return binary('has', left, bindExpression(syntax.right, scope, left.type))
}
