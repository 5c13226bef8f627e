import type { ExposedSet, Exposure } from '@tributary/catalog'
import type { Operation } from '@tributary/edm'
import type { ODataUrl, ResourceSegment } from '@tributary/odata-url'
import { resourceNotFound } from './bind/refusal.js'
import { beginWalk } from './remote/remote-walk.js'
import { followSegment } from './remote/follow-segment.js'
import type { Addressed, RemoteWalk, WalkedType, WayIn } from './remote/walk-state.js'

/** A resource path in the names of the one source that knows it. */
export interface RemoteAddress {
  /** Slug of the endpoint. */
  readonly endpoint: string
  /** The exposed set of the entities addressed, or of the entity whose value is; undefined: contained, a singleton, or a result. */
  readonly set?: ExposedSet
  /** Below the remote's service root, percent-encoded. */
  readonly path: string
  /** Query options the path needs, percent-encoded: `@p=1`. */
  readonly options: readonly string[]
  readonly addressed: Addressed
  /** The operation that the path calls last. */
  readonly operation?: Operation
  /** The entity set or singleton that says what may be done here, and the way from it where the entities have none of their own. */
  readonly owner?: WayIn
  /** The navigation followed last: from which set or singleton, and by which path below it. */
  readonly via?: WayIn
  /** What is addressed, or, of a `ref`, `value` or `media`, what that belongs to. Undefined: not known, or nothing. */
  readonly exposedType?: WalkedType
  readonly remoteType?: WalkedType
}

/**
 * A resource path of an exposure as the source behind it names it: sets, keys, properties, types, operations with their arguments.
 * What `$select` and the like hold is not part of it.
 * @param keys `whole`: parts of keys that the row before tells are put in; `asWritten`: they stay out, where that row is not there yet
 * @throws HUB_RESOURCE_NOT_FOUND with the nearest name, HUB_REQUEST_SPANS_SOURCES, HUB_QUERY_INVALID, HUB_QUERY_UNSUPPORTED
 * @see OData URL Conventions 4.01, section 4
 */
export function remoteAddress(segments: readonly ResourceSegment[], exposure: Exposure, aliases: ODataUrl['options']['aliases'] = new Map(), keys: 'whole' | 'asWritten' = 'whole'): RemoteAddress {
  const [first, ...rest] = segments
  if (first === undefined) throw resourceNotFound('The empty path', '')
  let walk: RemoteWalk = { ...beginWalk(first, exposure, aliases), ...(keys === 'asWritten' ? { keysAsWritten: true } : {}) }
  for (const segment of rest) walk = followSegment(walk, segment)
  return Object.freeze({
    endpoint: walk.endpoint.slug,
    ...(walk.set === undefined ? {} : { set: walk.set }),
    path: walk.texts.join('/'),
    options: walk.options,
    addressed: walk.addressed,
    ...(walk.operation === undefined ? {} : { operation: walk.operation }),
    ...(walk.bound === undefined ? {} : { owner: { source: walk.bound.source, path: walk.bound.path.join('/') } }),
    ...(walk.via === undefined ? {} : { via: walk.via }),
    ...(walk.exposedType === undefined ? {} : { exposedType: walk.exposedType }),
    ...(walk.remoteType === undefined ? {} : { remoteType: walk.remoteType }),
  })
}
