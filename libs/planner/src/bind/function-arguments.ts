import type { Operation } from '@tributary/edm'
import type { NamedArgument } from '@tributary/odata-url'
import { cast, column, type Column, type Expression, transformExpression, walkExpression } from '@tributary/plan'
import { remoteNaming } from '../remote/remote-naming.js'
import type { Bind } from './bind-operand.js'
import { valueType } from './model-types.js'
import { printCall } from './operation-call.js'
import { ownParameters } from './operation-overload.js'
import { itemAt, type Position, rowOf } from './path-position.js'
import { typeError, unknownProperty, unsupported } from './refusal.js'
import type { RowScope } from './row-scope.js'

/** A call within an expression: its name as it is written, and what it is given. */
export interface WrittenCall {
  readonly name: string
  readonly arguments: readonly NamedArgument[]
}

/** What a call's arguments are bound with. */
export interface CallContext {
  readonly scope: RowScope
  readonly bind: Bind
}

/** The arguments of a call: those that are the same for all rows as text, the others as what they are in a row. */
export interface GivenArguments {
  /** Percent-encoded; '' where arguments vary. */
  readonly text: string
  /** Query options that arguments stand in, percent-encoded. */
  readonly options: readonly string[]
  readonly varying: readonly { readonly name: string; readonly type: Column['type']; readonly expression: Expression }[]
}

/** Arguments before it is known which row they are of. Undefined: a constant, which stands in the call as it is. */
export type BoundArguments = ReadonlyMap<NamedArgument, Expression | undefined>

/** @throws HUB_QUERY_UNKNOWN_PROPERTY for a parameter that the operation does not have, HUB_QUERY_TYPE */
export const boundArguments = (operation: Operation, segment: WrittenCall, context: CallContext): BoundArguments =>
  new Map(segment.arguments.map((argument) => [argument, boundArgument(argument, operation, context)]))

function boundArgument({ name, value, span }: NamedArgument, operation: Operation, { scope, bind }: CallContext): Expression | undefined {
  const parameter = ownParameters(operation).find((one) => one.name === name)
  if (parameter === undefined) throw unknownProperty(operation.qualifiedName, name, ownParameters(operation).map((one) => one.name))
  if (value.kind === 'literal' || value.kind === 'json' || value.kind === 'list') return undefined
  const type = valueType(scope.model, parameter.type)
  const bound = bind(value, scope, type)
  if (bound.kind === 'literal') return value.kind === 'alias' ? undefined : bound
  if (bound.type.collection !== type.collection || (bound.type.base === 'structured') !== (type.base === 'structured')) throw typeError({ what: `The parameter ${name}`, span, found: bound.type, expected: type.name })
  return bound
}

/** Where a function is called: on which source, and at which position of the rows it is made for. */
export interface CallPlaceInRows extends CallContext {
  readonly endpoint: string
  readonly at: Pick<Position, 'expression'>
}

/**
 * The arguments of a call on the rows at a position.
 * @throws HUB_QUERY_UNSUPPORTED for those that are of other rows, and for structured ones that vary from row to row
 */
export function givenArguments(operation: Operation, segment: WrittenCall, bound: BoundArguments, { scope, bind, endpoint, at }: CallPlaceInRows): GivenArguments {
  const { model, aliases, exposure } = scope
  const names = remoteNaming(exposure, endpoint)
  if ([...bound.values()].every((expression) => expression === undefined)) return { ...printCall(operation, segment.arguments, { exposure, names, endpoint, aliases, before: aliases.size }), varying: [] }
  const parameters = new Map(ownParameters(operation).map(({ name, type }) => [name, type]))
  const varying = [...bound].map(([argument, expression]) => {
    const type = valueType(model, parameters.get(argument.name) ?? { name: 'Edm.Untyped', collection: false })
    if (type.collection || type.base === 'structured') throw unsupported(`A structured argument of ${segment.name} that is another one for each row`, 'Give a constant, or call it in the resource path.')
    const value = ofRowAt(expression ?? bind(argument.value, scope, type), at, segment.name)
    return { name: argument.name, type: names.same ? type : Object.freeze({ ...type, name: names.remoteType(type.name) }), expression: value.type.base === type.base ? value : cast(value, type) }
  })
  return { text: '', options: [], varying }
}

/** The position of the one row that all varying arguments are of: an item's where they look at one, else the row itself. */
export function rowOfArguments(bound: BoundArguments, { scope }: CallContext): Position {
  const own = scope.item === undefined || scope.item.range.related === undefined ? rowOf(scope) : itemAt(scope.item.name, scope.item.range)
  for (const expression of bound.values()) {
    const [name] = expression === undefined ? [] : freeVariables(expression)
    const range = name === undefined ? undefined : scope.variables.get(name)
    if (name !== undefined && range?.related !== undefined) return itemAt(name, range)
  }
  return own
}

function freeVariables(expression: Expression): ReadonlySet<string> {
  const [read, bound] = [new Set<string>(), new Set<string>()]
  walkExpression(expression, (part) => {
    if (part.kind === 'variable') read.add(part.name)
    if (part.kind === 'lambda' || part.kind === 'filtered') bound.add(part.variable)
  })
  return new Set([...read].filter((name) => !bound.has(name)))
}

/** An expression as one over the row that stands at a position. */
function ofRowAt(expression: Expression, { expression: at }: Pick<Position, 'expression'>, name: string): Expression {
  const free = freeVariables(expression)
  return transformExpression(expression, (part) => {
    if (part.kind === 'variable' && !free.has(part.name)) return part
    if (part.kind !== 'variable' && part.kind !== 'column') return part
    if (at === undefined && part.kind === 'column') return part
    const [first, ...rest] = behind(part, at) ?? []
    if (first === undefined) throw unsupported(`An argument of ${name} that is of another row than the function`, 'Constants, and properties of the row that it is bound to, may be given.')
    return column(part.type, first, ...rest)
  })
}

/** The path of a part from a position on; undefined: it does not lead through it. */
function behind(part: Extract<Expression, { kind: 'column' | 'variable' }>, at: Expression | undefined): readonly string[] | undefined {
  if (at === undefined || at.kind !== part.kind || (at.kind !== 'column' && at.kind !== 'variable')) return undefined
  if (at.kind === 'variable' && part.kind === 'variable' && at.name !== part.name) return undefined
  return at.path.every((step, index) => part.path[index] === step) ? part.path.slice(at.path.length) : undefined
}
