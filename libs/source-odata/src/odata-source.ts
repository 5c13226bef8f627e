import { readCsdl } from '@tributary/edm'
import { Source, type Accepted, type Capabilities, type Description, type Estimating, type Fact, type Feature, type Forwarded, type ForwardOptions, type PassThrough, type Probing, type ProbeOptions, type ReadContext, type RelayContext, type Relaying, type RemoteCall, type RemoteReply, type ScanRequest, type SourcePage, type Target } from '@tributary/source'
import type { Value } from '@tributary/plan'
import { acceptScan } from './accept.js'
import { acceptApplied } from './accept-applied.js'
import { acceptResource } from './accept-resource.js'
import { estimateRows } from './estimate.js'
import { fetchContract } from './contract.js'
import { forwardScan, isForwardable } from './forward.js'
import { createLanes } from './lanes.js'
import { probeSet } from './probe.js'
import { readScan } from './read.js'
import { readResource } from './read-resource.js'
import { relayCall } from './relay.js'
import { batchOf, scanOf } from './scan.js'
import { createTransport, type Transport, type TransportOptions } from './transport.js'

/** Reads OData v4 services. One instance a process: it owns the connections and the limit of requests in flight per source. */
export class ODataSource extends Source implements PassThrough, Probing, Relaying, Estimating {
  override readonly kind = 'odata'
  private readonly transport: Transport

  /** @param options which addresses may be connected to; the clocks by which sources that fail are tried again, and slow ones a second time */
  constructor(options: TransportOptions = {}) {
    super()
    this.transport = createTransport(createLanes(), options)
  }

  override async describe(target: Omit<Target, 'model'>, signal: AbortSignal): Promise<Description> {
    const { content, contentType } = await fetchContract(this.transport, target, signal)
    return { model: readCsdl(content), content, contentType }
  }

  override accept(want: ScanRequest, able: Capabilities): Accepted {
    if (want.applied !== undefined) return acceptApplied(want, want.applied, able)
    return want.resource === undefined ? acceptScan(want, able) : acceptResource(want, want.resource, able)
  }

  override batchOf(scan: Accepted, keys: readonly (readonly Value[])[]): number {
    const own = scanOf(scan)
    return own.resource?.gaps === undefined ? batchOf(own, keys) : Math.min(Math.max(keys.length, 1), own.batch?.reads ?? 1)
  }

  override read(scan: Accepted, context: ReadContext): AsyncIterable<SourcePage> {
    const own = scanOf(scan)
    return own.resource === undefined ? readScan(this.transport, own, context) : readResource(this.transport, own, context)
  }

  forwardable(scan: Accepted, able: Capabilities): boolean {
    return isForwardable(scan, able)
  }

  forward(scan: Accepted, options: ForwardOptions): Promise<Forwarded> {
    return forwardScan(this.transport, scan, options)
  }

  probe(target: Target, entitySet: string, options: ProbeOptions): Promise<ReadonlyMap<Feature, Fact>> {
    return probeSet(this.transport, target, entitySet, options)
  }

  async relay(target: Target, call: RemoteCall, context: RelayContext): Promise<RemoteReply> {
    try {
      return await relayCall(this.transport, call, { target, ...context })
    } finally {
      // Whatever came of it, answers from before may be wrong now.
      if (call.method !== 'GET' && call.method !== 'HEAD') this.transport.forget(target.slug)
    }
  }

  estimate(scan: Accepted, context: ReadContext): Promise<number | undefined> {
    return estimateRows(this.transport, scanOf(scan), context)
  }

  /** Closes all connections. */
  close(): Promise<void> {
    return this.transport.close()
  }
}
