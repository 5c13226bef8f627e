import type { Exposure } from '@tributary/catalog'
import { nearest, type EdmModel, type TypeRef } from '@tributary/edm'
import { encodeSegmentText, type ResourceSegment } from '@tributary/odata-url'
import { printCall } from '../bind/operation-call.js'
import { importedOverload } from '../bind/operation-overload.js'
import { invalid, resourceNotFound, unsupported } from '../bind/refusal.js'
import { remoteKey } from './remote-text.js'
import { importOrigin, onlyEndpoint } from './import-origin.js'
import { remoteNaming } from './remote-naming.js'
import { unknownOperation } from '../bind/unknown-operation.js'
import type { RemoteWalk, WalkedType } from './walk-state.js'

/** The type of a use of a type. */
export const walkedType = ({ name, collection }: Pick<TypeRef, 'name' | 'collection'>): WalkedType => Object.freeze({ name, collection })

/** Follows the first segment. @throws HUB_RESOURCE_NOT_FOUND, HUB_QUERY_UNSUPPORTED */
export function beginWalk(segment: ResourceSegment, exposure: Exposure, aliases: RemoteWalk['aliases']): RemoteWalk {
  switch (segment.kind) {
    case 'entitySet': return enterSet(segment, exposure, aliases)
    case 'singleton': return enterSingleton(segment.name, exposure, aliases)
    case 'operation': return enterOperation(segment, exposure, aliases)
    case 'unknown': throw unknownOperation(segment, exposure) ?? notFound(segment.name, exposure)
    case 'crossjoin': case 'all': case 'entity': throw unsupported(`An operation or a change that begins with $${segment.kind}`, 'It would be about several entity sets; address one of them.')
    default: throw invalid('The path begins with nothing a service has.')
  }
}

function notFound(name: string, { model, sets }: Exposure): Error {
  const { singletons, operationImports } = model.container ?? {}
  return resourceNotFound(`The resource ${name}`, name, [...sets.keys(), ...(singletons?.keys() ?? []), ...(operationImports?.keys() ?? [])])
}

function at(exposure: Exposure, slug: string | undefined, aliases: RemoteWalk['aliases']): Pick<RemoteWalk, 'exposure' | 'endpoint' | 'names' | 'aliases'> {
  const endpoint = slug === undefined ? undefined : exposure.endpoints.get(slug)
  if (endpoint === undefined) throw unsupported('A path that no source of this service knows')
  return { exposure, endpoint, names: remoteNaming(exposure, endpoint.slug), aliases }
}

function enterSet(segment: Extract<ResourceSegment, { kind: 'entitySet' }>, exposure: Exposure, aliases: RemoteWalk['aliases']): RemoteWalk {
  const set = exposure.sets.get(segment.name)
  if (set === undefined) throw resourceNotFound(`The entity set ${segment.name}`, segment.name, exposure.sets.keys())
  const walk: RemoteWalk = {
    ...at(exposure, set.endpoint, aliases), texts: [encodeSegmentText(set.remoteSet)], options: [], addressed: 'entities', set, bound: { source: set.name, path: [] },
    exposedType: { name: set.entityType, collection: true }, remoteType: { name: set.remoteType, collection: true },
  }
  return withKey(walk, segment)
}

function enterSingleton(name: string, exposure: Exposure, aliases: RemoteWalk['aliases']): RemoteWalk {
  const singleton = exposure.model.container?.singletons.get(name)
  if (singleton === undefined) throw notFound(name, exposure)
  const type = { name: exposure.model.entityType(singleton.entityType)?.qualifiedName ?? singleton.entityType, collection: false }
  return { ...at(exposure, onlyEndpoint(exposure), aliases), texts: [encodeSegmentText(name)], options: [], addressed: 'entity', bound: { source: name, path: [] }, exposedType: type, remoteType: type }
}

function enterOperation(segment: Extract<ResourceSegment, { kind: 'operation' }>, exposure: Exposure, aliases: RemoteWalk['aliases']): RemoteWalk {
  const { model } = exposure
  const imported = model.container?.operationImports.get(segment.name)
  if (imported === undefined) throw notFound(segment.name, exposure)
  const overload = importedOverload(model, imported.operation, { name: segment.name, given: segment.arguments.map(({ name }) => name) })
  const origin = importOrigin(exposure, segment.name)
  const base = at(exposure, origin?.endpoint, aliases)
  const { names } = base
  const set = imported.entitySet === undefined ? undefined : exposure.sets.get(imported.entitySet)
  const { text, options } = printCall(overload, segment.arguments, { exposure, names, endpoint: base.endpoint.slug, aliases, before: namedBefore(aliases) })
  const type = overload.returnType === undefined ? undefined : walkedType(overload.returnType)
  const walk: RemoteWalk = {
    ...base, texts: [`${encodeSegmentText(origin?.name ?? segment.name)}${text}`], options, addressed: 'result', operation: overload,
    ...(set === undefined ? {} : { set, bound: { source: set.name, path: [] } }),
    ...(type === undefined ? {} : { exposedType: type, remoteType: { ...type, name: names.remoteType(type.name) } }),
  }
  return withKey(walk, segment)
}

/** Arguments get aliases `@p1`, `@p2`, …; the client may have some of these names already. */
export const namedBefore = (aliases: RemoteWalk['aliases']): number => Math.max(0, ...[...aliases.keys()].map((name) => Number(/^p(\d{1,6})$/.exec(name)?.[1] ?? 0)))

/** The walk at one member of the collection, where the segment has a key. @throws HUB_QUERY_INVALID */
export function withKey(walk: RemoteWalk, { key }: Extract<ResourceSegment, { kind: 'entitySet' }> | Extract<ResourceSegment, { kind: 'navigation' | 'cast' | 'operation' | 'filter' }>): RemoteWalk {
  if (key === undefined) return walk
  if (walk.exposedType?.collection === false) throw invalid(`A key is given for a single value.`)
  const { text, values } = remoteKey(key, walk)
  return { ...walk, texts: [...walk.texts.slice(0, -1), `${walk.texts.at(-1) ?? ''}${text}`], addressed: 'entity', keyed: values, ...single(walk) }
}

/** The same types, of one instance. */
export const single = ({ exposedType, remoteType }: RemoteWalk): Pick<RemoteWalk, 'exposedType' | 'remoteType'> => ({
  ...(exposedType === undefined ? {} : { exposedType: { ...exposedType, collection: false } }),
  ...(remoteType === undefined ? {} : { remoteType: { ...remoteType, collection: false } }),
})

/** What the model has on a type, for "did you mean". */
export function memberNames(model: EdmModel, typeName: string | undefined): readonly string[] {
  const type = typeName === undefined ? undefined : model.structured(typeName)
  return type === undefined ? [] : [...model.properties(type), ...model.navigations(type)].map(({ name }) => name)
}

/** The nearest name as a sentence; '' for none. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const near = nearest(name, candidates)
  return near === undefined ? '' : `Did you mean ${near}?`
}
