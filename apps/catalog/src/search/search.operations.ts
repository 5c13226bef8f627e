import { searchFields, type SearchAnswer } from '@tributary/catalog'
import { z } from 'zod'
import { limitField, optionalFlag, pageFields } from '../api/fields.js'
import { operation } from '../api/operation.js'

const kind = z.enum(['service', 'product', 'entity', 'attribute', 'operation'])
const facet = z.array(z.object({ value: z.string(), count: z.int() }))

const hit = z.object({
  kind,
  slug: z.string().describe('Of the service or product it belongs to.'),
  name: z.string(),
  title: z.string(),
  description: z.string(),
  url: z.string().describe('Where the web page shows it, path-absolute.'),
  score: z.number().describe('Higher is better; comparable within one answer only.'),
  matched: z.array(z.object({
    field: z.enum(searchFields),
    text: z.string(),
    highlights: z.array(z.tuple([z.int(), z.int()])).describe('UTF-16 offsets [start, end) of what matched.'),
  })),
  service: z.string(),
  environment: z.string(),
  badges: z.array(z.string()),
}).meta({ id: 'SearchHit' })

const searchAnswer = z.object({
  total: z.int(),
  facets: z.object({ kind: facet, environment: facet, type: facet, tag: facet }),
  hits: z.array(hit),
  didYouMean: z.array(z.string()),
}).meta({ id: 'SearchAnswer', description: 'What was found, best first.' }) satisfies z.ZodType<SearchAnswer>

export const searchCatalog = operation({
  id: 'search', method: 'get', path: '/api/v1/search', tag: 'Search',
  summary: 'Search everything that is published',
  description: 'Finds services, data products, entity sets and attributes by names, titles, tags and descriptions. Technical names are split (`OrderDetails` is found by `order` and `details`), and the last word may be the beginning of one. Without a text everything matches.',
  query: z.object({
    q: z.string().default('').describe('What is looked for.'),
    kind: kind.optional(),
    environment: z.string().optional().describe('Type of the environment.'),
    type: z.string().optional().describe('Type of the contract: `CSDL`, `Product`.'),
    tag: z.string().optional(),
    owner: z.string().optional(),
    capability: z.string().optional().describe('A capability the contract declares: `filterable`.'),
    validated: optionalFlag('Whether a curator validated it.'),
    limit: limitField(100, 20),
    offset: pageFields.offset,
  }),
  queryExample: { q: 'order freight', kind: 'attribute' },
  answers: {
    200: {
      description: 'Hits, and how many there are by kind, environment, type and tag.',
      schema: searchAnswer,
      example: {
        total: 1,
        facets: { kind: [{ value: 'attribute', count: 1 }], environment: [{ value: 'Production', count: 1 }], type: [{ value: 'CSDL', count: 1 }], tag: [{ value: 'erp', count: 1 }] },
        hits: [{
          kind: 'attribute', slug: 'sales', name: 'Freight', title: 'Freight', description: '', url: '/services/sales/Orders', score: 21.5,
          matched: [{ field: 'name', text: 'Freight', highlights: [[0, 7]] }], service: 'Sales', environment: 'Production', badges: ['CSDL'],
        }],
        didYouMean: [],
      },
    },
  },
  errors: ['HUB_REQUEST_INVALID'],
})
