import type { Capabilities, Fact, Feature } from './capabilities.js'
import type { Accepted, RemoteRequest, Source, Target } from './source.js'

/** Forwards one request of the consumer as it is: bytes stream through. */
export interface PassThrough {
  /** Undefined if the remote is not known to answer this scan exactly as the consumer must get it. */
  forwardable(scan: Accepted, able: Capabilities): boolean
  /** @throws SourceRefused, HUB_SOURCE_* */
  forward(scan: Accepted, options: ForwardOptions): Promise<Forwarded>
}

export interface ForwardOptions {
  readonly signal: AbortSignal
  readonly observe: (request: RemoteRequest) => void
  /** Asked of the remote, as the consumer asked us. */
  readonly ieee754: boolean
  readonly metadata: 'minimal' | 'none'
  /** The remote's own next link to go on from, instead of the scan's first page. */
  readonly nextLink?: string
}

export interface Forwarded {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: AsyncIterable<Buffer>
}

/** Finds out by experiment what a remote really honours: a differential probe against our own evaluator. */
export interface Probing {
  /** At most `maxRequests` requests and `timeoutMs`; facts are given as they are found. */
  probe(target: Target, entitySet: string, options: ProbeOptions): Promise<ReadonlyMap<Feature, Fact>>
}

export interface ProbeOptions {
  readonly signal: AbortSignal
  readonly maxRequests: number
  /** Only these features, where given: probes on first use. */
  readonly features?: readonly Feature[]
  readonly observe: (request: RemoteRequest) => void
}

export const passesThrough = (source: Source): source is Source & PassThrough => 'forward' in source
export const probes = (source: Source): source is Source & Probing => 'probe' in source
