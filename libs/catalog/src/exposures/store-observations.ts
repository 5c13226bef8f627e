import type { CatalogPorts } from '../catalog-ports.js'
import { Observations, type CapabilityObservation } from '../ports.js'

/** What was learnt of sources, straight in the store. */
export class StoreObservations extends Observations {
  constructor(private readonly ports: Pick<CatalogPorts, 'store' | 'now'>) {
    super()
  }

  override record(batch: readonly CapabilityObservation[]): Promise<void> {
    return this.ports.store.recordObservations(batch)
  }

  override async known(endpoint: string, identity: string): Promise<readonly CapabilityObservation[]> {
    const now = this.ports.now().getTime()
    const facts = await this.ports.store.observations(endpoint, identity)
    return facts.filter(({ expires }) => expires === undefined || Date.parse(expires) > now)
  }
}
