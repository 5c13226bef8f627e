import type { Capabilities, Fact, Feature } from './capabilities.js'
import type { Accepted, Languages, ReadContext, RemoteRequest, Source, Target } from './source.js'

/** Forwards one request of the consumer as it is: bytes stream through. */
export interface PassThrough {
  /** Undefined if the remote is not known to answer this scan exactly as the consumer must get it. */
  forwardable(scan: Accepted, able: Capabilities): boolean
  /** @throws SourceRefused, HUB_SOURCE_* */
  forward(scan: Accepted, options: ForwardOptions): Promise<Forwarded>
}

export interface ForwardOptions {
  readonly signal: AbortSignal
  /** @see ReadContext.scope */
  readonly scope?: string
  /** Stands for the consumer's request in the queue to the remote; the signal where it is left out. */
  readonly asker?: object
  readonly languages?: Languages
  readonly observe: (request: RemoteRequest) => void
  /** Asked of the remote, as the consumer asked us. */
  readonly ieee754: boolean
  readonly metadata: 'minimal' | 'none'
  /** The remote's own next link to go on from, instead of the scan's first page. */
  readonly nextLink?: string
}

export interface Forwarded {
  /** The remote's bytes as they arrive, or all of them where they are there already. */
  readonly body: AsyncIterable<Buffer> | Buffer
}

/** Finds out by experiment what a remote really honours: a differential probe against our own evaluator. */
export interface Probing {
  /** At most `maxRequests` requests and `timeoutMs`; facts are given as they are found. */
  probe(target: Target, entitySet: string, options: ProbeOptions): Promise<ReadonlyMap<Feature, Fact>>
}

/** Navigation properties of a set that are looked at, in the order of the contract. */
export const expandsProbed = 3

export interface ProbeOptions {
  readonly signal: AbortSignal
  readonly maxRequests: number
  /** Only these features, where given: probes on first use. */
  readonly features?: readonly Feature[]
  readonly observe: (request: RemoteRequest) => void
}

/** Carries a request that only the remote can answer: a change, an operation, a media stream, a batch of such. */
export interface Relaying {
  /**
   * Sends the call once; only GET and HEAD are repeated after a fault. Whatever status the remote gives is its answer, 401 and 403 excepted.
   * @throws HUB_SOURCE_UNREACHABLE, HUB_SOURCE_TIMEOUT, HUB_SOURCE_DENIED, HUB_SOURCE_LINK_REFUSED
   */
  relay(target: Target, call: RemoteCall, context: RelayContext): Promise<RemoteReply>
}

/** Tells about how many rows a scan would give. */
export interface Estimating {
  /** The rows of the scan without keys, as the remote counts them, by one small request; undefined: it does not tell. Nothing may depend on it but cost. */
  estimate(scan: Accepted, context: ReadContext): Promise<number | undefined>
}

/** One request in the remote's own names. */
export interface RemoteCall {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Resource path below the service root, percent-encoded, perhaps with `?` and a query. */
  readonly path: string
  /** Names in lower case: accept, content-type, if-match, prefer … Never the consumer's credentials. */
  readonly headers: Readonly<Record<string, string>>
  /** A stream is sent as fast as the remote takes it; such a call is sent once, whatever comes of it. */
  readonly body?: Buffer | AsyncIterable<Buffer>
}

export interface RelayContext {
  readonly signal: AbortSignal
  readonly observe: (request: RemoteRequest) => void
}

/** The remote's answer; its body has still to be read. */
export interface RemoteReply {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Decoded from any content encoding. */
  readonly body: AsyncIterable<Buffer>
}

export const estimates = (source: Source): source is Source & Estimating => 'estimate' in source
export const relays = (source: Source): source is Source & Relaying => 'relay' in source
export const passesThrough = (source: Source): source is Source & PassThrough => 'forward' in source
export const probes = (source: Source): source is Source & Probing => 'probe' in source
