import type { Exposure, RegistrationProbe } from '@tributary/catalog'
import type { Log } from '@tributary/nest'
import { expandsProbed, probes, type Endpoints, type RemoteRequest } from '@tributary/source'
import { LRUCache } from 'lru-cache'
import type { EndpointPool } from './endpoint-pool.js'
import type { Exposures } from './exposures.js'

/** One entity set of a remote. */
export interface RemoteSet {
  readonly endpoint: string
  readonly entitySet: string
}

/** At registration: sets, requests and time in all. */
const registration = Object.freeze({ sets: 3, requests: 20, timeoutMs: 5_000 })
/** On first use: for one set, after the answer that met it has ended. Nobody waits for it, so that slow remotes are found out, too. */
const firstUse = Object.freeze({ requests: 28, timeoutMs: 60_000 })
const lookAgainMs = 1_000

/**
 * Finds out what remotes honour: right after registration, and for other sets on their first use, in the background and only while no
 * data request is being answered. The same set is probed by one at a time.
 */
export class Prober implements RegistrationProbe {
  private readonly running = new Map<string, Promise<void>>()
  private readonly waiting = new Map<string, () => Promise<void>>()
  /** Sets that were asked lately, whatever came of it: an empty set would be asked again and again. */
  private readonly tried = new LRUCache<string, true>({ max: 10_000, ttl: 60 * 60_000 })
  /** Sets whose probing ran out of a registration's time: the next use goes on with it. */
  private readonly cut = new LRUCache<string, true>({ max: 10_000 })
  /** When the sets of a plan were looked at last. */
  private readonly looked = new WeakMap<readonly RemoteSet[], number>()
  private answering = 0
  private idle = true

  constructor(private readonly exposures: Exposures, private readonly pool: EndpointPool, private readonly log: Log) {}

  async probe(slug: string, entitySets?: readonly string[]): Promise<void> {
    try {
      const exposure = await this.exposures.of(slug)
      const named = [...exposure.sets.values()].filter((set) => entitySets === undefined || entitySets.includes(set.name) || entitySets.includes(set.remoteSet))
      const chosen = named.slice(0, registration.sets).map(({ endpoint, remoteSet }) => ({ endpoint, entitySet: remoteSet }))
      await this.probeSets(exposure, chosen)
    } catch (error) {
      this.log.info({ err: error, slug }, 'the service could not be probed')
    }
  }

  /** Counts an answer that is being given; call the result when it has ended. Sets it `met` are probed then, where nothing is known of them. */
  answer(): (exposure?: Exposure, met?: readonly RemoteSet[]) => void {
    this.answering += 1
    return (exposure, met = []) => {
      this.answering -= 1
      if (exposure !== undefined && this.isToLook(met)) for (const set of met) this.wait(exposure, set)
      this.work()
    }
  }

  /** The sets of one plan are met by one request after the other. */
  private isToLook(met: readonly RemoteSet[]): boolean {
    const now = performance.now()
    if (now - (this.looked.get(met) ?? -Infinity) < lookAgainMs) return false
    this.looked.set(met, now)
    return true
  }

  private wait(exposure: Exposure, set: RemoteSet): void {
    const id = idOf(exposure, set)
    if (this.tried.has(id) || this.running.has(id) || this.waiting.has(id)) return
    this.waiting.set(id, async () => {
      const endpoints = await this.pool.of(exposure)
      this.tried.set(id, true)
      if (isProbed(endpoints, set) && !this.cut.delete(id)) return
      await this.probeSet(exposure, set, { requests: firstUse.requests, signal: AbortSignal.timeout(firstUse.timeoutMs) })
    })
  }

  /** One set at a time, begun only while nobody waits for data. */
  private work(): void {
    if (!this.idle || this.answering > 0) return
    const [next] = this.waiting
    if (next === undefined) return
    const [id, probe] = next
    this.idle = false
    setImmediate(() => {
      const turn = this.answering > 0 ? Promise.resolve() : (this.waiting.delete(id), probe())
      void turn.catch((error: unknown) => this.log.info({ err: error }, 'a probe failed')).finally(() => {
        this.idle = true
        this.work()
      })
    })
  }

  private async probeSets(exposure: Exposure, sets: readonly RemoteSet[]): Promise<void> {
    const signal = AbortSignal.timeout(registration.timeoutMs)
    let left: number = registration.requests
    for (const [index, set] of sets.entries()) {
      const share = Math.floor(left / (sets.length - index))
      if (share === 0 || signal.aborted) return
      left -= await this.probeSet(exposure, set, { requests: share, signal })
      if (signal.aborted) this.leave(idOf(exposure, set))
    }
  }

  /** What a registration had no time for is left to the next use of the set. */
  private leave(id: string): void {
    this.cut.set(id, true)
    this.tried.delete(id)
  }

  /** Answers how many requests were sent. */
  private async probeSet(exposure: Exposure, set: RemoteSet, limits: { readonly requests: number; readonly signal: AbortSignal }): Promise<number> {
    const id = idOf(exposure, set)
    const sent: RemoteRequest[] = []
    const turn = this.running.get(id) ?? this.ask(await this.pool.of(exposure), set, { ...limits, observe: (request) => sent.push(request) })
    this.running.set(id, turn)
    try {
      await turn
    } finally {
      this.running.delete(id)
    }
    return sent.length
  }

  private async ask(endpoints: Endpoints, set: RemoteSet, limits: { readonly requests: number; readonly signal: AbortSignal; readonly observe: (request: RemoteRequest) => void }): Promise<void> {
    const { source, target } = endpoints.endpoint(set.endpoint)
    if (!probes(source)) return
    try {
      const facts = await source.probe(target, set.entitySet, { maxRequests: limits.requests, signal: limits.signal, observe: limits.observe })
      endpoints.learn(set.endpoint, set.entitySet, [...facts].map(([feature, fact]) => ({ kind: 'fact', feature, fact })))
      // Whoever takes batches of a set takes batches of paths that no set has, too.
      const batch = facts.get('batch')
      if (batch !== undefined) endpoints.learn(set.endpoint, '', [{ kind: 'fact', feature: 'batch', fact: batch }])
    } catch (error) {
      this.log.info({ err: error, slug: set.endpoint, entitySet: set.entitySet }, 'an entity set could not be probed')
    }
  }
}

/** Whether a set was probed to the end: at registration there is often no time for what it is expanded by. */
function isProbed(endpoints: Endpoints, { endpoint, entitySet }: RemoteSet): boolean {
  const facts = [...endpoints.capabilities(endpoint, entitySet).facts]
  const { model } = endpoints.endpoint(endpoint).target
  const type = model.entityType(model.container?.entitySets.get(entitySet)?.entityType ?? '')
  const last = type === undefined ? undefined : model.navigations(type).slice(0, expandsProbed).at(-1)
  return facts.some(([, { origin }]) => origin === 'probed') && (last === undefined || facts.some(([feature]) => feature === `expand:${last.name}`))
}

const idOf = (exposure: Exposure, { endpoint, entitySet }: RemoteSet): string => `${endpoint}\0${exposure.endpoints.get(endpoint)?.identity ?? ''}\0${entitySet}`
