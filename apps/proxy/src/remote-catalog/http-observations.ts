import { Observations, type CapabilityObservation } from '@tributary/catalog'
import { internalPaths, noAnswer, observationsWire, type InternalClient } from '@tributary/nest'

/** What was learnt, told to and asked of the catalog of a split deployment. */
export class HttpObservations extends Observations {
  constructor(private readonly client: InternalClient) {
    super()
  }

  async record(batch: readonly CapabilityObservation[]): Promise<void> {
    await this.client.ask({ path: internalPaths.observations, body: { observations: batch }, answer: noAnswer })
  }

  async known(endpoint: string, identity: string): Promise<readonly CapabilityObservation[]> {
    return (await this.client.ask({ path: internalPaths.knownObservations(endpoint, identity), answer: observationsWire })).observations
  }
}
