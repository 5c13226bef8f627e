import { hubError } from '@tributary/errors'
import type { Binary, Expression as Syntax, JsonLiteral, Unary } from '@tributary/odata-url'
import {
  arithmetic, binary, type ComparisonOperator, type Expression, inList, isNumeric, lambda, literal, negate, negation, not, nullType, promote, type ValueType, variable, itemOf,
} from '@tributary/plan'
import { bindCall } from './bind-call.js'
import { asOneType, bindSameRow } from './bind-equality.js'
import { bindArray, bindJson, bindObject, jsonParts, jsonScalars } from './bind-json.js'
import { bindLiteral } from './bind-literal.js'
import { bindPath } from './bind-path.js'
import { comparable, hasEquality, isComparedBy } from './comparable-types.js'
import { invalid, typeError } from './refusal.js'
import { deepestReplacement, mostReplacements, type RowScope } from './row-scope.js'
import { asBeside, asBoolean, asOperands, isUntyped } from './untyped-operand.js'

/**
 * Binds an expression of the URL: names to columns, aliases to their values, literals to the types their context needs.
 * `expected` is the type the context needs of a literal.
 * @throws HUB_QUERY_UNKNOWN_PROPERTY, HUB_QUERY_UNKNOWN_FUNCTION, HUB_QUERY_TYPE, HUB_QUERY_UNSUPPORTED
 */
export function bindExpression(syntax: Syntax, scope: RowScope, expected?: ValueType): Expression {
  switch (syntax.kind) {
    case 'literal': return bindLiteral(syntax, scope.model, expected)
    case 'alias': return bindAlias(syntax.name, scope, expected)
    case 'unary': return bindUnary(syntax, scope, expected)
    case 'binary': return bindBinary(syntax, scope)
    case 'call': return bindCall(syntax, scope, bindExpression)
    case 'path': return bindPath(syntax, scope, bindExpression)
    case 'list': return bindArray(syntax.items, (item, type) => bindExpression(item, scope, type), expected)
    case 'json': return bindJsonLiteral(syntax, scope, expected)
    case 'typeName': throw typeError({ what: 'A type name', span: syntax.span, found: syntax.name, expected: 'a value' })
  }
}

/** Binds a predicate: what is true, false or null. @throws as `bindExpression` */
export function bindPredicate(syntax: Syntax, scope: RowScope): Expression {
  return bindBoolean(syntax, scope, 'A filter')
}

function bindBoolean(syntax: Syntax, scope: RowScope, what: string): Expression {
  const bound = asBoolean(bindExpression(syntax, scope))
  requireBoolean(bound, syntax, what)
  return bound
}

/** An array of scalars has the type of its items, other JSON the one its context needs. */
function bindJsonLiteral(syntax: JsonLiteral, scope: RowScope, expected: ValueType | undefined): Expression {
  const bind = (item: Syntax, type?: ValueType): Expression => bindExpression(item, scope, type)
  if (syntax.members !== undefined) return bindObject(syntax.members, bind, expected)
  const scalars = jsonScalars(syntax)
  const ofItems = scalars !== undefined && (expected === undefined || expected.collection)
  return ofItems ? bindArray(scalars, bind, expected) : bindJson(syntax, expected, (name) => scope.model.structured(name)?.open === true)
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
    return not(bindBoolean(syntax.operand, scope, 'The operator not'))
  }
  const given = bindExpression(syntax.operand, scope, expected)
  const [operand] = isUntyped(given.type) ? asOperands('mul', given, given) : [given]
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
      const what = `The operator ${operator}`
      return binary(operator, bindBoolean(syntax.left, scope, what), bindBoolean(syntax.right, scope, what))
    }
    case 'in': return bindIn(syntax, scope)
    case 'has': return bindHas(syntax, scope)
    case 'add': case 'sub': case 'mul': case 'div': case 'divby': case 'mod': {
      const [left, right] = asOperands(operator, bindExpression(syntax.left, scope), bindExpression(syntax.right, scope))
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
  if (syntax.kind === 'list') return syntax.items.every((item) => isConstant(item, scope))
  if (syntax.kind === 'json') return syntax.members?.every(({ value }) => isConstant(value, scope)) ?? true
  return syntax.kind === 'literal' || (syntax.kind === 'unary' && syntax.operator === 'negate' && isConstant(syntax.operand, scope))
}

const leadsToRows = (syntax: Syntax): boolean => syntax.kind === 'path' || (syntax.kind === 'call' && syntax.name === 'cast')

const isNullLiteral = (syntax: Syntax): boolean => syntax.kind === 'literal' && syntax.type === 'null'

/** Two paths or casts, or one beside null. */
const mayBeRows = ({ left, right }: Binary): boolean =>
  (leadsToRows(left) || leadsToRows(right)) && [left, right].every((side) => leadsToRows(side) || isNullLiteral(side))

function bindComparison(operator: ComparisonOperator, syntax: Binary, scope: RowScope): Expression {
  const equality = operator === 'eq' || operator === 'ne'
  if (equality && mayBeRows(syntax)) {
    const same = bindSameRow(operator, [syntax.left, syntax.right], scope, bindExpression)
    if (same !== undefined) return same
  }
  const [left, right] = bindSides(syntax, scope)
  const common = promote(left.type, right.type)
  if (common === undefined) throw typeError({ what: `The operator ${operator}`, span: syntax.span, found: pair(left, right), expected: 'operands of one type' })
  const isNull = left.type.base === 'null' || right.type.base === 'null'
  if (!isNull && !isComparedBy(operator, common)) throw typeError({ what: `The operator ${operator}`, span: syntax.span, found: common, expected: 'a value that can be compared' })
  return binary(operator, left, right)
}

/** Quoted text may stand for a duration, a date and so on, if the other side says which: `'PT1H' eq duration'PT60M'`. */
const isText = (syntax: Syntax): boolean => syntax.kind === 'literal' && syntax.type === 'Edm.String'

/** Both sides as values of one type: a constant has the type of the other side, and what has no declared type is taken as one. */
function bindSides(syntax: Binary, scope: RowScope): readonly [Expression, Expression] {
  const constantLeft = isConstant(syntax.left, scope) && (!isConstant(syntax.right, scope) || (isText(syntax.left) && !isText(syntax.right)))
  const given = bindExpression(constantLeft ? syntax.right : syntax.left, scope)
  const other = bindExpression(constantLeft ? syntax.left : syntax.right, scope, given.type)
  const [left, right] = constantLeft ? [other, given] : [given, other]
  return asOneType(asBeside(left, right.type), asBeside(right, left.type), scope.model)
}

function bindIn(syntax: Binary, scope: RowScope): Expression {
  const operand = bindExpression(syntax.left, scope)
  const items = listItems(syntax.right, scope)
  if (items === undefined) return bindMembership(operand, syntax, scope)
  if (!comparable(operand.type) && !hasEquality(operand.type)) throw typeError({ what: 'The operator in', span: syntax.left.span, found: operand.type, expected: 'a value that can be compared' })
  const bound = items.map((item) => {
    const constant = bindExpression(item, scope, operand.type)
    if (promote(operand.type, constant.type) === undefined && !isUntyped(operand.type)) throw typeError({ what: 'The operator in', span: item.span, found: constant.type, expected: operand.type.name })
    return constant
  })
  if (!isUntyped(operand.type)) return inList(operand, bound)
  // what has no declared type is another value for each type of item
  const ways = bound.map((item) => binary('eq', asBeside(operand, item.type), item))
  return ways.slice(1).reduce<Expression>((left, right) => binary('or', left, right), ways[0] ?? inList(operand, []))
}

/** `x in Tags`: true if an item of the collection equals it. */
function bindMembership(operand: Expression, syntax: Binary, scope: RowScope): Expression {
  const collection = bindExpression(syntax.right, scope, operand.type.collection ? undefined : Object.freeze({ ...operand.type, collection: true }))
  const item = itemOf(collection.type)
  const [left, right] = [asBeside(operand, item), asBeside(variable(item, '~in'), operand.type)]
  const common = promote(left.type, right.type)
  if ((!collection.type.collection && !isUntyped(collection.type)) || common === undefined || !isComparedBy('eq', common)) {
    throw typeError({ what: 'The operator in', span: syntax.right.span, found: collection.type, expected: `a collection of ${operand.type.name}` })
  }
  return lambda('any', collection, '~in', binary('eq', right, left))
}

function listItems(syntax: Syntax, scope: RowScope): readonly Syntax[] | undefined {
  if (syntax.kind === 'list') return syntax.items
  if (syntax.kind === 'json') return jsonScalars(syntax) ?? jsonParts(syntax)
  if (syntax.kind !== 'alias' || scope.replacing.has(syntax.name)) return undefined
  const value = scope.aliases.get(syntax.name)
  return value === undefined ? undefined : listItems(value, withinAlias(syntax.name, scope))
}

function bindHas(syntax: Binary, scope: RowScope): Expression {
  const left = bindExpression(syntax.left, scope)
  if (left.type.base !== 'enum' || left.type.collection) throw typeError({ what: 'The operator has', span: syntax.left.span, found: left.type, expected: 'an enumeration' })
  return binary('has', left, bindExpression(syntax.right, scope, left.type))
}
