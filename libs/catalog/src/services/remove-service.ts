import { hubError } from '@tributary/errors'
import type { CatalogPorts } from '../catalog-ports.js'
import type { ServiceEndpoint } from '../records.js'
import type { CatalogWrites } from '../store.js'
import type { RemoveService } from '../use-cases.js'
import { recheckProducts, saveRechecked } from '../products/recheck-products.js'
import { findService } from './find-service.js'

export const removeService: RemoveService = (ports, slug, { actor, force }) =>
  ports.store.change(async (catalog) => {
    const service = await findService(catalog, slug)
    const using = await catalog.productsUsing(slug)
    if (using.length > 0 && force !== true) {
      const details = using.map((product) => ({ code: 'HUB_SERVICE_IN_USE' as const, message: product.definition.name, target: product.slug }))
      throw hubError('HUB_SERVICE_IN_USE', { slug, products: using.map((product) => product.slug).join(', ') }, { details })
    }
    await removeNow(ports, catalog, service, actor)
  })

/** Removes a service whatever uses it; products that do are marked broken. */
export async function removeNow(ports: CatalogPorts, catalog: CatalogWrites, service: ServiceEndpoint, actor: string): Promise<void> {
  const rechecked = await recheckProducts(ports, catalog, { slug: service.slug })
  await catalog.removeService(service.uuid)
  await saveRechecked(catalog, rechecked)
  await catalog.audit({ at: ports.now().toISOString(), actor, action: 'service.removed', subject: service.slug, detail: service.name })
}
