import { nearest } from '@tributary/edm'
import { hubError } from '@tributary/errors'
import type { Product } from '../records.js'
import type { CatalogReads } from '../store.js'
import type { GetProduct, ListProducts, RemoveProduct } from '../use-cases.js'
import { exposureToShow } from './compile-product.js'
import { modelsOf } from './product-models.js'
import { productSummaryOf, productViewOf } from './product-views.js'

/** Slugs looked through for a near one. */
const searched = 1_000

export const listProducts: ListProducts = (ports, page) =>
  ports.store.read(async (catalog) => {
    const { total, items } = await catalog.products(page)
    return { total, items: items.map(productSummaryOf) }
  })

export const getProduct: GetProduct = (ports, slug) =>
  ports.store.read(async (catalog) => {
    const product = await findProduct(catalog, slug)
    if (product.broken.length > 0) return productViewOf(product, undefined)
    return productViewOf(product, exposureToShow(slug, product.definition, await modelsOf(ports, catalog, product.definition)))
  })

export const removeProduct: RemoveProduct = (ports, slug, { actor }) =>
  ports.store.change(async (catalog) => {
    const product = await findProduct(catalog, slug)
    await catalog.removeProduct(product.uuid)
    await catalog.audit({ at: ports.now().toISOString(), actor, action: 'product.removed', subject: slug, detail: product.definition.name })
  })

/** @throws HUB_PRODUCT_NOT_FOUND with the nearest slug */
async function findProduct(catalog: CatalogReads, slug: string): Promise<Product> {
  const product = await catalog.product(slug)
  if (product !== undefined) return product
  const { items } = await catalog.products({ limit: searched, offset: 0 })
  const near = nearest(slug, items.map((one) => one.slug))
  throw hubError('HUB_PRODUCT_NOT_FOUND', { slug, hint: near === undefined ? '' : `Did you mean ${near}?` })
}
