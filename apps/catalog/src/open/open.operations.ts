import { z } from 'zod'
import { slugParameter } from '../api/fields.js'
import { operation } from '../api/operation.js'
import { excelFile } from './excel.js'
import type { Feed } from './feed.js'
import { powerBiFile } from './power-bi.js'
import { snippetsOf } from './snippets.js'

const tag = 'Services'
const parameters = { slug: slugParameter }
const errors = ['HUB_SERVICE_NOT_FOUND'] as const
const example: Feed = { slug: 'sales', name: 'Sales', url: 'https://hub.example.com/odata/sales/', entitySets: ['Orders'] }
const either = 'The slug may also be that of a data product.'

export const openInPowerBi = operation({
  id: 'openInPowerBi', method: 'get', path: '/api/v1/services/{slug}/open/power-bi.pbids', tag, parameters, errors,
  summary: 'Open in Power BI',
  description: `A file that Power BI Desktop opens with the tables to choose from. It holds no credential. ${either}`,
  answers: { 200: { description: 'The file.', schema: z.string().or(z.object({ version: z.string(), connections: z.array(z.unknown()) })), example: JSON.parse(powerBiFile(example)) as unknown } },
})

export const openInExcel = operation({
  id: 'openInExcel', method: 'get', path: '/api/v1/services/{slug}/open/excel.odc', tag, parameters, errors,
  summary: 'Open in Excel',
  description: `A data connection that Excel opens as a query over the first entity set. ${either}`,
  answers: { 200: { description: 'The file.', contentType: 'text/x-ms-odc', schema: z.string(), example: excelFile(example) } },
})

export const getSnippets = operation({
  id: 'getSnippets', method: 'get', path: '/api/v1/services/{slug}/open/snippets', tag, parameters, errors,
  summary: 'How programs read the data',
  description: `A first query in several languages. ${either}`,
  answers: {
    200: {
      description: 'One snippet for each language.',
      schema: z.object({ items: z.array(z.object({ language: z.enum(['curl', 'typescript', 'python', 'csharp', 'powerquery']), title: z.string(), text: z.string() })) }),
      example: { items: snippetsOf(example) },
    },
  },
})
