import type { Endpoint, ExposedSet, Exposure } from '@tributary/catalog'
import type { Operation } from '@tributary/edm'
import type { ODataUrl } from '@tributary/odata-url'
import type { RemoteNaming } from './remote-naming.js'

/** A type a path leads through. */
export interface WalkedType {
  readonly name: string
  readonly collection: boolean
}

/** What the last segment of a path leads to. `media`: the stream of a media entity; `value`: the raw value of a property. */
export type Addressed = 'entity' | 'entities' | 'property' | 'result' | 'value' | 'media' | 'ref' | 'count' | 'each'

/** A path below an entity set or singleton, in exposed names; '': the set or singleton itself. */
export interface WayIn {
  readonly source: string
  readonly path: string
}

/** How far a path has been followed. */
export interface RemoteWalk {
  readonly exposure: Exposure
  readonly endpoint: Endpoint
  readonly names: RemoteNaming
  readonly aliases: ODataUrl['options']['aliases']
  /** The remote's segments so far, percent-encoded. */
  readonly texts: readonly string[]
  /** Query options the path needs, percent-encoded. */
  readonly options: readonly string[]
  readonly addressed: Addressed
  readonly set?: ExposedSet
  /** Set or singleton the navigation bindings are looked up at, and the path from there on. */
  readonly bound?: { readonly source: string; readonly path: readonly string[] }
  /** The navigation followed last: from which set or singleton, and by which path below it. */
  readonly via?: WayIn
  /** Key values of the entity addressed, by exposed property, percent-encoded; undefined: not known. */
  readonly keyed?: ReadonlyMap<string, string>
  /** Properties of the rows addressed that the row before tells by a referential constraint, and their values as far as they are known. */
  readonly told?: ReadonlyMap<string, string | undefined>
  /** Keys stay shortened: the row before stands in for one whose key is not known yet. */
  readonly keysAsWritten?: true
  /** The operation that was called last. */
  readonly operation?: Operation
  readonly exposedType?: WalkedType
  readonly remoteType?: WalkedType
}
