import { Body, Controller, Get, HttpCode, Inject, Param, ParseIntPipe, Post, Query } from '@nestjs/common'
import { DataPreview, RegistrationProbe, type DataRows } from '@tributary/catalog'
import { as, Internal, probeWire } from '@tributary/nest'
import type { z } from 'zod'

/** What the catalog of a split deployment asks of the proxy. */
@Controller('internal/v1')
@Internal()
export class InternalController {
  constructor(@Inject(DataPreview) private readonly preview: DataPreview, @Inject(RegistrationProbe) private readonly prober: RegistrationProbe) {}

  @Get('preview/:slug/:entitySet')
  rows(@Param('slug') slug: string, @Param('entitySet') entitySet: string, @Query('top', ParseIntPipe) top: number): Promise<DataRows> {
    return this.preview.rows(slug, entitySet, top)
  }

  @Post('probe')
  @HttpCode(204)
  probe(@Body(as(probeWire)) { slug, entitySets }: z.output<typeof probeWire>): Promise<void> {
    return this.prober.probe(slug, entitySets)
  }
}
