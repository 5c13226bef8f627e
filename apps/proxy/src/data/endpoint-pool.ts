import type { Endpoint, Exposure, Observations, Sealing } from '@tributary/catalog'
import { hubError } from '@tributary/errors'
import type { Log } from '@tributary/nest'
import { createCosts, type Endpoints, type Knowledge, type OpenEndpoint, type Source } from '@tributary/source'
import { LRUCache } from 'lru-cache'
import { lessonsOfObservations } from './observation-batches.js'

/** What the pool needs of its surroundings. */
export interface EndpointPoolOptions {
  /** The adapter for a kind of source; undefined: there is none. */
  readonly sourceOf: (kind: string) => Source | undefined
  readonly sealing: Sealing
  readonly knowledge: Knowledge
  readonly observations: Observations
  readonly log: Log
  /** Where a service with the address `sample:…` is served, and how to enter. */
  readonly samples: { target(name: string): { readonly url: string; readonly token: string } }
}

const noConnection = Object.freeze({ auth: Object.freeze({ kind: 'none' as const }), headers: Object.freeze({}), timeoutMs: 30_000 })

const openEndpoints = 2_000
const sampleScheme = 'sample:'

/** The endpoints this process has opened, and what it knows of them. Connections are unsealed here and nowhere else. */
export class EndpointPool {
  private readonly open = new LRUCache<string, OpenEndpoint>({ max: openEndpoints })
  private readonly costs = createCosts()
  private readonly ready = new WeakMap<Exposure['endpoints'], Endpoints>()
  private readonly loaded = new LRUCache<string, Promise<boolean>>({ max: openEndpoints })

  constructor(private readonly options: EndpointPoolOptions) {}

  /** The endpoints of one exposure, as planner and operators meet them; what was learnt of them before is there. */
  async of(exposure: Pick<Exposure, 'endpoints'>): Promise<Endpoints> {
    const ready = this.ready.get(exposure.endpoints)
    if (ready !== undefined) return ready
    const loads = await Promise.all([...exposure.endpoints.values()].map((endpoint) => this.load(endpoint)))
    const endpoints = this.endpointsOf(exposure)
    // What could not be read is tried again with the next request.
    if (loads.every(Boolean)) this.ready.set(exposure.endpoints, endpoints)
    return endpoints
  }

  private endpointsOf(exposure: Pick<Exposure, 'endpoints'>): Endpoints {
    const { knowledge } = this.options
    const known = (slug: string): Endpoint => {
      const endpoint = exposure.endpoints.get(slug)
      if (endpoint === undefined) throw hubError('HUB_SOURCE_UNREACHABLE', { slug, reason: 'it is not part of this service' })
      return endpoint
    }
    return Object.freeze({
      costs: this.costs,
      endpoint: (slug: string) => this.opened(known(slug)),
      capabilities: (slug: string, entitySet: string) => knowledge.capabilities(known(slug), entitySet),
      learn: (slug: string, entitySet: string, lessons: Parameters<Endpoints['learn']>[2]) => knowledge.learn(known(slug), entitySet, lessons),
    })
  }

  /** One endpoint of an exposure, without what is known of it; undefined: its connection cannot be opened, or nothing here reads its kind. */
  openNow(exposure: Pick<Exposure, 'endpoints'>, slug: string): OpenEndpoint | undefined {
    const endpoint = exposure.endpoints.get(slug)
    try {
      return endpoint === undefined ? undefined : this.opened(endpoint)
    } catch (error) {
      this.options.log.warn({ err: error, slug }, 'the endpoint could not be opened')
      return undefined
    }
  }

  private opened(endpoint: Endpoint): OpenEndpoint {
    const id = `${endpoint.slug}\0${endpoint.identity}`
    const known = this.open.get(id)
    if (known?.target.model === endpoint.model) return known
    const source = this.options.sourceOf(endpoint.kind)
    if (source === undefined) throw hubError('HUB_SOURCE_UNREACHABLE', { slug: endpoint.slug, reason: `this process cannot read sources of kind ${endpoint.kind}` })
    const opened = Object.freeze({ source, target: Object.freeze({ slug: endpoint.slug, model: endpoint.model, identity: endpoint.identity, ...this.entry(endpoint) }) })
    this.open.set(id, opened)
    return opened
  }

  private entry(endpoint: Endpoint): Pick<OpenEndpoint['target'], 'url' | 'connection'> {
    // Rows in this process's memory are entered without a connection.
    if (endpoint.kind === 'memory') return { url: endpoint.url, connection: noConnection }
    const connection = this.options.sealing.open(endpoint.slug, endpoint.connection)
    if (!endpoint.url.startsWith(sampleScheme)) return { url: endpoint.url.endsWith('/') ? endpoint.url : `${endpoint.url}/`, connection }
    const { url, token } = this.options.samples.target(endpoint.url.slice(sampleScheme.length).replaceAll('/', ''))
    return { url, connection: { ...connection, auth: { kind: 'bearer', token } } }
  }

  /** Once for each endpoint; false: it failed. Knowledge makes queries fast, not right: without it they are asked the careful way. */
  private load(endpoint: Endpoint): Promise<boolean> {
    const id = `${endpoint.slug}\0${endpoint.identity}`
    const pending = this.loaded.get(id) ?? this.loadOnce(endpoint).then(() => true, (error: unknown) => {
      this.loaded.delete(id)
      this.options.log.warn({ err: error, slug: endpoint.slug }, 'what was learnt before could not be read')
      return false
    })
    this.loaded.set(id, pending)
    return pending
  }

  private async loadOnce(endpoint: Endpoint): Promise<void> {
    const kept = await this.options.observations.known(endpoint.slug, endpoint.identity)
    for (const [entitySet, lessons] of lessonsOfObservations(kept)) this.options.knowledge.learn(endpoint, entitySet, lessons)
  }
}
