import type { EdmModel } from '@tributary/edm'
import type { CatalogPorts } from '../catalog-ports.js'
import { modelOf } from '../services/contract-models.js'
import type { CatalogReads } from '../store.js'
import type { ProductDefinition } from './definition.js'

/** The models of a product's services by slug; services that are not registered are missing. */
export async function modelsOf(ports: CatalogPorts, catalog: CatalogReads, definition: Pick<ProductDefinition, 'entities'>): Promise<ReadonlyMap<string, EdmModel>> {
  const models = new Map<string, EdmModel>()
  for (const slug of new Set(definition.entities.map(({ service }) => service))) {
    const service = await catalog.service(slug)
    if (service !== undefined) models.set(slug, await modelOf(ports.contracts, catalog, service.contract))
  }
  return models
}
