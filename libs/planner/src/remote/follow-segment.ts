import { joinColumns } from '@tributary/catalog'
import type { NavigationProperty } from '@tributary/edm'
import { encodeSegmentText, type ResourceSegment } from '@tributary/odata-url'
import { printCall } from '../bind/operation-call.js'
import { boundOverload, operationsNamed } from '../bind/operation-overload.js'
import { invalid, resourceNotFound, unsupported } from '../bind/refusal.js'
import { unknownOperation } from '../bind/unknown-operation.js'
import { aliasOptions, filterText } from './remote-text.js'
import { memberNames, namedBefore, single, walkedType, withKey } from './remote-walk.js'
import { spansSources } from './spans-sources.js'
import type { RemoteWalk } from './walk-state.js'

/**
 * Follows one more segment of a path.
 * @throws HUB_RESOURCE_NOT_FOUND, HUB_REQUEST_SPANS_SOURCES, HUB_QUERY_INVALID, HUB_QUERY_UNSUPPORTED
 */
export function followSegment(walk: RemoteWalk, segment: ResourceSegment): RemoteWalk {
  switch (segment.kind) {
    case 'property': return followProperty(walk, segment.name)
    case 'navigation': return followNavigation(walk, segment)
    case 'cast': return followCast(walk, segment)
    case 'operation': return followOperation(walk, segment)
    case 'unknown': return followUnknown(walk, segment)
    case 'count': case 'ref': return { ...walk, texts: [...walk.texts, `$${segment.kind}`], addressed: segment.kind }
    case 'each': return { ...walk, texts: [...walk.texts, '$each'], addressed: 'each', ...single(walk) }
    case 'value': return { ...walk, texts: [...walk.texts, '$value'], addressed: walk.addressed === 'entity' ? 'media' : 'value' }
    case 'filter': return followFilter(walk, segment)
    case 'ordinal': return { ...walk, texts: [...walk.texts, String(segment.index)], addressed: walk.addressed === 'entities' ? 'entity' : walk.addressed, ...single(walk) }
    case 'query': throw invalid('$query may only end a path, and is sent as POST.')
    default: throw invalid('A resource of the service may only begin a path.')
  }
}

function followFilter(walk: RemoteWalk, segment: Extract<ResourceSegment, { kind: 'filter' }>): RemoteWalk {
  const text = filterText(segment.predicate, walk)
  // Some members of a collection of values are no entities.
  const addressed = walk.addressed === 'property' ? 'property' : 'entities'
  return withKey({ ...walk, texts: [...walk.texts, text], options: [...walk.options, ...aliasOptions(text, walk)], addressed }, segment)
}

const leading = ({ bound }: RemoteWalk, name: string): Pick<RemoteWalk, 'bound'> => (bound === undefined ? {} : { bound: { source: bound.source, path: [...bound.path, name] } })

function followProperty(walk: RemoteWalk, name: string): RemoteWalk {
  const { exposure: { model }, names, exposedType } = walk
  const type = exposedType === undefined ? undefined : model.structured(exposedType.name)
  const property = type === undefined ? undefined : model.property(type, name)
  if (property === undefined) throw unknownMember(walk, name)
  requireOne(walk, name)
  const exposed = walkedType(property.type)
  const { keyed: _keyed, ...behind } = walk
  return {
    ...behind, ...leading(walk, name), texts: [...walk.texts, encodeSegmentText(names.remoteProperty(exposedType?.name ?? '', name))], addressed: 'property',
    exposedType: exposed, remoteType: { ...exposed, name: names.remoteType(exposed.name) },
  }
}

function requireOne({ exposedType, addressed }: RemoteWalk, name: string): void {
  if (exposedType?.collection === true && addressed !== 'each') throw invalid(`${name} needs one member of the collection.`, `Give a key: (…)/${name}.`)
}

type Navigation = Extract<ResourceSegment, { kind: 'navigation' }>

function followNavigation(walk: RemoteWalk, segment: Navigation): RemoteWalk {
  const { exposure, names, exposedType } = walk
  const { model } = exposure
  const type = exposedType === undefined ? undefined : model.structured(exposedType.name)
  const navigation = type === undefined ? undefined : model.navigation(type, segment.name)
  if (navigation === undefined) throw unknownMember(walk, segment.name)
  requireOne(walk, segment.name)
  if (!names.same) requireKnown(walk, segment.name)
  const { bound: _left, set: _from, keyed: _keyed, ...behind } = walk
  const path = [...(walk.bound?.path ?? []), segment.name]
  const target = walk.bound === undefined ? undefined : model.bindingTarget(walk.bound.source, path.join('/'))
  const set = target === undefined ? undefined : exposure.sets.get(target)
  const exposed = { name: model.entityType(navigation.target)?.qualifiedName ?? navigation.target, collection: navigation.collection }
  const onward = target === undefined ? leading(walk, segment.name) : { bound: { source: target, path: [] } }
  const next: RemoteWalk = {
    ...behind, ...onward, told: toldBy(walk, navigation), ...(set === undefined ? {} : { set }), ...(walk.bound === undefined ? {} : { via: { source: walk.bound.source, path: path.join('/') } }), texts: [...walk.texts, encodeSegmentText(remoteNavigation(walk, segment.name))],
    addressed: navigation.collection ? 'entities' : 'entity', exposedType: exposed, remoteType: { ...exposed, name: names.remoteType(exposed.name) },
  }
  return withKey(next, segment)
}

/** What the row before says of the rows that a navigation leads to. @see OData URL Conventions 4.01, section 4.3.2 */
function toldBy({ exposure: { model }, set, exposedType, keyed }: RemoteWalk, navigation: NavigationProperty): ReadonlyMap<string, string | undefined> {
  const type = exposedType === undefined ? undefined : model.entityType(exposedType.name)
  const on = set?.navigations.get(navigation.name)?.on ?? (type === undefined ? [] : joinColumns(model, type, navigation))
  return new Map(on.map(({ from, to }) => [to, keyed?.get(from)]))
}

const remoteNavigation = ({ set }: RemoteWalk, name: string): string => set?.navigations.get(name)?.remoteNavigation ?? name

/** A relationship of a product is ours: no source can be asked along it. */
function requireKnown({ exposure, set, endpoint }: RemoteWalk, name: string): void {
  const navigation = set?.navigations.get(name)
  if (navigation?.remoteNavigation !== undefined) return
  const target = navigation?.target === undefined ? undefined : exposure.sets.get(navigation.target)
  throw spansSources(`${set?.name ?? ''}/${name}`, [endpoint.slug, target?.endpoint ?? endpoint.slug], target?.name)
}

function followCast(walk: RemoteWalk, segment: Extract<ResourceSegment, { kind: 'cast' }>): RemoteWalk {
  const { exposure: { model }, names, exposedType } = walk
  const type = model.structured(segment.type)
  if (type === undefined) throw resourceNotFound(`The type ${segment.type}`, segment.type)
  if (exposedType !== undefined && !model.derivesFrom(type.qualifiedName, exposedType.name)) throw invalid(`${segment.type} does not derive from ${exposedType.name}.`)
  const exposed = { name: type.qualifiedName, collection: exposedType?.collection ?? false }
  // The type as the client names it: its source has the same schemas and knows their short names.
  const text = names.same ? segment.type : names.remoteType(type.qualifiedName)
  return withKey({ ...walk, ...leading(walk, type.qualifiedName), texts: [...walk.texts, encodeSegmentText(text)], exposedType: exposed, remoteType: { ...exposed, name: names.remoteType(exposed.name) } }, segment)
}

function followOperation(walk: RemoteWalk, segment: Extract<ResourceSegment, { kind: 'operation' }>): RemoteWalk {
  const { exposure: { model }, names, exposedType } = walk
  const { bound: _left, set: _from, exposedType: _exposed, remoteType: _remote, keyed: _keyed, told: _told, ...behind } = walk
  if (exposedType === undefined) throw unsupported(`The operation ${segment.name} on a property that the model does not declare`, 'Nothing says which operations such a value has.')
  const given = segment.arguments.map(({ name }) => name)
  const overload = boundOverload(model, operationsNamed(model, segment.name), { name: segment.name, given, binding: exposedType })
  const result = overload.returnType === undefined ? undefined : walkedType(overload.returnType)
  // Called for each of several it gives as many results.
  const type = result === undefined || walk.addressed !== 'each' ? result : { ...result, collection: true }
  const target = resultSet(walk, overload.entitySetPath)
  const remote = names.remoteOperation(overload.qualifiedName)
  if (remote === undefined) throw spansSources(`The operation ${segment.name}`, [walk.endpoint.slug, ...operationOwner(walk.exposure, overload.qualifiedName)])
  const call = printCall(overload, segment.arguments, { exposure: walk.exposure, names, endpoint: walk.endpoint.slug, aliases: walk.aliases, before: namedBefore(walk.aliases) + walk.options.length })
  const next: RemoteWalk = {
    ...behind, texts: [...walk.texts, `${encodeSegmentText(remote)}${call.text}`], options: [...walk.options, ...call.options], addressed: 'result', operation: overload,
    ...(target === undefined ? {} : { set: target, bound: { source: target.name, path: [] } }),
    ...(type === undefined ? {} : { exposedType: type, remoteType: { ...type, name: names.remoteType(type.name) } }),
  }
  return withKey(next, segment)
}

const operationOwner = ({ named = new Map() }: RemoteWalk['exposure'], name: string): readonly string[] => [...named].flatMap(([slug, { operations }]) => (operations.has(name) ? [slug] : []))

/** The entity set an operation's result belongs to. @see OData CSDL XML 4.01, section 12.6 */
function resultSet({ exposure: { model, sets }, bound }: RemoteWalk, path: string | undefined): RemoteWalk['set'] {
  if (path === undefined || bound === undefined) return undefined
  const [, ...rest] = path.split('/')
  const whole = [...bound.path, ...rest]
  // Entities of a derived type are members of the same set.
  const plain = whole.filter((step) => !step.includes('.'))
  const target = plain.length === 0 ? bound.source : (model.bindingTarget(bound.source, whole.join('/')) ?? model.bindingTarget(bound.source, plain.join('/')))
  return target === undefined ? undefined : sets.get(target)
}

const unknownMember = ({ exposure: { model }, exposedType }: RemoteWalk, name: string): Error =>
  resourceNotFound(exposedType === undefined ? `The resource ${name}` : `The property ${name} of ${exposedType.name}`, name, memberNames(model, exposedType?.name))

/** Only open types may have what the model does not say. */
function followUnknown(walk: RemoteWalk, segment: Extract<ResourceSegment, { kind: 'unknown' }>): RemoteWalk {
  const { exposure: { model }, exposedType } = walk
  const type = exposedType === undefined ? undefined : model.structured(exposedType.name)
  const operation = unknownOperation(segment, walk.exposure)
  if (operation !== undefined) throw operation
  if (type?.open !== true || segment.key !== undefined) throw unknownMember(walk, segment.name)
  const { exposedType: _exposed, remoteType: _remote, keyed: _keyed, ...behind } = walk
  return { ...behind, texts: [...walk.texts, encodeSegmentText(segment.name)], addressed: 'property' }
}
