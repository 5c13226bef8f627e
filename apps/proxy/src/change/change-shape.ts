import type { Exposure } from '@tributary/catalog'
import { hasMedia, type RemoteAddress } from '@tributary/planner'
import type { RemoteCall } from '@tributary/source'
import type { ChangeKind } from './restrictions.js'

/** The methods that change something. */
export type ChangeMethod = Exclude<RemoteCall['method'], 'GET' | 'HEAD'>

export const changeMethods: readonly ChangeMethod[] = Object.freeze(['POST', 'PUT', 'PATCH', 'DELETE'])

/** What a body holds: one entity, changed members of a collection, the value of a property, references, or bytes that are not looked into. */
export type BodyShape = 'entity' | 'collection' | 'property' | 'reference' | 'bytes' | 'none'

/** What a method does to a resource. */
export interface ChangeShape {
  readonly kind: ChangeKind
  readonly body: BodyShape
}

/** Undefined: the protocol has no such change. @see OData Protocol 4.01, section 11.4 */
export function changeShape(method: ChangeMethod, address: RemoteAddress, exposure: Exposure): ChangeShape | undefined {
  const { addressed, exposedType } = address
  switch (addressed) {
    case 'entities': return ofCollection(method, exposedType !== undefined && hasMedia(exposure.model, exposedType.name))
    case 'entity': return method === 'POST' ? undefined : method === 'DELETE' ? { kind: 'delete', body: 'none' } : { kind: 'update', body: 'entity' }
    case 'each': return ofEach(method, exposedType === undefined || exposure.model.entityType(exposedType.name) !== undefined, exposedType !== undefined && exposure.model.structured(exposedType.name) === undefined)
    case 'property': return ofProperty(method, exposedType)
    case 'value': return method === 'PUT' ? { kind: 'update', body: 'bytes' } : method === 'DELETE' ? { kind: 'update', body: 'none' } : undefined
    // Without its stream there is no media entity.
    case 'media': return method === 'PUT' ? { kind: 'update', body: 'bytes' } : method === 'DELETE' ? { kind: 'delete', body: 'none' } : undefined
    case 'ref': return ofReference(method, exposedType?.collection === true, address)
    case 'count': case 'result': return undefined
  }
}

/** A media entity comes into being by its stream, whatever that is. */
function ofCollection(method: ChangeMethod, media: boolean): ChangeShape | undefined {
  if (method === 'POST') return { kind: 'insert', body: media ? 'bytes' : 'entity' }
  return method === 'DELETE' ? undefined : { kind: 'update', body: 'collection' }
}

/** Members of a collection by themselves; those of a collection of values belong to their entity. */
function ofEach(method: ChangeMethod, entities: boolean, primitive: boolean): ChangeShape | undefined {
  if (method === 'PATCH') return { kind: 'update', body: primitive ? 'property' : 'entity' }
  return method === 'DELETE' ? { kind: entities ? 'delete' : 'update', body: 'none' } : undefined
}

function ofProperty(method: ChangeMethod, type: RemoteAddress['exposedType']): ChangeShape | undefined {
  if (method === 'DELETE') return { kind: 'update', body: 'none' }
  if (type?.name === 'Edm.Stream') return method === 'PUT' ? { kind: 'update', body: 'bytes' } : undefined
  if (method === 'POST') return type?.collection === true ? { kind: 'update', body: 'property' } : undefined
  return { kind: 'update', body: 'property' }
}

function ofReference(method: ChangeMethod, collection: boolean, { via }: RemoteAddress): ChangeShape | undefined {
  if (via === undefined || method === 'PATCH') return undefined
  if (method === 'DELETE') return { kind: 'update', body: 'none' }
  return method === 'POST' && !collection ? undefined : { kind: 'update', body: 'reference' }
}
