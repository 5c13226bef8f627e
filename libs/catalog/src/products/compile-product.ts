import type { EdmModel } from '@tributary/edm'
import type { SealedConnection } from '../exposure.js'
import type { Endpoint, Exposure } from '../exposure.js'
import { productExposure } from '../exposures/product-exposure.js'
import type { ProductDefinition } from './definition.js'

/** What a product would expose over these models, for looking at: its endpoints cannot be read. */
export function exposureToShow(slug: string, definition: ProductDefinition, models: ReadonlyMap<string, EdmModel>): Exposure {
  const endpoints = new Map([...models].map(([service, model]): [string, Endpoint] => [service, { slug: service, kind: '', url: '', model, connection: '' as SealedConnection, identity: '' }]))
  return productExposure({ slug, definition, endpoints, revision: 0 })
}
