/** exact: we do not look again. inexact: a superset, filter again. unsupported: we do it. */
export type Trust = 'exact' | 'inexact' | 'unsupported'

/**
 * One thing a remote can honour. Colon-separated, from general to special:
 * `filter` (the option is honoured at all) · `filter:eq:Edm.String` · `filter:in:Edm.Int32` · `filter:contains` · `filter:mul:Edm.Decimal` ·
 * `orderby:Edm.String` · `top` · `skip` · `count` · `select` · `ieee754` · `maxpagesize` · `query-segment` · `batch` · `read` (the set itself, without any option) · `etag` (rows come with their versions) · `nulls` (nulls are written, not left out) ·
 * `expand:Customer` (related rows within the rows: nothing of the rows themselves changes) · `expand:Customer:filter` · `expand:Customer:top` · `expand:Customer:count` (nested options) ·
 * `filter:unproven` (filters nothing is known of) · `apply` · `apply:sum:Edm.Decimal` (results of groups by type; with `:null` behind it, of values that may be null).
 * Evidence is per entity set.
 */
export type Feature = string

export interface Fact {
  readonly trust: Trust
  readonly origin: 'declared' | 'probed' | 'learnt' | 'presumed'
  /** Why, in words for people: `501 to $filter=contains(…)`. */
  readonly why: string
  readonly since: Date
  /** Of `expand:…` to many: how many related rows of one row were seen to be all of them. */
  readonly upTo?: number
  /** After this moment the fact is forgotten. */
  readonly expires?: Date
}

/** What is known of one entity set of one endpoint at one moment: an immutable view. */
export interface Capabilities {
  /** Raised by every probe, demotion and reset: plans made under another revision are placed anew. */
  readonly revision: number
  /** `inexact` by presumption where nothing is known. */
  fact(feature: Feature): Fact
  readonly facts: ReadonlyMap<Feature, Fact>
  /** Longest URL the remote takes, and most keys a request may hold; shrunk by 414s. */
  readonly urlLimit: number
  readonly keyLimit: number
}

/** What was sent was refused by the remote: the fragment is placed again without it. */
export class SourceRefused extends Error {
  /** Features the refused request used, the most suspicious first. */
  readonly features: readonly Feature[]
  /** The remote's own words. */
  readonly reason: string
  /** Keys the refused request held as an or-chain: with fewer of them it may be taken, because some remotes count the nodes of a filter. */
  readonly chainedKeys: number
  /** The request was long, and the remote may have refused it for that, though it does not say so. */
  readonly perhapsTooLong: boolean

  constructor(
    readonly slug: string,
    readonly entitySet: string,
    readonly status: number,
    refused: { readonly features: readonly Feature[]; readonly reason: string; readonly chainedKeys?: number; readonly perhapsTooLong?: boolean },
  ) {
    super(`${slug}/${entitySet} refused with ${status}: ${refused.reason}`)
    this.name = 'SourceRefused'
    this.features = refused.features
    this.reason = refused.reason
    this.chainedKeys = refused.chainedKeys ?? 0
    this.perhapsTooLong = refused.perhapsTooLong ?? false
  }
}

/** An answer contradicts what the remote was trusted with, e.g. more rows than `$top`, or rows out of order. */
export class SourceContradicted extends Error {
  constructor(
    readonly slug: string,
    readonly entitySet: string,
    readonly feature: Feature,
    readonly reason: string,
  ) {
    super(`${slug}/${entitySet}: ${reason}`)
    this.name = 'SourceContradicted'
  }
}
