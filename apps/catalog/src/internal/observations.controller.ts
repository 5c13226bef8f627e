import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common'
import { Observations } from '@tributary/catalog'
import { as, Internal, observationsWire } from '@tributary/nest'
import { z } from 'zod'

const endpoint = z.object({ endpoint: z.string(), identity: z.string() })

/** What the proxy of a split deployment learnt: kept, and given back when it starts. */
@Controller('internal/v1/observations')
@Internal()
export class InternalObservationsController {
  constructor(private readonly observations: Observations) {}

  @Post()
  @HttpCode(204)
  record(@Body(as(observationsWire)) { observations }: z.output<typeof observationsWire>): Promise<void> {
    return this.observations.record(observations)
  }

  @Get()
  async known(@Query(as(endpoint)) { endpoint: slug, identity }: z.output<typeof endpoint>): Promise<z.output<typeof observationsWire>> {
    return { observations: [...await this.observations.known(slug, identity)] }
  }
}
