import type { Operation } from '@tributary/edm'
import { encodeSegmentText } from '@tributary/odata-url'
import { type ComputedColumn, type JoinPair, printExpression, type ResourceGap, type ValueType } from '@tributary/plan'
import { importOrigin } from '../remote/import-origin.js'
import { remoteNaming } from '../remote/remote-naming.js'
import { newNotes } from './apply/notes.js'
import { hiddenName } from './followed-paths.js'
import { boundArguments, type CallContext, type GivenArguments, givenArguments, rowOfArguments, type WrittenCall } from './function-arguments.js'
import { resultName, resultScope, resultSet } from './function-result.js'
import { valueType } from './model-types.js'
import { type Binding, boundOverload, importedOverload, operationsNamed } from './operation-overload.js'
import { extend, type Position } from './path-position.js'
import { invalid, resourceNotFound, unknownFunction, unsupported } from './refusal.js'
import { castSegment, type Link, linkBehind } from './related-scope.js'
import type { FollowedPath, RowScope } from './row-scope.js'

/**
 * A function of the service within an expression: its source is asked once for each set of arguments (and each row it is bound to), as it is
 * for a navigation that each row has a link of. An argument that is null in a row gives null. What gives entities goes on as a navigation would.
 * @throws HUB_RESOURCE_NOT_FOUND and HUB_QUERY_TYPE for calls that no overload takes, HUB_QUERY_UNKNOWN_FUNCTION, HUB_QUERY_INVALID for actions,
 * HUB_QUERY_UNSUPPORTED for arguments of other rows, and for what a source has no address for
 * @see OData URL Conventions 4.01 section 5.1.1.13
 */
export function calledPosition(position: Position, segment: WrittenCall, context: CallContext): Position {
  const { model } = context.scope
  const overloads = operationsNamed(model, segment.name)
  const imported = overloads.length === 0 ? segment.name : importOf(overloads, context.scope)
  if (overloads.length === 0 && model.container?.operationImports.get(segment.name) === undefined) throw unknownFunction(segment.name, segment.arguments.length, [...(model.container?.operationImports.keys() ?? [])])
  const isBound = overloads.some(({ bound }) => bound) && !(position.expression === undefined && overloads.every(({ bound }) => !bound))
  if (isBound) return positionOf(boundCall(position, segment, overloads, context), position, context)
  if (position.expression !== undefined) throw invalid(`The function ${segment.name} is bound to nothing, and stands behind a path.`, 'Begin with it.')
  if (imported === undefined) throw unsupported(`The function ${segment.name}, which the service does not import,`, 'It has no address.')
  return positionOf(importedCall(imported, segment, context), position, context)
}

/** `$root/Nearest(lat=1)`: a function by its import. @throws as `calledPosition` */
export function importedPosition(name: string, segment: WrittenCall, context: CallContext): Position {
  const { model } = context.scope
  if (model.container?.operationImports.get(name) === undefined) throw resourceNotFound(`The function import ${name}`, name, model.container?.operationImports.keys())
  return positionOf(importedCall(name, segment, context), { guards: [] }, context)
}

function importOf([named]: readonly Operation[], { model }: RowScope): string | undefined {
  return [...(model.container?.operationImports.values() ?? [])].find(({ operation }) => named !== undefined && model.operations(operation)[0]?.qualifiedName === named.qualifiedName)?.name
}

/** What the call gives, in a hidden column of the rows it is made for. */
function positionOf(call: FollowedCall, { guards }: Pick<Position, 'guards'>, { scope: { model } }: CallContext): Position {
  const { operation, at } = call
  if (operation.kind !== 'function') throw invalid(`${operation.name} is an action, and expressions call functions only.`)
  const { path, type } = noted(call)
  const { entityType } = path.scope
  if (model.entityType(type.name) !== undefined) return { expression: extend(at, type, hiddenName(path.navigation.name)), structured: entityType, row: path.scope, related: path, guards }
  const hidden = extend(at, Object.freeze({ ...type, collection: false }), hiddenName(path.navigation.name))
  const structured = type.base === 'structured' ? model.structured(type.name) : undefined
  if (structured !== undefined && !type.collection) return { expression: hidden, structured, guards, related: path }
  return { expression: extend({ expression: hidden }, type, resultName), structured, guards }
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
  readonly options: readonly string[]
  readonly computed: readonly ComputedColumn[]
  /** The entity set of the entities it gives. */
  readonly set: string | undefined
}

/** What a function is bound to, and the row from which that is addressed. */
interface BoundTo {
  readonly row: RowScope
  readonly at: Pick<Position, 'expression'>
  /** Properties, navigations and casts from the row on. */
  readonly path: readonly string[]
  readonly binding: Binding
  /** It is a whole set, the same for all rows. */
  readonly same?: RowScope
}

function boundTo(position: Position, { name }: WrittenCall): BoundTo {
  const { row, expression, structured, way, holder } = position
  const collection = expression?.type.collection === true
  const binding = { name: structured?.qualifiedName ?? expression?.type.name ?? '', collection }
  if (row !== undefined && !collection && row.rows === undefined) return { row, at: position, path: [], binding }
  if (collection && way?.same !== undefined) return { row: way.row, at: way.position, path: way.path, binding, same: way.same }
  if (collection && way !== undefined) return { row: way.row, at: way.position, path: way.path, binding }
  if (!collection && row === undefined && holder !== undefined) return { row: holder.row, at: holder.position, path: holder.within, binding }
  throw unsupported(`The function ${name} of what has no address, in an expression`, 'Filtered collections, items of collections and results of $apply have none.')
}

function boundCall(position: Position, segment: WrittenCall, overloads: readonly Operation[], context: CallContext): FollowedCall {
  const { row, at, path, binding, same } = boundTo(position, segment)
  const { model } = context.scope
  const operation = boundOverload(model, overloads, { name: segment.name, given: segment.arguments.map(({ name }) => name), binding })
  const { endpoint } = (same ?? row).set
  const remote = remoteNaming(row.exposure, endpoint).remoteOperation(operation.qualifiedName)
  if (remote === undefined) throw unsupported(`The function ${segment.name} on entities of another source`)
  const given = givenArguments(operation, segment, boundArguments(operation, segment, context), { ...context, endpoint, at })
  const steps = remoteSteps(same ?? row, path)
  if (same !== undefined) return joined({ operation, endpoint, from: row, at, link: noLink, path: `${[same.set.remoteSet, ...steps, remote].map(encodeURIComponent).join('/')}${given.text}`, gaps: [], options: given.options, computed: [], set: resultSet(row, operation, { root: same.set.name, path }) }, given)
  const cast = path.length === 0 ? castSegment(row) : castBefore(row, path)
  const link = linkBehind(row, `${cast}${[...steps, remote].map(encodeURIComponent).join('/')}${given.text}`)
  const start = row.bound ?? { root: row.set.name, path: [] }
  return joined({ operation, endpoint, from: row, at, link, path: link.place.path, gaps: link.place.gaps, options: given.options, computed: [], set: resultSet(row, operation, { root: start.root, path: [...start.path, ...path] }) }, given)
}

/** What is the same for all rows is joined by nothing. */
const noLink: Link = { place: { path: '', gaps: [] }, columns: [], on: [{ from: '', to: '' }] }

/** A path from rows as their source names its steps. @throws HUB_QUERY_UNSUPPORTED where it leads to another source */
function remoteSteps({ exposure, set, model, entityType }: RowScope, path: readonly string[]): readonly string[] {
  const names = remoteNaming(exposure, set.endpoint)
  return path.map((step, index) => {
    if (step.includes('.')) return names.remoteType(step)
    const navigation = index === 0 ? set.navigations.get(step) : undefined
    if (navigation === undefined && model.navigation(entityType, step) === undefined) return index === 0 ? (set.renamed.get(step) ?? step) : step
    const known = navigation === undefined ? step : navigation.remoteNavigation
    if (known === undefined) throw unsupported(`A function of the rows that ${step} leads to`, 'Their source does not know of that relationship.')
    return known
  })
}

/** What only a derived type has is behind the cast to it. */
function castBefore(row: RowScope, [first = '']: readonly string[]): string {
  const declared = row.model.entityType(row.set.entityType)
  const known = declared !== undefined && (row.model.property(declared, first) ?? row.model.navigation(declared, first)) !== undefined
  return known ? '' : castSegment(row)
}

function importedCall(name: string, segment: WrittenCall, context: CallContext): FollowedCall {
  const { scope } = context
  const imported = scope.model.container?.operationImports.get(name)
  const origin = importOrigin(scope.exposure, name)
  if (imported === undefined || origin === undefined) throw resourceNotFound(`The function import ${name}`, name)
  const operation = importedOverload(scope.model, imported.operation, { name: segment.name, given: segment.arguments.map((argument) => argument.name) })
  const bound = boundArguments(operation, segment, context)
  const at = rowOfArguments(bound, context)
  const varies = [...bound.values()].some((expression) => expression !== undefined)
  const from = scope.rows === undefined ? at.row : varies || scope.below === undefined ? undefined : { ...scope, followed: scope.below }
  if (from === undefined) throw unsupported(`The function ${segment.name} behind $apply`, 'Use it before, e.g. in compute.')
  const given = givenArguments(operation, segment, bound, { ...context, endpoint: origin.endpoint, at })
  return joined({ operation, endpoint: origin.endpoint, from, at, link: noLink, path: `${encodeSegmentText(origin.name)}${given.text}`, gaps: [], options: given.options, computed: [], set: imported.entitySet }, given)
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
function noted(call: FollowedCall): { readonly path: FollowedPath; readonly type: ValueType } {
  const { operation, endpoint, from, link, path, gaps, options, computed, set } = call
  const { returnType } = operation
  if (returnType === undefined) throw invalid(`${operation.name} gives nothing.`)
  const type = valueType(from.model, returnType)
  const key = `$call/${path}${gaps.map(({ key: parts, after }) => `(${parts.map(({ name }) => name).join(',')})${after}`).join('')}${link.on.map((pair) => pair.from).join(',')}${options.join('&')}`.replaceAll('@', '(at)')
  const known = from.followed.get(key)
  if (known !== undefined) return { path: known, type }
  const resource = { path, ...(gaps.length === 0 ? {} : { gaps }), ...(options.length === 0 ? {} : { options }) }
  const scope = resultScope(from, operation, { endpoint, returnType, resource, columns: link.columns, set })
  const entities = from.model.entityType(returnType.name) !== undefined
  const same = gaps.length === 0 ? { same: [], on: [{ from: `~one${key}`, to: `~one${key}` }] as const } : { on: link.on }
  const followed: FollowedPath = { navigation: { name: key, toMany: entities && returnType.collection, on: [] }, scope, read: new Set(entities ? [] : [resultName]), notes: newNotes(from.names), computed, ...same }
  from.followed.set(key, followed)
  return { path: followed, type }
}
