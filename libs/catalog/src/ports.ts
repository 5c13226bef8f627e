import type { Exposure } from './exposure.js'

/**
 * Ports are abstract classes: at once the TypeScript type and the injection token. Each has an implementation in the same process
 * and one over `/internal/v1`, and both pass the same contract test (`@tributary/catalog/testing`).
 */

/** Proxy ← catalog: compiled snapshots. */
export abstract class CatalogReader {
  /** Undefined: no such slug. @throws HUB_UNAVAILABLE if the catalog cannot be reached and nothing fresh is known */
  abstract exposure(slug: string): Promise<Exposure | undefined>
  /** Slugs with their titles, for the root listing. */
  abstract exposures(): Promise<readonly { readonly slug: string; readonly title: string; readonly kind: 'service' | 'product' }[]>
  /** The catalog's revision, raised by any change. */
  abstract revision(): Promise<number>
}

/** One fact learnt about a remote, as it is kept and shown. */
export interface CapabilityObservation {
  readonly endpoint: string
  readonly identity: string
  readonly entitySet: string
  readonly feature: string
  readonly trust: 'exact' | 'inexact' | 'unsupported'
  readonly origin: 'declared' | 'probed' | 'learnt' | 'presumed'
  readonly why: string
  readonly since: string
  readonly expires?: string
}

/** Proxy → catalog: what was learnt while serving, in batches. */
export abstract class Observations {
  abstract record(batch: readonly CapabilityObservation[]): Promise<void>
  /** Everything still valid, given at start. */
  abstract known(endpoint: string, identity: string): Promise<readonly CapabilityObservation[]>
}

/** Catalog → proxy: a few rows of an entity set, as JSON objects the preview shows. */
export abstract class DataPreview {
  /** @throws HUB_SERVICE_NOT_FOUND, HUB_SOURCE_* */
  abstract rows(slug: string, entitySet: string, top: number): Promise<DataRows>
}

/** Catalog → proxy: finds out what a remote honours, right after registration, so that the first query is planned well. */
export abstract class RegistrationProbe {
  /** Probes these sets (the first three where none are named); at most 20 requests and 5 s. Never fails: what could not be learnt stays unknown. */
  abstract probe(slug: string, entitySets?: readonly string[]): Promise<void>
}

export interface DataRows {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  /** Int64 and Decimal as strings. */
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

/** How the catalog reaches foreign descriptions without knowing any source. Implemented by libs/sources. */
export abstract class ContractReader {
  /**
   * Which contract type this is, and its model.
   * @throws HUB_CONTRACT_UNSUPPORTED, HUB_CONTRACT_SYNTAX, HUB_CONTRACT_INVALID
   */
  abstract read(content: string, type?: string): Promise<ReadContract>
  /** Fetches the contract from the service root. @throws HUB_SOURCE_UNREACHABLE, HUB_SOURCE_DENIED, HUB_SOURCE_FAILED */
  abstract fetch(service: { readonly slug: string; readonly url: string; readonly connection: OpenConnection }, signal: AbortSignal): Promise<ReadContract>
}

export interface ReadContract {
  /** Source kind that serves it: `odata`. */
  readonly kind: string
  /** `CSDL`, `Open API`, … */
  readonly type: string
  readonly specificationVersion: string
  readonly content: string
  readonly contentType: string
  readonly model: import('@tributary/edm').EdmModel
}

/** A connection in the clear: only on its way from a request to the sealing, and in the proxy. */
export interface OpenConnection {
  readonly auth:
    | { readonly kind: 'none' }
    | { readonly kind: 'basic'; readonly username: string; readonly password: string }
    | { readonly kind: 'bearer'; readonly token: string }
    | { readonly kind: 'apiKey'; readonly name: string; readonly value: string; readonly in: 'header' | 'query' }
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly allowedOrigins?: readonly string[]
  readonly writes?: 'declared' | 'allowed' | 'refused'
  /** How long answers may be kept, for how long after that they may be given where the source fails, and whether everybody gets the same. */
  readonly cache?: { readonly ttlSeconds: number; readonly staleIfErrorSeconds?: number; readonly public?: boolean }
}
