import { putProduct } from '../products/put-product.js'
import { recheckProducts, saveRechecked } from '../products/recheck-products.js'
import { registerService } from '../services/register-service.js'
import type { CatalogReads } from '../store.js'
import type { RemoveSamples, SeedSamples } from '../use-cases.js'

/** Its presence says that this store has had the samples: they are not seeded a second time, even after their removal. */
const seededMark = 'samples.seeded'
/** More than there will ever be samples. */
const everything = { limit: 1_000, offset: 0 }

export const seedSamples: SeedSamples = async (ports, landscape, { actor }) => {
  if (!(await ports.store.read(mayBeSeeded))) return false
  for (const request of landscape.services) await registerService(ports, request, { actor, sample: true })
  for (const { slug, definition } of landscape.products) await putProduct(ports, slug, definition, { actor, sample: true })
  // Last, so that a seeding that was cut short is finished at the next start.
  await ports.store.change((catalog) => catalog.setMark(seededMark, ports.now().toISOString()))
  return true
}

/** Never seeded to the end, and nothing there but samples. */
async function mayBeSeeded(catalog: CatalogReads): Promise<boolean> {
  if ((await catalog.mark(seededMark)) !== undefined) return false
  const { total } = await catalog.services({ sample: false }, { limit: 1, offset: 0 })
  const { items } = await catalog.products(everything)
  return total === 0 && items.every(({ sample }) => sample)
}

export const removeSamples: RemoveSamples = (ports, { actor }) =>
  ports.store.change(async (catalog) => {
    const products = (await catalog.products(everything)).items.filter(({ sample }) => sample)
    const services = (await catalog.services({ sample: true }, everything)).items
    for (const product of products) await catalog.removeProduct(product.uuid)
    for (const service of services) {
      const rechecked = await recheckProducts(ports, catalog, { slug: service.slug })
      await catalog.removeService(service.uuid)
      await saveRechecked(catalog, rechecked)
    }
    const slugs = [...services, ...products].map(({ slug }) => slug).toSorted()
    if (slugs.length > 0) await catalog.audit({ at: ports.now().toISOString(), actor, action: 'samples.removed', subject: slugs.join(' '), detail: `${slugs.length} removed` })
    return slugs
  })
