import { nearest } from '@tributary/edm'
import { hubError } from '@tributary/errors'
import type { ServiceEndpoint } from '../records.js'
import type { CatalogReads } from '../store.js'

/** Slugs looked through for a near one. */
const searched = 1_000

/** @throws HUB_SERVICE_NOT_FOUND with the nearest slug */
export async function findService(catalog: CatalogReads, slug: string): Promise<ServiceEndpoint> {
  const service = await catalog.service(slug)
  if (service !== undefined) return service
  const { items } = await catalog.services({}, { limit: searched, offset: 0 })
  const near = nearest(slug, items.map((one) => one.slug))
  throw hubError('HUB_SERVICE_NOT_FOUND', { slug, hint: near === undefined ? '' : `Did you mean ${near}?` })
}
