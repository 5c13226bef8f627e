import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query, Req, Res } from '@nestjs/common'
import {
  CatalogPorts, getProduct, listProducts, putProduct, removeProduct, suggestRelationships,
  type ProductSummary, type ProductView, type RelationshipSuggestion, type SavedProduct, type Slice,
} from '@tributary/catalog'
import { hubError } from '@tributary/errors'
import { as, Caller, callerOf, PublicAddress, type Principal } from '@tributary/nest'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { withOrigin } from '../api/addresses.js'
import * as described from './products.operations.js'

type Input<Described extends { readonly query: z.ZodType }> = z.output<Described['query']>

/** `/api/v1/products` */
@Controller('api/v1/products')
export class ProductsController {
  constructor(private readonly ports: CatalogPorts, private readonly address: PublicAddress) {}

  @Put(':slug')
  async put(
    @Param('slug') slug: string,
    @Body(as(described.putProduct.body.schema)) body: z.output<typeof described.putProduct.body.schema>,
    @Query(as(described.putProduct.query.strict())) { dryRun }: Input<typeof described.putProduct>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProductView & Pick<SavedProduct, 'outcome'>> {
    if (slug === 'suggestions') throw hubError('HUB_SLUG_TAKEN', { slug, owner: 'the API itself' })
    const { outcome, product } = await putProduct(this.ports, slug, body, { actor: callerOf(reply.request).id, dryRun })
    const created = outcome === 'created' && !dryRun
    void reply.status(created ? 201 : 200)
    if (created) void reply.header('location', `/api/v1/products/${product.slug}`)
    return { ...withOrigin(product, this.address.of(reply.request)), outcome }
  }

  @Get()
  async list(@Query(as(described.listProducts.query.strict())) page: Input<typeof described.listProducts>, @Req() request: FastifyRequest): Promise<Slice<ProductSummary>> {
    const { total, items } = await listProducts(this.ports, page)
    return { total, items: items.map((item) => withOrigin(item, this.address.of(request))) }
  }

  @Get('suggestions')
  async suggestions(@Query(as(described.suggestRelationships.query.strict())) { service }: Input<typeof described.suggestRelationships>): Promise<{ readonly items: readonly RelationshipSuggestion[] }> {
    return { items: await suggestRelationships(this.ports, service) }
  }

  @Get(':slug')
  async get(@Param('slug') slug: string, @Req() request: FastifyRequest): Promise<ProductView> {
    return withOrigin(await getProduct(this.ports, slug), this.address.of(request))
  }

  @Delete(':slug')
  @HttpCode(204)
  remove(@Param('slug') slug: string, @Caller() caller: Principal): Promise<void> {
    return removeProduct(this.ports, slug, { actor: caller.id })
  }
}
