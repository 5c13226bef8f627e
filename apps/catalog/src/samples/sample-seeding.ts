import { Injectable, type OnApplicationBootstrap } from '@nestjs/common'
import { CatalogPorts, seedSamples } from '@tributary/catalog'
import { Log, Settings } from '@tributary/nest'
import { sampleLandscape } from '@tributary/samples'

/** Fills an empty store with the sample landscape when the process starts, unless TRIBUTARY_SAMPLES is off. */
@Injectable()
export class SampleSeeding implements OnApplicationBootstrap {
  constructor(private readonly ports: CatalogPorts, private readonly settings: Settings, private readonly log: Log) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.settings.samples) return
    const seeded = await seedSamples(this.ports, sampleLandscape(), { actor: 'process' })
    if (seeded) this.log.info({}, 'the empty store was filled with the sample landscape')
  }
}
