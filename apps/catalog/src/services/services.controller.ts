import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Req, Res } from '@nestjs/common'
import {
  CatalogPorts, changeConnection, compareVersions, curateService, getCapabilities, getContract, getEntitySet, getService, listServices, listVersions, previewRows, refreshService, registerService, removeService,
  type CapabilitiesReport, type ContractChanges, type ContractSummary, type DataRows, type EntitySetView, type Registration, type ServiceSummary, type ServiceView, type Slice,
} from '@tributary/catalog'
import { as, Caller, disconnectSignal, PublicAddress, type Principal } from '@tributary/nest'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { withOrigin } from '../api/addresses.js'
import { entityTag, revisionMeant } from '../api/entity-tag.js'
import { ordinalField } from '../api/fields.js'
import { given } from '../api/given.js'
import * as described from './services.operations.js'

type Input<Described extends { readonly query: z.ZodType }> = z.output<Described['query']>

/** A registration as callers get it: the service itself, and what happened to it. */
type RegistrationAnswer = ServiceView & Omit<Registration, 'service'>

/** `/api/v1/services` */
@Controller('api/v1/services')
export class ServicesController {
  constructor(private readonly ports: CatalogPorts, private readonly address: PublicAddress) {}

  @Post()
  async register(
    @Body(as(described.registerService.body.schema)) body: z.output<typeof described.registerService.body.schema>,
    @Query(as(described.registerService.query.strict())) { dryRun }: Input<typeof described.registerService>,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RegistrationAnswer> {
    const registration = await registerService(this.ports, body, { actor: caller.id, dryRun, signal: disconnectSignal(reply) })
    const created = registration.outcome === 'created' && !dryRun
    void reply.status(created ? 201 : 200)
    if (created) void reply.header('location', `/api/v1/services/${registration.service.slug}`)
    return this.answer(registration, reply.request)
  }

  @Get()
  async list(@Query(as(described.listServices.query.strict())) { limit, offset, ...filter }: Input<typeof described.listServices>, @Req() request: FastifyRequest): Promise<Slice<ServiceSummary>> {
    const { total, items } = await listServices(this.ports, given(filter), { limit, offset })
    return { total, items: items.map((item) => withOrigin(item, this.address.of(request))) }
  }

  @Get(':slug')
  async get(@Param('slug') slug: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<ServiceView> {
    return this.tagged(await getService(this.ports, slug), reply)
  }

  @Patch(':slug')
  async curate(
    @Param('slug') slug: string,
    @Body(as(described.curateService.body.schema)) body: z.output<typeof described.curateService.body.schema>,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ServiceView> {
    const meant = revisionMeant(reply.request.headers['if-match'], `the service ${slug}`)
    return this.tagged(await curateService(this.ports, slug, body, { actor: caller.id, ...meant }), reply)
  }

  @Delete(':slug')
  @HttpCode(204)
  remove(@Param('slug') slug: string, @Query(as(described.removeService.query.strict())) { force }: Input<typeof described.removeService>, @Caller() caller: Principal): Promise<void> {
    return removeService(this.ports, slug, { actor: caller.id, force })
  }

  @Put(':slug/connection')
  async connect(
    @Param('slug') slug: string,
    @Body(as(described.changeConnection.body.schema)) body: z.output<typeof described.changeConnection.body.schema>,
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
  ): Promise<ServiceView> {
    return withOrigin(await changeConnection(this.ports, slug, body, { actor: caller.id }), this.address.of(request))
  }

  @Post(':slug/refresh')
  @HttpCode(200)
  async refresh(
    @Param('slug') slug: string,
    @Query(as(described.refreshService.query.strict())) { dryRun }: Input<typeof described.refreshService>,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RegistrationAnswer> {
    return this.answer(await refreshService(this.ports, slug, { actor: caller.id, dryRun, signal: disconnectSignal(reply) }), reply.request)
  }

  /** The contract is foreign text: whatever it holds, a browser runs none of it. */
  @Get(':slug/contract')
  async contract(@Param('slug') slug: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { content, contentType, hash } = await getContract(this.ports, slug)
    void reply.type(contentType).header('etag', `"${hash}"`).header('content-security-policy', 'sandbox; default-src \'none\'')
    return content
  }

  @Get(':slug/versions')
  async versions(@Param('slug') slug: string): Promise<{ readonly items: readonly ContractSummary[] }> {
    return { items: await listVersions(this.ports, slug) }
  }

  @Get(':slug/versions/:from/diff/:to')
  compare(@Param('slug') slug: string, @Param('from', as(ordinalField)) from: number, @Param('to', as(ordinalField)) to: number): Promise<ContractChanges> {
    return compareVersions(this.ports, slug, { from, to })
  }

  @Get(':slug/capabilities')
  capabilities(@Param('slug') slug: string): Promise<CapabilitiesReport> {
    return getCapabilities(this.ports, slug)
  }

  @Get(':slug/entity-sets/:set')
  entitySet(@Param('slug') slug: string, @Param('set') set: string): Promise<EntitySetView> {
    return getEntitySet(this.ports, slug, set)
  }

  @Get(':slug/entity-sets/:set/preview')
  preview(@Param('slug') slug: string, @Param('set') set: string, @Query(as(described.previewEntitySet.query.strict())) { rows }: Input<typeof described.previewEntitySet>): Promise<DataRows> {
    return previewRows(this.ports, slug, set, rows)
  }

  private tagged(view: ServiceView, reply: FastifyReply): ServiceView {
    void reply.header('etag', entityTag(view.revision))
    return withOrigin(view, this.address.of(reply.request))
  }

  private answer({ service, ...happened }: Registration, request: FastifyRequest): RegistrationAnswer {
    return { ...withOrigin(service, this.address.of(request)), ...happened }
  }
}
