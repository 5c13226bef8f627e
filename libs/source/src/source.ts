import type { EdmModel } from '@tributary/edm'
import type { AppliedStep, Column, Expression, OrderKey, Page, RemoteResource, Value } from '@tributary/plan'
import type { Capabilities, Feature, Trust } from './capabilities.js'

/** Where a source is and how to enter. The connection arrives opened; it is never logged. */
export interface Target {
  /** Slug of the endpoint: what errors and timings name. */
  readonly slug: string
  /** Service root, ends in `/`. */
  readonly url: string
  readonly model: EdmModel
  readonly connection: Connection
  /** Changes with whatever answers depend on: address, connection, contract. Left out: nothing of it is kept. */
  readonly identity?: string
}

export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'apiKey'; readonly name: string; readonly value: string; readonly in: 'header' | 'query' }

export interface Connection {
  readonly auth: Credentials
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** Origins beside the registered one that next links and redirects may lead to. */
  readonly allowedOrigins?: readonly string[]
  /** Which changes are sent: those the contract declares (unless told), all that it does not rule out, or none. */
  readonly writes?: 'declared' | 'allowed' | 'refused'
  /** How long answers may be kept; left out: not at all. */
  readonly cache?: CachePolicy
}

/** How long answers of a source are good for. */
export interface CachePolicy {
  readonly ttlSeconds: number
  /** For how long after that they may be given where the source fails. */
  readonly staleIfErrorSeconds?: number
  /** Everybody gets the same answers; else only who asked for them gets them again. */
  readonly public?: boolean
}

/** What is wanted of one entity set, in the remote's own names. */
export interface ScanRequest {
  readonly target: Target
  readonly entitySet: string
  /** Qualified name of the entity type; a type derived from the set's casts it. */
  readonly entityType: string
  /** Rows below this path instead of the entity set's. */
  readonly resource?: RemoteResource
  readonly columns: readonly Column[]
  readonly key: readonly string[]
  /** The rows wanted are what these steps make of those of the set; `columns`, `filter` and the rest are about the results. */
  readonly applied?: readonly [AppliedStep, ...AppliedStep[]]
  /** Related rows that are wanted within the rows. */
  readonly expands?: readonly WantedExpand[]
  readonly filter?: Expression
  readonly order: readonly OrderKey[]
  readonly skip: number
  readonly top?: number
  readonly count: boolean
  /** Columns whose values are given at `read`, in batches (bind join). */
  readonly keys: readonly Column[]
  /** Rows a page should have at most, where the remote can be asked. */
  readonly pageRows: number
}

/** Related rows that are wanted within the rows they belong to, in the remote's own names. */
export interface WantedExpand {
  readonly navigation: string
  readonly toMany: boolean
  /** Set and type of the related rows; '': they are in no set. */
  readonly entitySet: string
  readonly entityType: string
  readonly columns: readonly Column[]
  /** What is known of the related set. */
  readonly able: Capabilities
  /** A superset will do. */
  readonly filter?: Expression
  /** With `top`: the first rows of each parent in this order, where the remote does that exactly. */
  readonly order: readonly OrderKey[]
  readonly top?: number
}

/** Related rows that come within the rows. */
export interface TakenExpand {
  readonly navigation: string
  /** Only the first of each parent's come, as `WantedExpand.top` asked. */
  readonly limited: boolean
  /** Each parent tells how many there are. */
  readonly counted: boolean
}

export interface Accepted {
  readonly handle: unknown
  /** What has still to be filtered by us: the whole filter where trust is inexact, the rest of the conjuncts where exact. */
  readonly residual?: Expression
  readonly trust: Exclude<Trust, 'unsupported'>
  /** Rows arrive in the wanted order. */
  readonly ordered: boolean
  /** skip and top are done by the remote. Only ever true where filter and order are exact. */
  readonly limited: boolean
  /** The remote tells the number of rows (on the first page). */
  readonly counted: boolean
  /** How key batches are given, where `keys` were wanted; undefined: it takes none, the whole set is read. */
  readonly keyForm?: 'in' | 'or'
  /** Most keys of one request, where they are more than usual. */
  readonly batchKeys?: number
  /** What was taken, in the order it is sent, for `explain`: `$filter=Freight gt 100`. */
  readonly taken: readonly string[]
  /** Of `ScanRequest.expands` what comes within the rows, in the columns `inlineColumns` tells, behind the wanted ones. */
  readonly expands?: readonly TakenExpand[]
  /** The remote does what `ScanRequest.applied` asks. Left out where it was asked: it does not, and nothing else of this answer counts. */
  readonly applied?: true
  /** The remote leaves out the rows of other types than the derived one that was wanted; left out: they are among the rows, each naming its type. */
  readonly cast?: true
  /** Features the remote must honour for this scan to be right. */
  readonly relies: readonly Feature[]
}

/** One request that went to a remote, for explain, Server-Timing and learning. Never holds a credential. */
export interface RemoteRequest {
  readonly slug: string
  readonly method: string
  /** Without credentials given in the query. */
  readonly url: string
  readonly status: number
  readonly rows: number
  readonly bytes: number
  readonly ms: number
  readonly queuedMs: number
  /** Answered from memory, and how. Left out: the remote was asked. */
  readonly cache?: CacheOutcome
  /** How long ago the remote gave what was answered from memory. */
  readonly ageMs?: number
}

/** hit: kept and fresh. shared: another reader was asking at the moment. revalidated: the remote said that it has not changed. stale: the remote failed. */
export type CacheOutcome = 'hit' | 'shared' | 'revalidated' | 'stale'

export interface ReadContext {
  readonly signal: AbortSignal
  /** Values of `ScanRequest.keys`, one tuple a key; at most `Source.batchOf` of them. */
  readonly keys?: readonly (readonly Value[])[]
  readonly observe: (request: RemoteRequest) => void
  /** Whose request it is: answers that are kept are given to no other, unless the source is public. Left out: nothing is kept. */
  readonly scope?: string
  /** Stands for the consumer's request, so that requests take turns at a source; the signal where it is left out. */
  readonly asker?: object
  readonly languages?: Languages
}

/** The languages of a consumer and of what it gets. */
export interface Languages {
  /** As `Accept-Language` has them; left out: any. */
  readonly accepted?: string
  /** Hears the languages of an answer, as `Content-Language` has them. */
  readonly heard: (languages: string) => void
}

export interface SourcePage {
  readonly page: Page
  /** Rows the remote counted, on the first page of a counted scan. */
  readonly count?: number
}

export interface Description {
  readonly model: EdmModel
  /** The contract as it was read. */
  readonly content: string
  readonly contentType: string
}

/** A kind of remote. Adapters are strangers to each other; everything they cannot do is done by the operators. */
export abstract class Source {
  abstract readonly kind: string

  /**
   * Reads the remote description.
   * @throws HUB_SOURCE_UNREACHABLE, HUB_SOURCE_DENIED, HUB_CONTRACT_SYNTAX, HUB_CONTRACT_INVALID
   */
  abstract describe(target: Omit<Target, 'model'>, signal: AbortSignal): Promise<Description>

  /** Takes as much of `want` as the remote does exactly or as a superset; the rest comes back as residual. Pure and synchronous. */
  abstract accept(want: ScanRequest, able: Capabilities): Accepted

  /** How many of the leading `keys` fit into one request of this scan (≥ 1). */
  abstract batchOf(scan: Accepted, keys: readonly (readonly Value[])[]): number

  /**
   * Streams the rows of an accepted scan, page by page, next links followed to the end.
   * Pages have the wanted columns (a BytesPage may hold more).
   * @throws SourceRefused if the remote refuses what was sent (400, 404, 405, 414, 431, 501), before any page
   * @throws SourceContradicted if an answer shows that the remote does not honour what it was trusted with
   */
  abstract read(scan: Accepted, context: ReadContext): AsyncIterable<SourcePage>
}
