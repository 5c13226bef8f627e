import type { Call, Expression as Syntax, TypeName } from '@tributary/odata-url'
import { call, cast, type Expression, isof, promote, type ValueType } from '@tributary/plan'
import { describeParameter, fits, isFunctionName, type Signature, signatures } from './function-signatures.js'
import { valueType } from './model-types.js'
import { typeError, unknownFunction, unsupported } from './refusal.js'
import type { RowScope } from './row-scope.js'

/** How operands are bound: `bindExpression`, given from there. */
export type Bind = (syntax: Syntax, scope: RowScope, expected?: ValueType) => Expression

/** @throws HUB_QUERY_UNKNOWN_FUNCTION, HUB_QUERY_TYPE, HUB_QUERY_UNSUPPORTED */
export function bindCall(syntax: Call, scope: RowScope, bind: Bind): Expression {
  const { name } = syntax
  if (name === 'cast' || name === 'isof') return bindTypeTest(syntax, scope, bind)
  if (name.startsWith('geo.')) throw unsupported(`The function ${name}`, 'Geographic values are carried, not computed with.')
  if (name === 'case' || name === 'isdefined') throw unsupported(`The function ${name}`)
  const known = signatures.get(name)
  if (known === undefined || !isFunctionName(name)) throw name.includes('.') ? unsupported(`The function ${name}`, 'Functions of a service are not called within expressions.') : unknownFunction(name, syntax.arguments.length, signatures.keys())
  const count = syntax.arguments.length
  if (count > known.parameters.length || count < known.parameters.length - known.optional) throw unknownFunction(name, count, [])
  const given = bindArguments(syntax, known, scope, bind)
  return call(name, known.result(given.map(({ type }) => type)), ...given)
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
  checkArguments(syntax, known, given)
  return given
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

function bindTypeTest(syntax: Call, scope: RowScope, bind: Bind): Expression {
  const [operand, target] = syntax.arguments
  const typeName = (target ?? operand)
  if (typeName?.kind !== 'typeName') throw unknownFunction(syntax.name, syntax.arguments.length, [])
  if (target === undefined || operand === undefined) throw unsupported(`${syntax.name} of the row itself`)
  const type = targetType(typeName, scope)
  const bound = bind(operand, scope)
  return syntax.name === 'cast' ? cast(bound, type) : isof(bound, type)
}

function targetType(syntax: TypeName, scope: RowScope): ValueType {
  const type = valueType(scope.model, syntax)
  if (type.base === 'structured') throw unsupported(`A type test against ${syntax.name}`, 'Only primitive types and enumerations are tested.')
  if (type.base === 'Edm.Untyped' || type.collection) throw typeError({ what: 'The target type', span: syntax.span, found: syntax.name, expected: 'a primitive type or an enumeration' })
  return type
}
