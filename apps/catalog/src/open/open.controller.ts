import { Controller, Get, Param, Req, Res } from '@nestjs/common'
import { CatalogPorts } from '@tributary/catalog'
import { PublicAddress } from '@tributary/nest'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { excelFile } from './excel.js'
import { feedOf, type Feed } from './feed.js'
import { powerBiFile } from './power-bi.js'
import { snippetsOf, type Snippet } from './snippets.js'

/** `/api/v1/services/{slug}/open`: the data in other programs. */
@Controller('api/v1/services/:slug/open')
export class OpenController {
  constructor(private readonly ports: CatalogPorts, private readonly address: PublicAddress) {}

  @Get('power-bi.pbids')
  async powerBi(@Param('slug') slug: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const feed = await this.feed(slug, reply.request)
    void reply.type('application/json; charset=utf-8').header('content-disposition', `attachment; filename="${feed.slug}.pbids"`)
    return powerBiFile(feed)
  }

  @Get('excel.odc')
  async excel(@Param('slug') slug: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const feed = await this.feed(slug, reply.request)
    void reply.type('text/x-ms-odc; charset=utf-8').header('content-disposition', `attachment; filename="${feed.slug}.odc"`)
    return excelFile(feed)
  }

  @Get('snippets')
  async snippets(@Param('slug') slug: string, @Req() request: FastifyRequest): Promise<{ readonly items: readonly Snippet[] }> {
    return { items: snippetsOf(await this.feed(slug, request)) }
  }

  private feed(slug: string, request: FastifyRequest): Promise<Feed> {
    return feedOf(this.ports, slug, this.address.of(request))
  }
}
