import { z } from 'zod'
import { exampleDefinition, exampleProduct } from '../api/examples.js'
import { flag, pageFields, productSlugParameter } from '../api/fields.js'
import { operation } from '../api/operation.js'
import { productDefinition, productSummary, productView, relationshipSuggestion, savedProduct } from './product.schema.js'

const tag = 'Data products'
const slug = { slug: productSlugParameter }
const { entitySets: _entitySets, ...exampleSummary } = exampleProduct

export const putProduct = operation({
  id: 'putProduct', method: 'put', path: '/api/v1/products/{slug}', tag,
  summary: 'Create or replace a data product',
  description: 'Joins entities of several services: each relationship becomes a navigation property, so that `$expand`, `$filter` and `$orderby` work across services. It is checked against the contracts; every fault is listed with its field.',
  parameters: slug,
  query: z.object({ dryRun: flag('Checks it, stores nothing.') }),
  body: { schema: productDefinition, examples: { join: { summary: 'Orders with their customers', value: exampleDefinition } } },
  answers: {
    201: { description: 'The product is created.', schema: savedProduct, example: { ...exampleProduct, outcome: 'created' }, headers: { Location: 'Where the product is described.' } },
    200: { description: 'The product is replaced, or was the same; or this was a dry run.', schema: savedProduct, example: { ...exampleProduct, outcome: 'changed' } },
  },
  errors: ['HUB_PRODUCT_INVALID', 'HUB_REQUEST_INVALID', 'HUB_SLUG_TAKEN'],
})

export const listProducts = operation({
  id: 'listProducts', method: 'get', path: '/api/v1/products', tag,
  summary: 'List data products',
  query: z.object(pageFields),
  answers: { 200: { description: 'Products by slug, and how many there are in all.', schema: z.object({ total: z.int(), items: z.array(productSummary) }), example: { total: 1, items: [exampleSummary] } } },
  errors: ['HUB_REQUEST_INVALID'],
})

export const getProduct = operation({
  id: 'getProduct', method: 'get', path: '/api/v1/products/{slug}', tag,
  summary: 'Describe a data product',
  parameters: slug,
  answers: { 200: { description: 'The product with what it exposes.', schema: productView, example: exampleProduct } },
  errors: ['HUB_PRODUCT_NOT_FOUND'],
})

export const removeProduct = operation({
  id: 'removeProduct', method: 'delete', path: '/api/v1/products/{slug}', tag,
  summary: 'Remove a data product',
  parameters: slug,
  answers: { 204: { description: 'It is removed.' } },
  errors: ['HUB_PRODUCT_NOT_FOUND'],
})

export const suggestRelationships = operation({
  id: 'suggestRelationships', method: 'get', path: '/api/v1/products/suggestions', tag,
  summary: 'Propose relationships between services',
  description: 'Compares keys and names of the services\' entity sets; best first.',
  query: z.object({
    service: z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.string().min(1)).min(1).max(20))
      .describe('Slugs of services, one parameter each: `service=sales&service=crm`.'),
  }),
  queryExample: { service: ['sales', 'crm'] },
  answers: {
    200: {
      description: 'Proposals with a reason and a score.',
      schema: z.object({ items: z.array(relationshipSuggestion) }),
      example: {
        items: [{
          from: { service: 'sales', entitySet: 'Orders', columns: [{ name: 'CustomerID', type: 'Edm.String' }] },
          to: { service: 'crm', entitySet: 'Customers', columns: [{ name: 'CustomerID', type: 'Edm.String' }] },
          name: 'Customer', on: [{ from: 'CustomerID', to: 'CustomerID' }], multiplicity: '0..1', inverseMultiplicity: '*',
          reason: 'CustomerID is the key of Customers and has the same name and type.', score: 0.95,
        }],
      },
    },
  },
  errors: ['HUB_SERVICE_NOT_FOUND', 'HUB_REQUEST_INVALID'],
})
