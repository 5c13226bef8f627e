import { z } from 'zod'
import { operation } from '../api/operation.js'

export const removeSamples = operation({
  id: 'removeSamples', method: 'delete', path: '/api/v1/samples', tag: 'Samples',
  summary: 'Remove the sample landscape',
  description: 'Removes every service and data product marked as a sample. They do not come back by themselves.',
  answers: {
    200: {
      description: 'What was removed, by slug.',
      schema: z.object({ removed: z.array(z.string()) }),
      example: { removed: ['northwind-360', 'crm', 'products', 'sales'] },
    },
  },
  errors: [],
})
