import { z } from 'zod'
import { exampleEntitySet, exampleService } from '../api/examples.js'
import { entitySetParameter, flag, optionalFlag, ordinalParameter, pageFields, rowsField, slugParameter } from '../api/fields.js'
import { operation } from '../api/operation.js'
import { connectionRequest, curation, registrationRequest } from './registration.schema.js'
import { capabilitiesReport, contractChanges, contractSummary, dataRows, entitySetView, registrationAnswer, serviceSummary, serviceView } from './service.schema.js'

const tag = 'Services'
const slug = { slug: slugParameter }
const { entitySets: _entitySets, usedBy: _usedBy, warnings: _warnings, ...exampleSummary } = exampleService
const contract = '<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0"><edmx:DataServices>…</edmx:DataServices></edmx:Edmx>'
const registered = { ...exampleService, outcome: 'created', dryRun: false, breaks: [] }

const registrationQuery = z.object({ dryRun: flag('Stores nothing and answers what would happen.') })

export const registerService = operation({
  id: 'registerService', method: 'post', path: '/api/v1/services', tag,
  summary: 'Register a service',
  description: 'Reads the contract from the service (or takes the one given), stores it, and serves the data at `odataUrl` from then on. The same call twice changes nothing; another content or version updates the service and answers what changed. The service is known by its slug if one is given, else by application, name and environment.',
  query: registrationQuery,
  body: {
    schema: registrationRequest,
    examples: {
      address: { summary: 'By its address', value: { url: 'https://erp.example.com/odata/sales/' } },
      full: {
        summary: 'With everything',
        value: {
          url: 'https://erp.example.com/odata/sales/', contract: { type: 'CSDL', content: contract }, name: 'Sales', version: '1.0.0', slug: 'sales',
          description: 'Orders and their lines.', tags: ['erp'], application: { name: 'ERP' }, environment: { name: 'Production', type: 'Production' },
          owner: { name: 'Order desk', email: 'orders@example.com' },
          connection: { auth: { kind: 'basic', username: 'hub', password: 'the password' }, headers: { 'x-tenant': 'eu' }, timeoutMs: 30_000, writes: 'refused' },
        },
      },
    },
  },
  answers: {
    201: { description: 'The service is registered.', schema: registrationAnswer, example: registered, headers: { Location: 'Where the service is described.' } },
    200: {
      description: 'It was registered already (`outcome` says whether something changed), or this was a dry run.',
      schema: registrationAnswer,
      example: { ...registered, outcome: 'changed', changes: { verdict: 'compatible', list: [{ severity: 'compatible', path: 'Orders/Freight', message: 'The property Freight is new.' }] } },
    },
  },
  errors: ['HUB_REQUEST_INVALID', 'HUB_SOURCE_ADDRESS_REFUSED', 'HUB_SLUG_TAKEN', 'HUB_CONTRACT_SYNTAX', 'HUB_CONTRACT_INVALID', 'HUB_CONTRACT_UNSUPPORTED', 'HUB_SOURCE_UNREACHABLE', 'HUB_SOURCE_DENIED', 'HUB_SOURCE_TIMEOUT'],
})

export const listServices = operation({
  id: 'listServices', method: 'get', path: '/api/v1/services', tag,
  summary: 'List services',
  query: z.object({
    application: z.string().optional().describe('Name of the application.'),
    environment: z.string().optional().describe('Name of the environment.'),
    environmentType: z.string().optional().describe('Type of the environment: `Production`, `Non-Production` …'),
    kind: z.string().optional().describe('Kind of the source: `odata`.'),
    tag: z.string().optional(),
    owner: z.string().optional().describe('Name of the owner.'),
    sample: optionalFlag('Whether it belongs to the sample landscape.'),
    ...pageFields,
  }),
  answers: { 200: { description: 'Services by slug, and how many there are in all.', schema: z.object({ total: z.int(), items: z.array(serviceSummary) }), example: { total: 1, items: [exampleSummary] } } },
  errors: ['HUB_REQUEST_INVALID'],
})

export const getService = operation({
  id: 'getService', method: 'get', path: '/api/v1/services/{slug}', tag,
  summary: 'Describe a service',
  parameters: slug,
  answers: { 200: { description: 'The service with its entity sets.', schema: serviceView, example: exampleService, headers: { ETag: 'Its state, for the If-Match of a change.' } } },
  errors: ['HUB_SERVICE_NOT_FOUND'],
})

export const curateService = operation({
  id: 'curateService', method: 'patch', path: '/api/v1/services/{slug}', tag,
  summary: 'Change what people say of a service',
  description: 'Changes description, tags and owner: null takes away, what is left out stays. `If-Match` must hold the ETag of the state that is changed (or `*`), so that nobody overwrites what he has not seen.',
  parameters: slug,
  body: {
    schema: curation,
    examples: {
      words: { summary: 'Description and tags', value: { description: 'Orders of all shops.', tags: ['erp', 'orders'] } },
      owner: { summary: 'An owner, and no description', value: { owner: { name: 'Order desk', email: 'orders@example.com' }, description: null } },
    },
  },
  answers: { 200: { description: 'The service as it is now.', schema: serviceView, example: exampleService, headers: { ETag: 'Its new state.' } } },
  errors: ['HUB_SERVICE_NOT_FOUND', 'HUB_REQUEST_INVALID', 'HUB_PRECONDITION_REQUIRED', 'HUB_PRECONDITION_FAILED'],
})

export const removeService = operation({
  id: 'removeService', method: 'delete', path: '/api/v1/services/{slug}', tag,
  summary: 'Remove a service',
  description: 'Frees the slug at once.',
  parameters: slug,
  query: z.object({ force: flag('Removes it although data products use it, and marks those broken.') }),
  answers: { 204: { description: 'It is removed.' } },
  errors: ['HUB_SERVICE_NOT_FOUND', 'HUB_SERVICE_IN_USE'],
})

export const changeConnection = operation({
  id: 'changeConnection', method: 'put', path: '/api/v1/services/{slug}/connection', tag,
  summary: 'Change how a service is reached',
  description: 'Replaces credentials, headers, time limit and which changes are sent, as a whole. They are stored encrypted and never returned.',
  parameters: slug,
  body: {
    schema: connectionRequest,
    examples: {
      basic: { summary: 'Name and password', value: { auth: { kind: 'basic', username: 'hub', password: 'the password' } } },
      bearer: { summary: 'A token', value: { auth: { kind: 'bearer', token: 'the token' }, timeoutMs: 10_000 } },
      apiKey: { summary: 'An API key in a header', value: { auth: { kind: 'apiKey', name: 'x-api-key', value: 'the key', in: 'header' } } },
      none: { summary: 'No credentials', value: { auth: { kind: 'none' } } },
      writes: { summary: 'Changes allowed, though the contract declares none', value: { auth: { kind: 'none' }, writes: 'allowed' } },
    },
  },
  answers: { 200: { description: 'The service, without its connection.', schema: serviceView, example: exampleService } },
  errors: ['HUB_SERVICE_NOT_FOUND', 'HUB_REQUEST_INVALID'],
})

export const refreshService = operation({
  id: 'refreshService', method: 'post', path: '/api/v1/services/{slug}/refresh', tag,
  summary: 'Read the contract again',
  description: 'Fetches the contract from the service. What was learnt of the service is forgotten as well; `changes` says what differs in the contract.',
  parameters: slug,
  query: registrationQuery,
  answers: { 200: { description: 'The service, and what changed.', schema: registrationAnswer, example: { ...registered, outcome: 'changed' } } },
  errors: ['HUB_SERVICE_NOT_FOUND', 'HUB_CONTRACT_SYNTAX', 'HUB_CONTRACT_INVALID', 'HUB_SOURCE_UNREACHABLE', 'HUB_SOURCE_DENIED', 'HUB_SOURCE_TIMEOUT'],
})

export const getContract = operation({
  id: 'getContract', method: 'get', path: '/api/v1/services/{slug}/contract', tag,
  summary: 'The contract as registered',
  parameters: slug,
  answers: { 200: { description: 'The contract, in the content type it came with.', contentType: 'application/xml', schema: z.string(), example: contract } },
  errors: ['HUB_SERVICE_NOT_FOUND'],
})

export const listVersions = operation({
  id: 'listVersions', method: 'get', path: '/api/v1/services/{slug}/versions', tag,
  summary: 'The history of the contract',
  parameters: slug,
  answers: {
    200: {
      description: 'Revisions of the contract, newest first.',
      schema: z.object({ items: z.array(contractSummary) }),
      example: {
        items: [{
          uuid: '9f0c1c5e-2a55-4c6e-8f0f-77f1b9c2f0aa', ordinal: 1, version: '1.0.0', type: 'CSDL', specificationVersion: '4.0', contentType: 'application/xml',
          hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', publishedAt: '2026-11-22T08:00:00.000Z',
        }],
      },
    },
  },
  errors: ['HUB_SERVICE_NOT_FOUND'],
})

export const compareVersions = operation({
  id: 'compareVersions', method: 'get', path: '/api/v1/services/{slug}/versions/{from}/diff/{to}', tag,
  summary: 'Compare two revisions of the contract',
  parameters: { ...slug, from: ordinalParameter('older', 1), to: ordinalParameter('newer', 2) },
  answers: {
    200: {
      description: 'What changed, and whether it breaks consumers.',
      schema: contractChanges,
      example: { verdict: 'breaking', list: [{ severity: 'breaking', path: 'Orders/Freight', message: 'The property Freight is gone.' }] },
    },
  },
  errors: ['HUB_SERVICE_NOT_FOUND', 'HUB_RESOURCE_NOT_FOUND', 'HUB_REQUEST_INVALID'],
})

export const getCapabilities = operation({
  id: 'getCapabilities', method: 'get', path: '/api/v1/services/{slug}/capabilities', tag,
  summary: 'What the source can do, and how that is known',
  description: 'What the contract declares, what probes found out, and what answers taught since, for each entity set. Refreshing the service forgets what was probed and learnt.',
  parameters: slug,
  answers: {
    200: {
      description: 'Features by entity set.',
      schema: capabilitiesReport,
      example: {
        paths: [{ feature: 'batch', state: 'exact', origin: 'probed', why: 'two reads in a batch were answered, each with its row', since: '2026-11-22T08:00:00.000Z', expires: '2026-11-23T08:00:00.000Z' }],
        entitySets: [{
          name: 'Orders',
          features: [
            { feature: 'filter:eq:Edm.Int32', state: 'exact', origin: 'probed', why: 'the answer equals ours', since: '2026-11-22T08:00:00.000Z', expires: '2026-11-23T08:00:00.000Z' },
            { feature: 'filter:in:Edm.String', state: 'unsupported', origin: 'learnt', why: '501 to a request with filter:in:Edm.String: in is not implemented', since: '2026-11-22T08:03:00.000Z', expires: '2026-11-22T08:13:00.000Z' },
            { feature: 'top', state: 'inexact', origin: 'declared', why: 'the contract declares it; a probe has not proven it', since: '2026-11-22T08:00:00.000Z' },
          ],
        }],
      },
    },
  },
  errors: ['HUB_SERVICE_NOT_FOUND'],
})

export const getEntitySet = operation({
  id: 'getEntitySet', method: 'get', path: '/api/v1/services/{slug}/entity-sets/{set}', tag,
  summary: 'Describe an entity set',
  parameters: { ...slug, set: entitySetParameter },
  answers: { 200: { description: 'The entity set with its attributes and navigation.', schema: entitySetView, example: exampleEntitySet } },
  errors: ['HUB_SERVICE_NOT_FOUND', 'HUB_RESOURCE_NOT_FOUND'],
})

export const previewEntitySet = operation({
  id: 'previewEntitySet', method: 'get', path: '/api/v1/services/{slug}/entity-sets/{set}/preview', tag,
  summary: 'A few rows of an entity set',
  parameters: { ...slug, set: entitySetParameter },
  query: z.object({ rows: rowsField }),
  answers: {
    200: {
      description: 'Rows as the service holds them now.',
      schema: dataRows,
      example: { columns: [{ name: 'OrderID', type: 'Edm.Int32' }, { name: 'Freight', type: 'Edm.Decimal' }], rows: [{ OrderID: 10_248, Freight: '32.3800' }] },
    },
  },
  errors: ['HUB_SERVICE_NOT_FOUND', 'HUB_RESOURCE_NOT_FOUND', 'HUB_SOURCE_UNREACHABLE', 'HUB_SOURCE_DENIED', 'HUB_SOURCE_TIMEOUT'],
})
