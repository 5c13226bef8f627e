import type { Exposure } from '@tributary/catalog'
import type { EdmModel, EntityType } from '@tributary/edm'
import { encodeSegmentText, parseODataUrl } from '@tributary/odata-url'
import { remoteAddress, type RemoteAddress } from '@tributary/planner'
import { namesFor } from '../odata/service-names.js'
import type { ServiceRequest } from '../odata/service-request.js'

/** What is put where a change refers to an entity that another change of its set will create: an entity of the same set with some key. */
export interface StandIn {
  /** Raw, below our root. */
  readonly path: string
  /** It is not there yet: what its key will be is not known. */
  readonly unborn: boolean
  /** The remote's path of the change that refers to it, with the reference in its place again. */
  readonly restore: (remotePath: string, reference: string) => string
}

/**
 * The stand-in for what a change creates. A change that creates nothing addresses an entity that is there, and needs none.
 * @throws HUB_QUERY_*, HUB_RESOURCE_NOT_FOUND
 */
export function standInFor({ path }: Pick<ServiceRequest, 'path'>, method: string, exposure: Exposure): StandIn {
  const whole = path.replace(/\/$/, '')
  const { addressed, exposedType } = addressOf(whole, exposure)
  const type = exposedType === undefined ? undefined : exposure.model.entityType(exposedType.name)
  if (method !== 'POST' || addressed !== 'entities' || type === undefined) return { path: whole, unborn: false, restore: (remotePath) => remotePath }
  const own = `${whole}(${someKey(exposure.model, type)})`
  const remote = addressOf(own, exposure).path
  return { path: own, unborn: true, restore: (remotePath, reference) => (remotePath.startsWith(remote) ? reference + remotePath.slice(remote.length) : remotePath) }
}

function addressOf(path: string, exposure: Exposure): RemoteAddress {
  const { resource } = parseODataUrl(path, '', namesFor(exposure.model))
  return remoteAddress(resource.kind === 'path' ? resource.segments : [], exposure)
}

/** Any key of the type, its values those that no entity is likely to have. */
function someKey(model: EdmModel, type: EntityType): string {
  const parts = model.key(type).map(({ path, alias }) => ({ name: alias ?? path, value: someValue(model, model.property(type, path)?.type.name ?? 'Edm.String') }))
  return parts.map(({ name, value }) => `${parts.length === 1 ? '' : `${encodeSegmentText(name)}=`}${value}`).join(',')
}

function someValue(model: EdmModel, name: string): string {
  const type = model.type(name)
  if (type?.kind === 'enum') return encodeSegmentText(`${type.qualifiedName}'${type.members[0]?.name ?? ''}'`)
  switch (model.underlying(name)) {
    case 'Edm.String': return "'~'"
    case 'Edm.Boolean': return 'false'
    case 'Edm.Guid': return '00000000-0000-0000-0000-000000000000'
    case 'Edm.Date': return '0001-01-01'
    case 'Edm.DateTimeOffset': return '0001-01-01T00:00:00Z'
    case 'Edm.TimeOfDay': return '00:00:00'
    case 'Edm.Duration': return "duration'PT0S'"
    case 'Edm.Binary': return "binary''"
    default: return '0'
  }
}
