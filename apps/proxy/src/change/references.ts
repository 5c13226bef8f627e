import type { Exposure } from '@tributary/catalog'
import { hubError } from '@tributary/errors'
import { parseODataUrl } from '@tributary/odata-url'
import { remoteAddress, spansSources, type RemoteAddress } from '@tributary/planner'
import type { Target } from '@tributary/source'
import { partAddress } from '../batch/part-address.js'
import { namesFor } from '../odata/service-names.js'

/** Where references of a request are resolved. */
export interface ReferencePlace {
  readonly exposure: Exposure
  /** Absolute URL of our service root, ends in `/`. */
  readonly root: string
  /** The source everything must belong to. */
  readonly target: Pick<Target, 'slug' | 'url'>
  /** Ids of requests done together with this one: `$1` means what the first of them creates. */
  readonly ids?: ReadonlySet<string>
}

/**
 * The URL of an entity as its source has it: what was absolute stays so.
 * @param path where it stands, for errors: `Customer@odata.bind`
 * @throws HUB_REQUEST_SPANS_SOURCES for an entity of another source, HUB_PAYLOAD_INVALID, HUB_RESOURCE_NOT_FOUND, HUB_QUERY_*
 */
export function remoteReference(url: string, path: string, place: ReferencePlace): string {
  const address = referencedEntity(url, path, place)
  if (address === undefined) return url
  return /^(?:[a-z][a-z\d+.-]*:|\/)/i.test(url) ? place.target.url + address.path : address.path
}

/**
 * The entity that a URL in a body is of; undefined: one that a request before this one creates.
 * @throws as {@link remoteReference}
 */
export function referencedEntity(url: string, path: string, { exposure, root, target, ids }: ReferencePlace): RemoteAddress | undefined {
  const id = /^\$([\w.~-]+)(?:\/|$)/.exec(url)?.[1]
  if (id !== undefined && ids?.has(id) === true) return undefined
  if (id !== undefined) throw hubError('HUB_PAYLOAD_INVALID', { path, reason: `no request before this one has the id ${id}`, hint: '' }, { target: path })
  const { path: below, query } = partAddress(url, root)
  const { resource } = parseODataUrl(below, query, namesFor(exposure.model))
  if (resource.kind !== 'path') throw hubError('HUB_PAYLOAD_INVALID', { path, reason: `${url.slice(0, 100)} is no entity`, hint: 'Give the URL of an entity: Customers(1).' }, { target: path })
  const address = remoteAddress(resource.segments, exposure)
  if (address.endpoint !== target.slug) throw spansSources(`The reference ${url.slice(0, 100)} at ${path}`, [target.slug, address.endpoint])
  if (address.addressed !== 'entity') throw hubError('HUB_PAYLOAD_INVALID', { path, reason: `${url.slice(0, 100)} is no entity`, hint: 'Give the URL of an entity: Customers(1).' }, { target: path })
  return address
}
