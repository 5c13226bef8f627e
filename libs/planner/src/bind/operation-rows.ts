import type { Exposure } from '@tributary/catalog'
import type { EdmVersion, Operation } from '@tributary/edm'
import type { Expression, NamedArgument, ODataUrl, ResourceSegment } from '@tributary/odata-url'
import { remoteAddress, type RemoteAddress } from '../remote-address.js'
import { operationsNamed, ownParameters } from './operation-overload.js'
import { resourceNotFound, unsupported } from './refusal.js'
import { narrowed, unboundSet } from './related-scope.js'
import { type RowScope, rowScope } from './row-scope.js'

/** Rows that a function gives, and the way on from there. */
export interface FunctionRows {
  readonly scope: RowScope
  /** One entity, not a collection. */
  readonly single: boolean
  /** Segments behind the function's. */
  readonly rest: readonly ResourceSegment[]
  /** Of one of the entities it gives. */
  readonly key?: OperationSegment['key']
}

type OperationSegment = Extract<ResourceSegment, { readonly kind: 'operation' }>

/** The last operation a path calls, and what it is called on. */
export interface LastOperation {
  readonly segment: OperationSegment
  readonly operation: Operation
  /** The operation's result, at its source. */
  readonly address: RemoteAddress
  /** All segments, the arguments of the operation in their place. */
  readonly path: readonly ResourceSegment[]
  /** Segments behind the operation's. */
  readonly rest: readonly ResourceSegment[]
}

/**
 * The last operation that the path of a URL calls; undefined: it calls none.
 * @throws HUB_RESOURCE_NOT_FOUND, HUB_QUERY_INVALID naming missing and unknown parameters, HUB_QUERY_TYPE, HUB_QUERY_UNSUPPORTED
 */
export function lastOperation({ resource, options }: ODataUrl, exposure: Exposure): LastOperation | undefined {
  const given = resource.kind === 'path' ? resource.segments : []
  const at = given.findLastIndex(({ kind }) => kind === 'operation')
  const segment = given[at]
  if (segment?.kind !== 'operation') return undefined
  const { key, ...bare } = segment
  const call = { ...bare, arguments: [...segment.arguments, ...implicitArguments(options), ...impliedAliases(segment, options, exposure)] }
  const whole = key === undefined ? call : { ...call, key }
  const path: LastOperation['path'] = [...given.slice(0, at), whole, ...given.slice(at + 1)]
  const address = remoteAddress([...given.slice(0, at), call], exposure, options.aliases)
  if (address.operation === undefined) throw resourceNotFound(`The operation ${segment.name}`, segment.name)
  requireCallable(segment.name, exposure.endpoints.get(address.endpoint)?.model.version)
  return { segment: whole, operation: address.operation, address, path, rest: given.slice(at + 1) }
}

/** Earlier versions call operations in other ways. @throws HUB_QUERY_UNSUPPORTED */
function requireCallable(name: string, version: EdmVersion | undefined): void {
  if (version !== undefined && earlier.has(version)) throw unsupported(`The operation ${name} of a service in OData ${version}`, 'Only services in OData 4 are called.')
}

const earlier: ReadonlySet<EdmVersion> = new Set(['1.0', '2.0', '3.0'])

/** `Nearest?lat=1&lon=2`: query options that are a function's arguments. @see OData URL Conventions 4.01, section 5.3 */
const implicitArguments = ({ parameters = new Map<string, Expression>() }: ODataUrl['options']): readonly NamedArgument[] =>
  [...parameters].map(([name, value]) => ({ name, value, span: value.span }))

/** `Nearest?@lat=1&@lon=2`: parameter aliases that are called like the parameters of a function without arguments. @see OData URL Conventions 4.01, section 5.3 */
function impliedAliases({ name, arguments: written }: LastOperation['segment'], { aliases, parameters }: ODataUrl['options'], { model }: Exposure): readonly NamedArgument[] {
  if (written.length > 0 || parameters !== undefined || aliases.size === 0) return []
  const imported = model.container?.operationImports.get(name)
  const overloads = imported === undefined ? operationsNamed(model, name) : model.operations(imported.operation)
  const known = new Set(overloads.filter(({ kind }) => kind === 'function').flatMap(ownParameters).map((parameter) => parameter.name))
  return [...aliases].flatMap(([alias, value]) => (known.has(alias) ? [{ name: alias, value, span: value.span }] : []))
}

/** True where what an operation gives are entities, which can be read as rows. What it gives for each of several may be collections. */
export const givesEntities = ({ model }: Exposure, { operation: { kind, returnType }, path }: Pick<LastOperation, 'operation' | 'path'>): boolean =>
  kind === 'function' && returnType !== undefined && model.entityType(returnType.name) !== undefined && !path.some((segment) => segment.kind === 'each')

/**
 * The rows of the function that a path calls last, read from its source; undefined: the path calls none that gives entities.
 * @throws as `lastOperation`
 */
export function functionRows(url: ODataUrl, exposure: Exposure): FunctionRows | undefined {
  const called = lastOperation(url, exposure)
  if (called === undefined || !givesEntities(exposure, called)) return undefined
  const { segment, operation, address, rest } = called
  const type = exposure.model.entityType(operation.returnType?.name ?? '')
  if (type === undefined) return undefined
  const single = operation.returnType?.collection !== true
  const bound = { root: address.set?.name ?? '', path: [] }
  const set = address.set ?? unboundSet(exposure, { name: segment.name, endpoint: address.endpoint, type, bound })
  const resource = { path: address.path, single, called: true as const, ...(address.options.length === 0 ? {} : { options: address.options }) }
  const scope: RowScope = {
    ...(address.set === undefined ? rowScope(exposure, set, url.options.aliases, type.qualifiedName) : narrowed(exposure, set, { aliases: url.options.aliases, type: type.qualifiedName })), result: true, repeats: true, read: { resource, columns: [] },
    ...(address.set === undefined ? { place: { path: address.path, gaps: [], single } } : {}),
  }
  return { scope, single, rest, ...(segment.key === undefined ? {} : { key: segment.key }) }
}
