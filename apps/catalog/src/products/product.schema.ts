import type { ProductDefinition, ProductSummary, ProductView, RelationshipSuggestion } from '@tributary/catalog'
import { z } from 'zod'
import { entitySetView } from '../services/service.schema.js'

const name = z.string().min(1).max(128)
const multiplicity = z.enum(['1', '0..1', '*'])
const on = z.array(z.strictObject({ from: name, to: name }))

const entity = z.strictObject({
  name: name.describe('Name of the exposed entity set.'),
  service: name.describe('Slug of the service.'),
  entitySet: name.describe('Name of the service\'s entity set.'),
  select: z.array(name).exactOptional().describe('The service\'s property names; all of them where left out.'),
  rename: z.record(name, name).exactOptional().describe('The service\'s property name → exposed name.'),
}).meta({ id: 'ProductEntity' })

const relationship = z.strictObject({
  from: name.describe('An entity of the product, by exposed name.'),
  to: name,
  name: name.describe('The navigation property on `from`.'),
  inverse: name.exactOptional().describe('The navigation property on `to` that leads back.'),
  on: on.min(1).describe('Pairs of exposed property names whose values are equal.'),
  multiplicity: multiplicity.exactOptional().describe('Of the `to` end; `0..1` where left out.'),
  inverseMultiplicity: multiplicity.exactOptional().describe('Of the `from` end; `*` where left out.'),
}).meta({ id: 'ProductRelationship' })

/** The body that creates or replaces a product. @see docs/interfaces.md, section 2 */
export const productDefinition = z.strictObject({
  name: z.string().min(1).max(200),
  description: z.string().max(10_000).exactOptional(),
  entities: z.array(entity),
  relationships: z.array(relationship).default([]),
  operations: z.enum(['all', 'bound', 'none']).exactOptional().describe('Which operations of the services are published: those called on what is exposed, also those the services import (where left out), or none.'),
}).meta({ id: 'ProductDefinition', description: 'Entities of several services, and the relationships between them.' }) satisfies z.ZodType<ProductDefinition>

const summaryFields = {
  uuid: z.string(),
  slug: z.string(),
  name: z.string(),
  description: z.string().exactOptional(),
  odataUrl: z.string(),
  graphqlUrl: z.string(),
  definition: productDefinition,
  services: z.array(z.string()).describe('Slugs of the services it is made of.'),
  broken: z.array(z.string()).describe('Why it cannot be served now; none: it can.'),
  sample: z.boolean(),
  createdAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
  revision: z.int(),
}

/** A product in a listing. */
export const productSummary = z.object(summaryFields).meta({ id: 'ProductSummary', description: 'A data product in a listing.' }) satisfies z.ZodType<ProductSummary>

const viewFields = { ...summaryFields, entitySets: z.array(entitySetView).describe('What it exposes; none where it is broken.') }

/** A product with what it exposes. */
export const productView = z.object(viewFields).meta({ id: 'Product', description: 'A data product.' }) satisfies z.ZodType<ProductView>

/** What saving a product answers. */
export const savedProduct = z.object({ ...viewFields, outcome: z.enum(['created', 'changed', 'unchanged']) }).meta({ id: 'SavedProduct', description: 'The data product, and what happened to it.' })

const suggestedEnd = z.object({
  service: z.string().describe('Slug.'),
  entitySet: z.string(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
})

/** A relationship that keys and names propose. */
export const relationshipSuggestion = z.object({
  from: suggestedEnd,
  to: suggestedEnd,
  name: z.string().describe('Proposed name of the navigation property.'),
  on: z.array(z.object({ from: z.string(), to: z.string() })),
  multiplicity,
  inverseMultiplicity: multiplicity,
  reason: z.string().describe('For people: why.'),
  score: z.number().min(0).max(1).describe('Higher is better.'),
}).meta({ id: 'RelationshipSuggestion' }) satisfies z.ZodType<RelationshipSuggestion>
