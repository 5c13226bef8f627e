import type { EntityType, Operation, Property, StructuredType, TypeRef } from '@tributary/edm'
import { encodeSegmentText, type NamedArgument, type PathSegment } from '@tributary/odata-url'
import { cast, type Column, type ComputedColumn, type Expression, type JoinPair, printExpression, type ResourceGap } from '@tributary/plan'
import { newNotes } from './apply/notes.js'
import type { Bind } from './bind-operand.js'
import { hiddenName } from './followed-paths.js'
import { valueType } from './model-types.js'
import { printCall } from './operation-call.js'
import { boundOverload, importedOverload, operationsNamed, ownParameters } from './operation-overload.js'
import { extend, type Position } from './path-position.js'
import { invalid, typeError, unknownProperty, unsupported } from './refusal.js'
import { importOrigin } from '../remote/import-origin.js'
import { remoteNaming } from '../remote/remote-naming.js'
import { castSegment, type Link, linkBehind } from './related-scope.js'
import { type FollowedPath, type RowScope, rowScope } from './row-scope.js'

type Call = Extract<PathSegment, { readonly kind: 'function' }>

interface CallContext {
  readonly scope: RowScope
  readonly bind: Bind
}

/** The result of a value in JSON. @see OData JSON Format 4.01 section 11 */
const resultName = 'value'

/**
 * A function of the service within an expression: its source is asked once for each set of arguments (and each row it is bound to), as it is
 * for a navigation that each row has a link of. An argument that is null in a row gives null.
 * @throws HUB_RESOURCE_NOT_FOUND and HUB_QUERY_TYPE for calls that no overload takes, HUB_QUERY_INVALID for actions, HUB_QUERY_UNSUPPORTED
 * for functions of collections and of complex values, those that give entities, and arguments of other rows
 * @see OData URL Conventions 4.01 section 5.1.1.13
 */
export function calledPosition(position: Position, segment: Call, context: CallContext): Position {
  const { scope } = context
  const { model } = scope
  const overloads = operationsNamed(model, segment.name)
  if (overloads.length === 0) throw unsupported(`The function ${segment.name}`, 'The service has none of this name.')
  const call = overloads.some(({ bound }) => bound) && !(position.expression === undefined && overloads.every(({ bound }) => !bound)) ? boundCall(position, segment, overloads, context) : unboundCall(position, segment, context)
  if (call.operation.kind !== 'function') throw invalid(`${segment.name} is an action, and expressions call functions only.`)
  const { path, type } = noted(call, segment, scope)
  const hidden = extend(call.at, Object.freeze({ ...type, collection: false }), hiddenName(path.navigation.name))
  const structured = type.base === 'structured' && !type.collection ? model.structured(type.name) : undefined
  if (structured !== undefined) return { expression: hidden, structured, guards: position.guards, related: path }
  return { expression: extend({ expression: hidden }, type, resultName), structured: type.base === 'structured' ? model.structured(type.name) : undefined, guards: position.guards }
}

/** A call, and how its answers are joined with the rows it is made for. */
interface FollowedCall {
  readonly operation: Operation
  /** Slug of the endpoint that is called. */
  readonly endpoint: string
  /** The rows it is made for. */
  readonly from: RowScope
  readonly at: Pick<Position, 'expression'>
  readonly link: Link
  readonly path: string
  readonly gaps: readonly ResourceGap[]
  readonly computed: readonly ComputedColumn[]
}

function boundCall(position: Position, segment: Call, overloads: readonly Operation[], context: CallContext): FollowedCall {
  const { row, expression } = position
  const { model } = context.scope
  if (row === undefined || expression?.type.collection === true || row.rows !== undefined) throw unsupported(`The function ${segment.name} of a collection or of what is no entity, in an expression`, 'Call it in the resource path.')
  const operation = boundOverload(model, overloads, { name: segment.name, given: segment.arguments.map(({ name }) => name), binding: { name: row.entityType.qualifiedName, collection: false } })
  const { endpoint } = row.set
  const remote = remoteNaming(row.exposure, endpoint).remoteOperation(operation.qualifiedName)
  if (remote === undefined) throw unsupported(`The function ${segment.name} on entities of another source`)
  const given = argumentsOf(operation, segment, { ...context, endpoint, own: expression === undefined })
  const link = linkBehind(row, `${castSegment(row)}${encodeURIComponent(remote)}${given.text}`)
  return joined({ operation, endpoint, from: row, at: position, link, path: link.place.path, gaps: link.place.gaps, computed: [] }, given)
}

function unboundCall(position: Position, segment: Call, context: CallContext): FollowedCall {
  const { scope } = context
  const { model, exposure } = scope
  if (position.expression !== undefined || scope.rows !== undefined || position.row === undefined) throw unsupported(`The function ${segment.name} behind a path`, 'It is bound to nothing: begin with it.')
  const [named] = operationsNamed(model, segment.name)
  const imported = [...(model.container?.operationImports.values() ?? [])].find(({ operation }) => model.operations(operation)[0]?.qualifiedName === named?.qualifiedName)
  const origin = imported === undefined ? undefined : importOrigin(exposure, imported.name)
  if (imported === undefined || named === undefined || origin === undefined) throw unsupported(`The function ${segment.name}, which the service does not import,`)
  const operation = importedOverload(model, named.qualifiedName, { name: segment.name, given: segment.arguments.map(({ name }) => name) })
  const given = argumentsOf(operation, segment, { ...context, endpoint: origin.endpoint, own: true })
  const link: Link = { place: { path: '', gaps: [] }, columns: [], on: [{ from: '', to: '' }] }
  return joined({ operation, endpoint: origin.endpoint, from: position.row, at: position, link, path: `${encodeSegmentText(origin.name)}${given.text}`, gaps: [], computed: [] }, given)
}

/** The arguments: those that are the same for all rows as text, the others as what they are in a row. */
interface GivenArguments {
  readonly text: string
  readonly varying: readonly { readonly name: string; readonly type: Column['type']; readonly expression: Expression }[]
}

function argumentsOf(operation: Operation, segment: Call, { scope, bind, own, endpoint }: CallContext & { readonly own: boolean; readonly endpoint: string }): GivenArguments {
  const { model, aliases, exposure } = scope
  const names = remoteNaming(exposure, endpoint)
  const bound = segment.arguments.map((argument) => ({ argument, expression: boundArgument(argument, operation, scope, bind) }))
  if (bound.every(({ expression }) => expression === undefined)) {
    const { text, options } = printCall(operation, segment.arguments, { exposure, names, endpoint, aliases, before: 0 })
    if (options.length > 0) throw unsupported(`A structured argument of ${segment.name} in an expression`, 'Call it in the resource path.')
    return { text, varying: [] }
  }
  const parameters = new Map(ownParameters(operation).map(({ name, type }) => [name, type]))
  const varying = bound.map(({ argument, expression }) => {
    const type = valueType(model, parameters.get(argument.name) ?? { name: 'Edm.Untyped', collection: false })
    const value = expression ?? bind(argument.value, scope, type)
    if (!own || scope.variables.size > 0 || scope.item !== undefined || scope.around !== undefined) throw unsupported(`Arguments of ${segment.name} that are of another row than the function`, 'Properties of the row itself, and constants, may be given.')
    if (type.collection || type.base === 'structured') throw unsupported(`A structured argument of ${segment.name} in an expression`)
    return { name: argument.name, type: names.same ? type : Object.freeze({ ...type, name: names.remoteType(type.name) }), expression: value.type.base === type.base ? value : cast(value, type) }
  })
  return { text: '', varying }
}

/** Undefined: a constant, which stands in the call as it is. */
function boundArgument({ name, value, span }: NamedArgument, operation: Operation, scope: RowScope, bind: Bind): Expression | undefined {
  const parameter = ownParameters(operation).find((one) => one.name === name)
  if (parameter === undefined) throw unknownProperty(operation.qualifiedName, name, ownParameters(operation).map((one) => one.name))
  if (value.kind === 'literal' || value.kind === 'json' || value.kind === 'list') return undefined
  const type = valueType(scope.model, parameter.type)
  const bound = bind(value, scope, type)
  if (bound.kind === 'literal') return value.kind === 'alias' ? undefined : bound
  if (bound.type.collection !== type.collection || (bound.type.base === 'structured') !== (type.base === 'structured')) throw typeError({ what: `The parameter ${name}`, span, found: bound.type, expected: type.name })
  return bound
}

/** The call with its varying arguments as a gap of its path, filled by columns of the rows. */
function joined(call: FollowedCall, { varying }: GivenArguments): FollowedCall {
  if (varying.length === 0) return call
  const taken = call.link.columns.length
  const parts = varying.map(({ name, type, expression }, index) => {
    const plain = expression.kind === 'column' && expression.path.length === 1 ? expression.path[0] : undefined
    return { name, expression, from: plain, to: Object.freeze({ name: `~${taken + index}`, type }) }
  })
  const id = `${call.operation.qualifiedName}(${varying.map(({ name, expression }) => `${name}=${printExpression(expression)}`).join(',')})`
  const pairs = parts.map(({ name, from, to }): JoinPair => ({ from: from ?? argumentName(id, name), to: to.name }))
  const [first, ...more] = [...call.link.on.filter(({ to }) => to !== ''), ...pairs]
  if (first === undefined) throw new Error('A call whose arguments vary is joined by nothing')
  return {
    ...call,
    gaps: [...call.gaps, { key: parts.map(({ name, to }) => ({ name: encodeSegmentText(name), column: to.name })), named: true, after: '' }],
    link: { ...call.link, columns: [...call.link.columns, ...parts.map(({ to }) => to)], on: [first, ...more] },
    computed: parts.flatMap(({ name, from, expression, to }) => (from === undefined ? [{ column: Object.freeze({ name: argumentName(id, name), type: to.type }), expression }] : [])),
  }
}

/** No property has such a name, and no `@`, which would make it say something of one. */
const argumentName = (id: string, name: string): string => `~$call/${id}/${name}`.replaceAll('@', '(at)')

/** Notes the call among what is followed from the rows; the same call is made once. */
function noted({ operation, endpoint, from, link, path, gaps, computed }: FollowedCall, segment: Call, scope: RowScope): { readonly path: FollowedPath; readonly type: Column['type'] } {
  const { returnType } = operation
  if (returnType === undefined) throw invalid(`${segment.name} gives nothing.`)
  const type = valueType(scope.model, returnType)
  if (scope.model.entityType(returnType.name) !== undefined) throw unsupported(`The entities that ${segment.name} gives, in an expression`, 'Call it in the resource path.')
  const key = `$call/${path}${gaps.map(({ key: parts, after }) => `(${parts.map(({ name }) => name).join(',')})${after}`).join('')}${link.on.map((pair) => pair.from).join(',')}`.replaceAll('@', '(at)')
  const known = from.followed.get(key)
  if (known !== undefined) return { path: known, type }
  const resource = { path, single: true, bare: true as const, ...(gaps.length === 0 ? {} : { gaps }) }
  const same = gaps.length === 0 ? { same: [], on: [{ from: `~one${key}`, to: `~one${key}` }] as const } : { on: link.on }
  const followed: FollowedPath = {
    navigation: { name: key, toMany: false, on: [] }, scope: resultScope(from, operation.qualifiedName, { endpoint, returnType, read: { resource, columns: link.columns } }), read: new Set([resultName]), notes: newNotes(from.names), computed, ...same,
  }
  from.followed.set(key, followed)
  return { path: followed, type }
}

/** Names on what a function gives: a value under the name JSON has for it, or the properties of a complex one. */
function resultScope(from: RowScope, name: string, { endpoint, returnType, read }: { readonly endpoint: string; readonly returnType: TypeRef; readonly read: NonNullable<RowScope['read']> }): RowScope {
  const { exposure, set, model } = from
  const complex = returnType.collection ? undefined : model.structured(returnType.name)
  const type = typeOfResult(complex, { name, returnType })
  const result = { ...set, name, endpoint, entityType: type.qualifiedName, remoteSet: '', remoteType: remoteNaming(exposure, endpoint).remoteType(type.qualifiedName), renamed: new Map<string, string>(), key: [], navigations: new Map<string, never>() }
  return { ...rowScope(exposure, set, from.aliases), set: Object.freeze(result), entityType: type, nested: true, read }
}

function typeOfResult(complex: StructuredType | undefined, { name, returnType }: { readonly name: string; readonly returnType: TypeRef }): EntityType {
  const value: Property = Object.freeze({ kind: 'property', name: resultName, type: returnType, annotations: [] })
  const own = { kind: 'entity' as const, hasStream: false, key: [], alternateKeys: [], annotations: [], navigation: new Map<string, never>(), abstract: false }
  if (complex !== undefined) return Object.freeze({ ...complex, ...own })
  return Object.freeze({ ...own, namespace: '', name: `${name}()`, qualifiedName: `${name}()${returnType.collection ? '*' : ''}`, open: false, properties: new Map([[resultName, value]]) })
}
