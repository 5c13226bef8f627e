import type { CatalogReader, Observations, Sealing } from '@tributary/catalog'
import type { AsyncAnswerSettings, Log } from '@tributary/nest'
import { createKnowledge } from '@tributary/source'
import type { MemoryService } from '@tributary/source-memory'
import { sourceKinds, type AddressGuard, type SourceKinds } from '@tributary/sources'
import { AsyncJobs } from '../async/async-jobs.js'
import { PlanCache } from '../cache/plan-cache.js'
import type { EmbeddedEngine } from './embedded-engine.js'
import { EndpointPool, type EndpointPoolOptions } from './endpoint-pool.js'
import { Exposures } from './exposures.js'
import { sendObservations } from './observation-batches.js'
import { Prober } from './prober.js'

/** What the data plane is made of. */
export interface DataPlaneOptions {
  readonly catalog: CatalogReader
  readonly observations: Observations
  readonly sealing: Sealing
  readonly log: Log
  /** For what finds no room in memory. */
  readonly embedded?: EmbeddedEngine
  /** Of answers that are fetched later. */
  readonly asyncAnswers: AsyncAnswerSettings
  /** Which addresses may be connected to. */
  readonly guard?: AddressGuard
  readonly samples: EndpointPoolOptions['samples'] & { readonly memory: ReadonlyMap<string, MemoryService> }
}

/** Everything of one process that reaches sources: adapters with their connections, what is known of the remotes, and the probes. */
export class DataPlane {
  readonly exposures: Exposures
  readonly pool: EndpointPool
  readonly prober: Prober
  readonly plans = new PlanCache()
  readonly embedded: EmbeddedEngine | undefined
  readonly jobs: AsyncJobs
  private readonly kinds: SourceKinds
  private readonly sending: ReturnType<typeof sendObservations>

  constructor({ catalog, observations, sealing, log, guard, samples, embedded, asyncAnswers }: DataPlaneOptions) {
    this.embedded = embedded
    this.jobs = new AsyncJobs(asyncAnswers, log)
    const knowledge = createKnowledge(() => new Date())
    this.kinds = sourceKinds(samples.memory, guard)
    this.sending = sendObservations(knowledge, observations, log)
    this.exposures = new Exposures(catalog)
    this.pool = new EndpointPool({ sourceOf: (kind) => this.kinds.get(kind), sealing, knowledge, observations, log, samples })
    this.prober = new Prober(this.exposures, this.pool, log)
  }

  /** Sends what was learnt last; what is learnt later is not kept. */
  settle(): Promise<void> {
    return this.sending.stop()
  }

  /** Closes every connection, and removes what lies on disk. */
  async close(): Promise<void> {
    await this.jobs.close()
    await this.settle()
    await this.kinds.close()
    await this.embedded?.engine.close()
  }
}
