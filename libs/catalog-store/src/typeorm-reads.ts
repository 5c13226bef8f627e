import type {
  Application, AuditEvent, CatalogReads, Contract, ContractSummary, Environment, PageRequest, Product, SearchMatches, SearchQuery,
  ServiceEndpoint, ServiceFilter, ServiceIdentity, Slice,
} from '@tributary/catalog'
import type { EntityManager, SelectQueryBuilder } from 'typeorm'
import type { Dialect } from './dialects/dialect.js'
import { AuditRow, MarkRow, StateRow } from './rows/journal-rows.js'
import { ProductRow, ProductServiceRow, SlugRow } from './rows/product-rows.js'
import { applicationOf, contractOf, environmentOf, productOf, serviceOf } from './rows/record-of-row.js'
import { ApplicationRow, ContractRow, EnvironmentRow, ServiceRow } from './rows/service-rows.js'
import { searchRows } from './search-rows.js'

/** Reads the catalog within one transaction. */
export class TypeormReads implements CatalogReads {
  constructor(
    protected readonly manager: EntityManager,
    protected readonly dialect: Dialect,
  ) {}

  async revision(): Promise<number> {
    return (await this.manager.findOneByOrFail(StateRow, { id: 1 })).revision
  }

  async application(name: string): Promise<Application | undefined> {
    return mapped(await this.manager.findOneBy(ApplicationRow, { name }), applicationOf)
  }

  async environment(application: string, name: string): Promise<Environment | undefined> {
    return mapped(await this.manager.findOne(EnvironmentRow, { where: { name, application: { name: application } }, relations: { application: true } }), environmentOf)
  }

  async slugs(base: string): Promise<readonly string[]> {
    const rows = await this.manager
      .createQueryBuilder(SlugRow, 'one')
      .where('one.slug = :base OR substr(one.slug, 1, :length) = :beginning', { base, beginning: `${base}-`, length: base.length + 1 })
      .orderBy('one.slug')
      .getMany()
    return rows.map(({ slug }) => slug)
  }

  async service(slug: string): Promise<ServiceEndpoint | undefined> {
    return mapped(await this.#services().where('service.slug = :slug', { slug }).getOne(), serviceOf)
  }

  async serviceOf(identity: ServiceIdentity): Promise<ServiceEndpoint | undefined> {
    const query = this.#services().where('service.name = :name AND environment.name = :environment AND application.name = :application', { ...identity })
    return mapped(await query.getOne(), serviceOf)
  }

  async services(filter: ServiceFilter, page: PageRequest): Promise<Slice<ServiceEndpoint>> {
    const query = this.#services()
    const columns = {
      application: 'application.name', environment: 'environment.name', environmentType: 'environment.type',
      kind: 'service.kind', owner: 'service.ownerName', sample: 'service.sample',
    } as const
    for (const part of ['application', 'environment', 'environmentType', 'kind', 'owner', 'sample'] as const) {
      if (filter[part] !== undefined) query.andWhere(`${columns[part]} = :${part}`, { [part]: filter[part] })
    }
    if (filter.tag !== undefined) query.andWhere(this.dialect.arrayHolds('service.tags', ':tag'), { tag: filter.tag })
    const total = await query.getCount()
    const rows = await query.orderBy('service.slug').limit(page.limit).offset(page.offset).getMany()
    return { total, items: rows.map(serviceOf) }
  }

  async contract(uuid: string): Promise<Contract | undefined> {
    const row = await this.manager.createQueryBuilder(ContractRow, 'contract').addSelect('contract.content').where({ uuid }).getOne()
    return mapped(row, (found) => Object.freeze({ ...contractOf(found), content: found.content }))
  }

  async contracts(serviceUuid: string): Promise<readonly ContractSummary[]> {
    return (await this.manager.find(ContractRow, { where: { serviceUuid }, order: { ordinal: 'DESC' } })).map(contractOf)
  }

  async product(slug: string): Promise<Product | undefined> {
    return mapped(await this.manager.findOneBy(ProductRow, { slug }), productOf)
  }

  async products(page: PageRequest): Promise<Slice<Product>> {
    const [rows, total] = await this.manager.findAndCount(ProductRow, { order: { slug: 'ASC' }, take: page.limit, skip: page.offset })
    return { total, items: rows.map(productOf) }
  }

  async productsUsing(serviceSlug: string): Promise<readonly Product[]> {
    const query = this.manager.createQueryBuilder(ProductRow, 'product')
    const uses = query.subQuery().select('1').from(ProductServiceRow, 'used').where('used.product_uuid = product.uuid AND used.service_slug = :serviceSlug')
    return (await query.where(`EXISTS ${uses.getQuery()}`, { serviceSlug }).orderBy('product.slug').getMany()).map(productOf)
  }

  search(query: SearchQuery): Promise<SearchMatches> {
    return searchRows(this.manager, this.dialect, query)
  }

  async auditOf(subject: string, limit: number): Promise<readonly AuditEvent[]> {
    const rows = await this.manager.find(AuditRow, { where: { subject }, order: { id: 'DESC' }, take: limit })
    return rows.map(({ at, actor, action, detail }) => Object.freeze({ at, actor, action, subject, detail }))
  }

  async mark(name: string): Promise<string | undefined> {
    return mapped(await this.manager.findOneBy(MarkRow, { name }), ({ value }) => value)
  }

  #services(): SelectQueryBuilder<ServiceRow> {
    return this.manager
      .createQueryBuilder(ServiceRow, 'service')
      .innerJoinAndSelect('service.environment', 'environment')
      .innerJoinAndSelect('environment.application', 'application')
      .innerJoinAndSelect('service.contract', 'contract')
  }
}

const mapped = <R, T>(row: R | null, map: (row: R) => T): T | undefined => (row === null ? undefined : map(row))
