import { randomUUID } from 'node:crypto'
import { hubError } from '@tributary/errors'
import type { CatalogPorts } from '../catalog-ports.js'
import type { Product } from '../records.js'
import { productDocuments } from '../search/product-documents.js'
import { checkSlug } from '../services/slugs.js'
import type { CatalogReads } from '../store.js'
import type { PutProduct } from '../use-cases.js'
import { exposureToShow } from './compile-product.js'
import type { ProductDefinition } from './definition.js'
import { productFaults } from './product-faults.js'
import { modelsOf } from './product-models.js'
import type { SavedProduct } from './product-view.js'
import { productViewOf } from './product-views.js'

export const putProduct: PutProduct = async (ports, slug, definition, options) => {
  checkSlug(slug)
  if (options.dryRun === true) return ports.store.read(async (catalog) => (await planProduct(ports, catalog, { slug, definition, sample: options.sample ?? false })).saved)
  return ports.store.change(async (catalog) => {
    const { saved, product } = await planProduct(ports, catalog, { slug, definition, sample: options.sample ?? false })
    if (saved.outcome === 'unchanged') return saved
    await catalog.audit({ at: ports.now().toISOString(), actor: options.actor, action: 'product.saved', subject: slug, detail: saved.outcome })
    const revision = await catalog.revision()
    const stored = Object.freeze({ ...product, revision })
    await catalog.saveProduct(stored)
    await catalog.index(slug, productDocuments(stored, saved.product.entitySets))
    return { ...saved, product: { ...saved.product, revision } }
  })
}

/** Slugs looked through for a near one. */
const mostProposed = 1_000

interface Wanted {
  readonly slug: string
  readonly definition: ProductDefinition
  readonly sample: boolean
}

async function planProduct(ports: CatalogPorts, catalog: CatalogReads, wanted: Wanted): Promise<{ readonly saved: SavedProduct; readonly product: Product }> {
  const { slug, definition } = wanted
  const owner = await catalog.service(slug)
  if (owner !== undefined) throw hubError('HUB_SLUG_TAKEN', { slug, owner: `the service ${owner.name}` }, { target: 'slug' })
  const models = await modelsOf(ports, catalog, definition)
  const faults = productFaults(slug, definition, models, await servicesToPropose(catalog, definition, models))
  if (faults.length > 0) {
    const reason = faults.map(({ message }) => message).join('; ')
    throw hubError('HUB_PRODUCT_INVALID', { slug, reason }, { details: faults, ...(faults[0]?.target === undefined ? {} : { target: faults[0].target }) })
  }
  const present = await catalog.product(slug)
  const product = productFrom(present, wanted, ports.now().toISOString())
  const outcome = present === undefined ? 'created' : product === present ? 'unchanged' : 'changed'
  return { product, saved: Object.freeze({ outcome, product: productViewOf(product, exposureToShow(slug, definition, models)) }) }
}

/** Only asked for where a service is missing. */
async function servicesToPropose(catalog: CatalogReads, { entities }: ProductDefinition, models: ReadonlyMap<string, unknown>): Promise<readonly string[]> {
  if (entities.every(({ service }) => models.has(service))) return []
  return (await catalog.services({}, { limit: mostProposed, offset: 0 })).items.map((service) => service.slug)
}

function productFrom(present: Product | undefined, { slug, definition, sample }: Wanted, moment: string): Product {
  if (present === undefined) {
    return Object.freeze({ uuid: randomUUID(), slug, definition, broken: [], sample, createdAt: moment, changedAt: moment, revision: 0 })
  }
  if (present.broken.length === 0 && JSON.stringify(present.definition) === JSON.stringify(definition)) return present
  return Object.freeze({ ...present, definition, broken: [], changedAt: moment })
}
