import type { CapabilityObservation } from '../ports.js'
import { CatalogStore, type CatalogReads, type CatalogWrites } from '../store.js'
import { copyState, emptyState, MemoryCatalog, type MemoryState } from './memory-catalog.js'

/** A catalog store that lives in memory and forgets everything with the process: for tests, and the reference the other stores are compared with. */
export class MemoryCatalogStore extends CatalogStore {
  #state: MemoryState = emptyState()
  #last: Promise<unknown> = Promise.resolve()

  override read<T>(work: (catalog: CatalogReads) => Promise<T>): Promise<T> {
    return work(new MemoryCatalog(this.#state))
  }

  override change<T>(work: (catalog: CatalogWrites) => Promise<T>): Promise<T> {
    const turn = this.#last.then(async () => {
      const draft = copyState(this.#state)
      const answer = await work(new MemoryCatalog(draft))
      this.#state = draft
      return answer
    })
    this.#last = turn.catch((failed: unknown) => failed)
    return turn
  }

  override revision = async (): Promise<number> => this.#state.revision

  override async recordObservations(batch: readonly CapabilityObservation[]): Promise<void> {
    await this.#last
    const slugs = new Set([...this.#state.services.values()].map(({ slug }) => slug))
    for (const fact of batch.filter(({ endpoint }) => slugs.has(endpoint))) this.#state.observations.set(keyOf(fact), fact)
  }

  override async observations(endpoint: string, identity: string): Promise<readonly CapabilityObservation[]> {
    return [...this.#state.observations.values()].filter((fact) => fact.endpoint === endpoint && fact.identity === identity)
  }

  override close = async (): Promise<void> => {}
}

const keyOf = ({ endpoint, identity, entitySet, feature }: CapabilityObservation): string => JSON.stringify([endpoint, identity, entitySet, feature])
