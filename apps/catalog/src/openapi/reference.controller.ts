import { Controller, Get, Header, Req, Res } from '@nestjs/common'
import { PublicAddress } from '@tributary/nest'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { describeApi, type OpenApiDocument } from './document.js'
import { referencePage } from './reference-page.js'

/** `/api/openapi.json` and `/api/docs` */
@Controller('api')
export class ReferenceController {
  constructor(private readonly address: PublicAddress) {}

  @Get('openapi.json')
  @Header('cache-control', 'no-cache')
  document(@Req() request: FastifyRequest): OpenApiDocument {
    return describeApi(this.address.of(request))
  }

  @Get('docs')
  @Header('cache-control', 'no-cache')
  page(@Res({ passthrough: true }) reply: FastifyReply): string {
    const { html, policy } = referencePage(describeApi(this.address.of(reply.request)))
    void reply.type('text/html; charset=utf-8').header('content-security-policy', policy)
    return html
  }
}
