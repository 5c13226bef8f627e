import { hubError } from '@tributary/errors'
import { LRUCache } from 'lru-cache'
import type { CatalogPorts } from '../catalog-ports.js'
import type { Endpoint, Exposure } from '../exposure.js'
import { CatalogReader } from '../ports.js'
import type { Product, ServiceEndpoint } from '../records.js'
import { modelOf } from '../services/contract-models.js'
import type { CatalogReads } from '../store.js'
import { productExposure } from './product-exposure.js'
import { endpointOf, serviceExposure } from './service-exposure.js'

const keptExposures = 500
/** More than any catalog has slugs; listings have pages. */
const everything = { limit: 1_000_000, offset: 0 }

interface Kept {
  /** The catalog's revision at which it was last found to be the newest. */
  readonly seen: number
  readonly exposure: Exposure
}

/** Compiled snapshots straight from the store: within one process, and behind `/internal/v1`. */
export class StoreCatalogReader extends CatalogReader {
  readonly #kept = new LRUCache<string, Kept>({ max: keptExposures })
  readonly #compiling = new Map<string, Promise<Exposure | undefined>>()
  constructor(private readonly ports: Pick<CatalogPorts, 'store' | 'contracts'>) {
    super()
  }

  /** @throws HUB_PRODUCT_INVALID for a product that a change of its services has broken */
  override async exposure(slug: string): Promise<Exposure | undefined> {
    const revision = await this.ports.store.revision()
    const kept = this.#kept.get(slug)
    if (kept?.seen === revision) return kept.exposure
    // Requests that arrive while it is compiled wait for the same one.
    const key = JSON.stringify([slug, revision])
    const running = this.#compiling.get(key) ?? this.#renew(slug, kept?.exposure).finally(() => this.#compiling.delete(key))
    this.#compiling.set(key, running)
    return running
  }

  override exposures(): Promise<readonly { readonly slug: string; readonly title: string; readonly kind: 'service' | 'product' }[]> {
    return this.ports.store.read(async (catalog) => {
      const services = (await catalog.services({}, everything)).items.map(({ slug, name }) => ({ slug, title: name, kind: 'service' as const }))
      const products = (await catalog.products(everything)).items.filter(({ broken }) => broken.length === 0)
      const named = products.map(({ slug, definition }) => ({ slug, title: definition.name, kind: 'product' as const }))
      return [...services, ...named].toSorted((a, b) => (a.slug < b.slug ? -1 : 1))
    })
  }

  override revision(): Promise<number> {
    return this.ports.store.revision()
  }

  #renew(slug: string, known: Exposure | undefined): Promise<Exposure | undefined> {
    return this.ports.store.read(async (catalog) => {
      const seen = await catalog.revision()
      const exposure = await this.#compile(catalog, slug, known)
      if (exposure === undefined) this.#kept.delete(slug)
      else this.#kept.set(slug, { seen, exposure })
      return exposure
    })
  }

  async #compile(catalog: CatalogReads, slug: string, known: Exposure | undefined): Promise<Exposure | undefined> {
    const service = await catalog.service(slug)
    if (service !== undefined) return isNewest(known, 'service', service.revision) ? known : serviceExposure(service, await this.#endpoint(catalog, service))
    const product = await catalog.product(slug)
    return product === undefined ? undefined : this.#compileProduct(catalog, product, known)
  }

  async #compileProduct(catalog: CatalogReads, product: Product, known: Exposure | undefined): Promise<Exposure> {
    const { slug, definition, broken } = product
    if (broken.length > 0) throw brokenProduct(product)
    const services: ServiceEndpoint[] = []
    for (const name of new Set(definition.entities.map(({ service }) => service))) {
      const service = await catalog.service(name)
      if (service !== undefined) services.push(service)
    }
    const revision = Math.max(product.revision, ...services.map((service) => service.revision))
    if (known !== undefined && isNewest(known, 'product', revision)) return known
    const endpoints = new Map<string, Endpoint>()
    for (const service of services) endpoints.set(service.slug, await this.#endpoint(catalog, service))
    return productExposure({ slug, definition, endpoints, revision })
  }

  async #endpoint(catalog: CatalogReads, service: ServiceEndpoint): Promise<Endpoint> {
    return endpointOf(service, await modelOf(this.ports.contracts, catalog, service.contract))
  }
}

const isNewest = (known: Exposure | undefined, kind: Exposure['kind'], revision: number): boolean => known?.kind === kind && known.revision === revision

function brokenProduct({ slug, broken }: Product): Error {
  const details = broken.map((message) => ({ code: 'HUB_PRODUCT_INVALID' as const, message }))
  return hubError('HUB_PRODUCT_INVALID', { slug, reason: broken.join('; ') }, { details })
}
