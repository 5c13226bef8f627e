import type { OpenConnection } from '../ports.js'
import type { Owner } from '../records.js'
import type { ContractChanges } from './compare-contracts.js'
import type { ServiceView } from './service-view.js'

/** A registration as it is asked for. @see docs/interfaces.md, section 1 */
export interface RegistrationRequest {
  /** Service root; the contract is fetched from it where none is given. */
  readonly url: string
  readonly contract?: { readonly type?: string; readonly content: string }
  readonly name?: string
  readonly version?: string
  readonly slug?: string
  readonly description?: string
  readonly tags?: readonly string[]
  readonly owner?: Owner
  readonly application?: { readonly name: string }
  readonly environment?: { readonly name?: string; readonly type?: string }
  readonly connection?: ConnectionRequest
}

/** What people say of a service; null takes it away, what is left out stays. */
export interface Curation {
  readonly description?: string | null
  readonly tags?: readonly string[]
  readonly owner?: Owner | null
}

/** A connection in the clear; what is left out is: no credentials, no headers, 30 s. */
export type ConnectionRequest = Partial<OpenConnection>

export interface RegistrationOptions {
  /** Who asks, for the audit. */
  readonly actor: string
  /** Stores nothing and answers what would happen. */
  readonly dryRun?: boolean
  /** Only for the sample landscape: the address is not checked and nothing is asked of it. */
  readonly sample?: boolean
  readonly signal?: AbortSignal
}

export interface Registration {
  readonly outcome: 'created' | 'changed' | 'unchanged'
  readonly dryRun: boolean
  /** As it is now, or would be. `service.warnings` hold everything worth knowing. */
  readonly service: ServiceView
  /** The compatibility verdict, where an older contract was replaced. */
  readonly changes?: ContractChanges
  /** Products that cannot be served any more after this. */
  readonly breaks: readonly { readonly slug: string; readonly name: string; readonly reasons: readonly string[] }[]
}
