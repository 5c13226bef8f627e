import { Controller, Get } from '@nestjs/common'
import { CatalogPorts } from '@tributary/catalog'
import { Caller, Settings, version, type Principal } from '@tributary/nest'
import type { About } from './about.operations.js'

const one = { limit: 1, offset: 0 }

/** `/api/v1/about` */
@Controller('api/v1/about')
export class AboutController {
  constructor(private readonly ports: CatalogPorts, private readonly settings: Settings) {}

  @Get()
  get(@Caller() caller: Principal): Promise<About> {
    return this.ports.store.read(async (catalog) => {
      const [services, samples, products] = [await catalog.services({}, one), await catalog.services({ sample: true }, one), await catalog.products(one)]
      return {
        name: 'Tributary',
        version,
        mode: this.settings.mode,
        caller: { id: caller.id, role: caller.role },
        samples: samples.total > 0,
        counts: { services: services.total, products: products.total },
        revision: await catalog.revision(),
      }
    })
  }
}
