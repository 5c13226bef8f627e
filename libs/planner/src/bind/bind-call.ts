import type { StructuredType } from '@tributary/edm'
import type { Call, Expression as Syntax, Path, TypeName } from '@tributary/odata-url'
import { booleanType, call, cast, type Column, literal, type Expression, isof, promote } from '@tributary/plan'
import { castPosition, isofPosition } from './bind-cast.js'
import { commonType } from './bind-json.js'
import type { Bind } from './bind-operand.js'
import { resolvePath } from './bind-path.js'
import { describeParameter, fits, isFunctionName, type Signature, signatures, untypedAs } from './function-signatures.js'
import { valueType } from './model-types.js'
import { type Position, rowOf, valueAt } from './path-position.js'
import { typeError, unknownFunction } from './refusal.js'
import type { RowScope } from './row-scope.js'
import { asBoolean, isUntyped } from './untyped-operand.js'

/** @throws HUB_QUERY_UNKNOWN_FUNCTION, HUB_QUERY_TYPE, HUB_QUERY_UNSUPPORTED */
export function bindCall(syntax: Call, scope: RowScope, bind: Bind): Expression {
  const { name } = syntax
  if (name === 'cast' || name === 'isof') return bindTypeTest(syntax, scope, bind)
  if (name === 'case') return bindCase(syntax, scope, bind)
  if (name === 'isdefined') return bindPresence(syntax, scope, bind)
  const known = signatures.get(name)
  if (known === undefined || !isFunctionName(name)) throw unknownFunction(name, syntax.arguments.length, signatures.keys())
  const count = syntax.arguments.length
  if (count > known.parameters.length || count < known.parameters.length - known.optional) throw unknownFunction(name, count, [])
  const given = bindArguments(syntax, known, scope, bind)
  return call(name, known.result(given.map(({ type }) => type)), ...given)
}

/**
 * `isdefined(Product)`: whether a property is there, or was aggregated away.
 * @see OData Extension for Data Aggregation 4.0 section 3.7
 */
function bindPresence({ arguments: [path], span }: Call, scope: RowScope, bind: Bind): Expression {
  if (path?.kind !== 'path') throw typeError({ what: 'isdefined', span, found: 'an expression', expected: 'a path to a property' })
  const [first, ...more] = path.segments
  const gone = scope.rows !== undefined && path.root.kind === 'implicit' && first !== undefined && 'name' in first && !scope.rows.some(({ name }) => name === first.name)
  const ofModel = first !== undefined && 'name' in first && (scope.model.property(scope.entityType, first.name) ?? scope.model.navigation(scope.entityType, first.name)) !== undefined
  if (gone && ofModel) return literal(booleanType, false)
  const known = more.length > 0 && scope.rows !== undefined ? aggregatedAway(path, scope) : false
  if (known) return literal(booleanType, false)
  const value = valueAt(resolvePath(path, scope, bind))
  return value?.kind === 'column' && scope.rows !== undefined ? call('isdefined', booleanType, value) : literal(booleanType, true)
}

/** A property below a column of a result, which has others of it. */
function aggregatedAway({ segments }: Path, { rows, model, entityType }: RowScope): boolean {
  let columns = rows
  let type: StructuredType | undefined = entityType
  for (const segment of segments) {
    if (!('name' in segment) || columns === undefined) return false
    const found: Column | undefined = columns.find(({ name }) => name === segment.name)
    const declared: string | undefined = type === undefined ? undefined : model.navigation(type, segment.name)?.target ?? model.property(type, segment.name)?.type.name
    if (found === undefined) return declared !== undefined
    columns = found.expanded?.columns
    type = declared === undefined ? undefined : model.structured(declared)
  }
  return false
}

function bindArguments(syntax: Call, known: Signature, scope: RowScope, bind: Bind): readonly Expression[] {
  // an array has the type of the collection it stands beside, on whichever side that is
  const others = syntax.arguments.map((argument) => (isArray(argument) ? undefined : bind(argument, scope)))
  let beside = others.find((other) => other?.type.collection === true)?.type
  const given = syntax.arguments.map((argument, index) => {
    const bound = others[index] ?? bind(argument, scope, beside)
    if (bound.type.collection && bound.type.base !== 'null') beside ??= bound.type
    return bound
  })
  const typed = given.map((argument, index) => (isUntyped(argument.type) ? untypedAs(known.parameters[index] ?? 'text', argument, given[1 - index]?.type) : argument))
  checkArguments(syntax, known, typed)
  return typed
}

/** Conditions and results in turn; the results are of one type where they can be. */
function bindCase(syntax: Call, scope: RowScope, bind: Bind): Expression {
  const bound = syntax.arguments.map((argument, index) => {
    const part = bind(argument, scope)
    if (index % 2 === 1) return part
    const condition = asBoolean(part)
    if (condition.type.collection || (condition.type.base !== 'Edm.Boolean' && condition.type.base !== 'null')) throw typeError({ what: 'A condition of case', span: argument.span, found: part.type, expected: 'Edm.Boolean' })
    return condition
  })
  const type = commonType(bound.filter((_, index) => index % 2 === 1).map((result) => result.type))
  return call('case', type, ...bound.map((part, index) => (index % 2 === 0 || part.type.base === type.base || part.type.base === 'null' || isUntyped(type) ? part : cast(part, type))))
}

const isArray = ({ kind }: Syntax): boolean => kind === 'list' || kind === 'json' || kind === 'alias'

function checkArguments(syntax: Call, known: Signature, given: readonly Expression[]): void {
  const [first, second] = given
  for (const [index, argument] of given.entries()) {
    const parameter = known.parameters[index] ?? 'text'
    if (!fits(parameter, argument.type)) {
      throw typeError({ what: `Argument ${index + 1} of ${syntax.name}`, span: syntax.arguments[index]?.span ?? syntax.span, found: argument.type, expected: describeParameter(parameter) })
    }
  }
  if (first !== undefined && second !== undefined && known.parameters[1] !== 'whole' && promote(first.type, second.type) === undefined) {
    throw typeError({ what: `Argument 2 of ${syntax.name}`, span: syntax.arguments[1]?.span ?? syntax.span, found: second.type, expected: first.type.name })
  }
}

/** Types of which only others have values. */
const abstractTypes: ReadonlySet<string> = new Set(['Edm.Untyped', 'Edm.PrimitiveType', 'Edm.ComplexType', 'Edm.EntityType'])

function bindTypeTest(syntax: Call, scope: RowScope, bind: Bind): Expression {
  const [operand, target] = syntax.arguments
  const typeName = target ?? operand
  if (typeName?.kind !== 'typeName') throw unknownFunction(syntax.name, syntax.arguments.length, [])
  const type = valueType(scope.model, typeName)
  if (type.base === 'Edm.Untyped' && !abstractTypes.has(typeName.name)) throw typeError({ what: 'The target type', span: typeName.span, found: typeName.name, expected: 'a type of the service or a primitive type' })
  if (type.base === 'structured') return structuredTest(syntax, typeName, scope, bind)
  if (target === undefined || operand === undefined) throw typeError({ what: `${syntax.name} of the row itself`, span: syntax.span, found: typeName.name, expected: 'an entity type' })
  const bound = bind(operand, scope)
  if (syntax.name === 'isof') return isof(bound, type)
  if (type.base === 'Edm.Untyped' || type.base === 'Edm.Stream') throw typeError({ what: 'The target type', span: typeName.span, found: typeName.name, expected: 'a primitive type or an enumeration' })
  return cast(bound, type)
}

/** Rows and complex values are of a type by what they say of themselves. */
function structuredTest(syntax: Call, typeName: TypeName, scope: RowScope, bind: Bind): Expression {
  const operand = syntax.arguments.length === 1 ? undefined : syntax.arguments[0]
  const position = operand === undefined ? rowOf(scope) : operand.kind === 'path' ? resolvePath(operand, scope, bind) : madeValue(bind(operand, scope), scope)
  if (syntax.name === 'isof') return isofPosition(position, typeName.name, typeName.span, scope)
  const value = valueAt(castPosition(position, typeName.name, typeName.span, scope))
  if (value === undefined) throw typeError({ what: `The cast to ${typeName.name}`, span: syntax.span, found: 'the row itself', expected: 'a value; rows are compared with rows and with null' })
  return value
}

/** A value that no path leads to, as one that may be cast. */
function madeValue(expression: Expression, { model }: RowScope): Position {
  return { expression, structured: model.structured(expression.type.name), guards: [] }
}
