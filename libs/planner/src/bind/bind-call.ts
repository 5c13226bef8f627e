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
  if (name === 'case') throw unsupported('The function case')
  const known = signatures.get(name)
  if (known === undefined || !isFunctionName(name)) throw name.includes('.') ? unsupported(`The function ${name}`, 'Functions of a service are not called within expressions.') : unknownFunction(name, syntax.arguments.length, signatures.keys())
  const count = syntax.arguments.length
  if (count > known.parameters.length || count < known.parameters.length - known.optional) throw unknownFunction(name, count, [])
  const given = bindArguments(syntax, known, scope, bind)
  return call(name, known.result(given.map(({ type }) => type)), ...given)
}

function bindArguments(syntax: Call, known: Signature, scope: RowScope, bind: Bind): readonly Expression[] {
  const given: Expression[] = []
  for (const [index, argument] of syntax.arguments.entries()) {
    const parameter = known.parameters[index] ?? 'text'
    const first = given[0]?.type
    const bound = bind(argument, scope, index > 0 && first?.collection === true && parameter !== 'whole' ? first : undefined)
    if (!fits(parameter, bound.type)) {
      throw typeError({ what: `Argument ${index + 1} of ${syntax.name}`, span: argument.span, found: bound.type, expected: describeParameter(parameter) })
    }
    if (index === 1 && first !== undefined && parameter !== 'whole' && promote(first, bound.type) === undefined) {
      throw typeError({ what: `Argument 2 of ${syntax.name}`, span: argument.span, found: bound.type, expected: first.name })
    }
    given.push(bound)
  }
  return given
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
