import type { EdmModel } from '@tributary/edm'
import type { CatalogPorts } from '../catalog-ports.js'
import type { Product } from '../records.js'
import type { CatalogReads, CatalogWrites } from '../store.js'
import { productFaults } from './product-faults.js'
import { modelsOf } from './product-models.js'

/** A product and what is wrong with it once a service of it has changed. */
export interface Rechecked {
  readonly product: Product
  readonly broken: readonly string[]
}

/** Which products change when a service gets another model, or none because it is removed. */
export async function recheckProducts(
  ports: CatalogPorts,
  catalog: CatalogReads,
  changed: { readonly slug: string; readonly model?: EdmModel },
): Promise<readonly Rechecked[]> {
  const using = await catalog.productsUsing(changed.slug)
  return Promise.all(
    using.map(async (product) => {
      const models = new Map(await modelsOf(ports, catalog, product.definition))
      if (changed.model === undefined) models.delete(changed.slug)
      else models.set(changed.slug, changed.model)
      return { product, broken: productFaults(product.slug, product.definition, models).map(({ message }) => message) }
    }),
  )
}

/** Marks products broken or whole again; their data changes with the service, so their revision rises in any case. */
export async function saveRechecked(catalog: CatalogWrites, rechecked: readonly Rechecked[]): Promise<void> {
  for (const { product, broken } of rechecked) await catalog.saveProduct(Object.freeze({ ...product, broken: Object.freeze([...broken]), revision: await catalog.revision() }))
}
