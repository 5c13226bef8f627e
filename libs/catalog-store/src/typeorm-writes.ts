import { termsOf, type Application, type AuditEvent, type CatalogWrites, type Contract, type Environment, type Product, type SearchDocument, type ServiceEndpoint } from '@tributary/catalog'
import { In } from 'typeorm'
import { AuditRow, MarkRow, StateRow } from './rows/journal-rows.js'
import { ProductRow, ProductServiceRow, SlugRow } from './rows/product-rows.js'
import { SearchRow } from './rows/search-row.js'
import { ApplicationRow, ContractRow, EnvironmentRow, ServiceRow } from './rows/service-rows.js'
import { TypeormReads } from './typeorm-reads.js'

/** A statement's placeholders are limited; 12 a document. */
const documentsAtOnce = 200

/** Changes the catalog within one transaction; the first write raises the revision. */
export class TypeormWrites extends TypeormReads implements CatalogWrites {
  #raised = false

  async saveApplication({ uuid, name }: Application): Promise<void> {
    await this.#raise()
    await this.manager.upsert(ApplicationRow, { uuid, name }, ['uuid'])
  }

  async saveEnvironment({ uuid, application, name, type }: Environment): Promise<void> {
    await this.#raise()
    await this.manager.upsert(EnvironmentRow, { uuid, applicationUuid: application.uuid, name, type }, ['uuid'])
  }

  async saveService(service: ServiceEndpoint): Promise<void> {
    await this.#raise()
    await this.#claimSlug(service)
    const { description, owner, environment, contract, ...rest } = service
    await this.manager.upsert(
      ServiceRow,
      {
        ...rest,
        description: description ?? null,
        ownerName: owner?.name ?? null,
        ownerEmail: owner?.email ?? null,
        environmentUuid: environment.uuid,
        contractUuid: contract.uuid,
      },
      ['uuid'],
    )
  }

  async addContract(serviceUuid: string, contract: Contract): Promise<void> {
    await this.#raise()
    await this.manager.insert(ContractRow, { ...contract, serviceUuid })
  }

  async removeService(uuid: string): Promise<void> {
    const row = await this.manager.findOneBy(ServiceRow, { uuid })
    if (row === null) return
    await this.#raise()
    await this.#removeDocuments(row.slug)
    await this.manager.delete(ServiceRow, { uuid })
    await this.manager.delete(ContractRow, { serviceUuid: uuid })
    await this.manager.delete(SlugRow, { ownerUuid: uuid })
  }

  async saveProduct(product: Product): Promise<void> {
    await this.#raise()
    await this.#claimSlug(product)
    await this.manager.upsert(ProductRow, { ...product }, ['uuid'])
    await this.manager.delete(ProductServiceRow, { productUuid: product.uuid })
    const services = [...new Set(product.definition.entities.map(({ service }) => service))]
    if (services.length > 0) await this.manager.insert(ProductServiceRow, services.map((serviceSlug) => ({ productUuid: product.uuid, serviceSlug })))
  }

  async removeProduct(uuid: string): Promise<void> {
    const row = await this.manager.findOneBy(ProductRow, { uuid })
    if (row === null) return
    await this.#raise()
    await this.#removeDocuments(row.slug)
    await this.manager.delete(ProductServiceRow, { productUuid: uuid })
    await this.manager.delete(ProductRow, { uuid })
    await this.manager.delete(SlugRow, { ownerUuid: uuid })
  }

  async index(slug: string, documents: readonly SearchDocument[]): Promise<void> {
    await this.#raise()
    await this.#removeDocuments(slug)
    for (let start = 0; start < documents.length; start += documentsAtOnce) await this.#addDocuments(slug, documents.slice(start, start + documentsAtOnce))
  }

  async audit(event: AuditEvent): Promise<void> {
    await this.#raise()
    await this.manager.insert(AuditRow, { ...event })
  }

  async setMark(name: string, value: string): Promise<void> {
    await this.#raise()
    await this.manager.upsert(MarkRow, { name, value }, ['name'])
  }

  async #raise(): Promise<void> {
    if (this.#raised) return
    this.#raised = true
    await this.manager.increment(StateRow, { id: 1 }, 'revision', 1)
  }

  /** The row's unique slug is what keeps services and products apart. */
  async #claimSlug({ slug, uuid }: { readonly slug: string; readonly uuid: string }): Promise<void> {
    const owned = await this.manager.findOneBy(SlugRow, { slug })
    if (owned?.ownerUuid !== uuid) await this.manager.insert(SlugRow, { slug, ownerUuid: uuid })
  }

  async #addDocuments(slug: string, documents: readonly SearchDocument[]): Promise<void> {
    const rows = documents.map((document) => {
      const { id: documentId, kind, name, environment, type, owner, validated, tags, capabilities } = document
      const foldedName = termsOf(name).map(({ whole }) => whole).join('')
      return { documentId, slug, kind, name, foldedName, environment, type, owner, validated, tags, capabilities, document }
    })
    await this.manager.createQueryBuilder().insert().into(SearchRow).values(rows).updateEntity(false).execute()
    const stored = await this.manager.find(SearchRow, { select: { id: true, documentId: true }, where: { documentId: In(rows.map(({ documentId }) => documentId)) } })
    const ids = new Map(stored.map(({ id, documentId }) => [documentId, id]))
    await this.dialect.addTokens(this.manager, documents.map((document) => ({ rowId: ids.get(document.id) ?? 0, document })))
  }

  async #removeDocuments(slug: string): Promise<void> {
    await this.dialect.removeTokens(this.manager, slug)
    await this.manager.delete(SearchRow, { slug })
  }
}
