import { Controller, Delete } from '@nestjs/common'
import { CatalogPorts, removeSamples } from '@tributary/catalog'
import { Caller, type Principal } from '@tributary/nest'

/** `/api/v1/samples` */
@Controller('api/v1/samples')
export class SamplesController {
  constructor(private readonly ports: CatalogPorts) {}

  @Delete()
  async remove(@Caller() caller: Principal): Promise<{ readonly removed: readonly string[] }> {
    return { removed: await removeSamples(this.ports, { actor: caller.id }) }
  }
}
