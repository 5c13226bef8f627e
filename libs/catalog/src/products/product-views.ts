import { entitySetViews } from '../services/entity-set-views.js'
import { dataAddresses } from '../services/service-views.js'
import type { Product } from '../records.js'
import type { Exposure } from '../exposure.js'
import type { ProductSummary, ProductView } from './product-view.js'

/** A product in a listing. */
export function productSummaryOf(product: Product): ProductSummary {
  const { uuid, slug, definition, broken, sample, createdAt, changedAt, revision } = product
  return Object.freeze({
    uuid, slug,
    name: definition.name,
    ...(definition.description === undefined ? {} : { description: definition.description }),
    ...dataAddresses(slug),
    definition,
    services: [...new Set(definition.entities.map(({ service }) => service))].toSorted(),
    broken, sample, createdAt, changedAt, revision,
  })
}

/** A product with what it exposes; without an exposure it is broken and exposes nothing. */
export const productViewOf = (product: Product, exposure: Exposure | undefined): ProductView =>
  Object.freeze({ ...productSummaryOf(product), entitySets: exposure === undefined ? [] : entitySetViews(exposure.model) })
