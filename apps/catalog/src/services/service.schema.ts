import type { CapabilitiesReport, CapabilitiesView, ContractChanges, ContractSummary, EntitySetView, ServiceSummary, ServiceView } from '@tributary/catalog'
import { z } from 'zod'

const on = z.array(z.object({ from: z.string(), to: z.string() })).describe('Pairs of properties that are equal on both ends.')

const attribute = z.object({
  name: z.string(),
  type: z.string().describe('`Edm.String`, `Collection(Edm.Int32)`, `Northwind.Address`'),
  typeKind: z.enum(['primitive', 'complex', 'enum']),
  key: z.boolean(),
  nullable: z.boolean(),
  maxLength: z.union([z.int(), z.literal('max')]).exactOptional(),
  precision: z.int().exactOptional(),
  scale: z.union([z.int(), z.literal('variable'), z.literal('floating')]).exactOptional(),
  label: z.string().exactOptional(),
  description: z.string().exactOptional(),
  members: z.array(z.string()).exactOptional().describe('Member names of an enumeration.'),
}).meta({ id: 'Attribute' })

const navigation = z.object({
  name: z.string(),
  target: z.string().exactOptional().describe('The entity set it leads to.'),
  targetType: z.string(),
  collection: z.boolean(),
  nullable: z.boolean(),
  multiplicity: z.enum(['1', '0..1', '*']).describe('Of the target\'s end.'),
  partner: z.string().exactOptional(),
  on,
}).meta({ id: 'Navigation' })

const capabilityNames = ['insertable', 'updatable', 'deletable', 'countable', 'topSupported', 'skipSupported', 'filterable', 'sortable', 'expandable', 'searchable'] as const

const capabilities = z.partialRecord(z.enum(capabilityNames), z.boolean())
  .describe('What the contract declares; what is not there is not known.') satisfies z.ZodType<CapabilitiesView>

/** An entity set with its attributes and navigation. */
export const entitySetView = z.object({
  name: z.string(),
  entityType: z.string(),
  label: z.string().exactOptional(),
  description: z.string().exactOptional(),
  keys: z.array(z.string()).describe('Names of the key properties; none: no key.'),
  attributes: z.array(attribute),
  navigation: z.array(navigation),
  capabilities,
}).meta({ id: 'EntitySet', description: 'An entity set with its attributes and navigation.' }) satisfies z.ZodType<EntitySetView>

const summaryFields = {
  uuid: z.string(),
  slug: z.string(),
  name: z.string(),
  version: z.string(),
  description: z.string().exactOptional(),
  tags: z.array(z.string()),
  owner: z.object({ name: z.string(), email: z.string().exactOptional() }).exactOptional(),
  application: z.object({ uuid: z.string(), name: z.string() }),
  environment: z.object({ uuid: z.string(), name: z.string(), type: z.string() }),
  url: z.string(),
  odataUrl: z.string().describe('Where the data is, for clients of OData.'),
  graphqlUrl: z.string().describe('Where the data is, for clients of GraphQL.'),
  kind: z.string().describe('Kind of the source: `odata`.'),
  contractType: z.string(),
  specificationVersion: z.string(),
  sample: z.boolean(),
  registeredAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
  revision: z.int().describe('The catalog\'s revision at the last change.'),
}

/** A service in a listing. */
export const serviceSummary = z.object(summaryFields).meta({ id: 'ServiceSummary', description: 'A service in a listing.' }) satisfies z.ZodType<ServiceSummary>

const detailFields = {
  entitySets: z.array(entitySetView),
  usedBy: z.array(z.string()).describe('Slugs of the data products that use it.'),
  warnings: z.array(z.object({ message: z.string(), line: z.int().exactOptional(), column: z.int().exactOptional() })).describe('What of the contract was skipped or repaired.'),
}

/** A service with everything in it. */
export const serviceView = z.object({ ...summaryFields, ...detailFields }).meta({ id: 'Service', description: 'A registered service.' }) satisfies z.ZodType<ServiceView>

/** The compatibility verdict. */
export const contractChanges = z.object({
  verdict: z.enum(['identical', 'compatible', 'breaking']),
  list: z.array(z.object({ severity: z.enum(['breaking', 'compatible']), path: z.string(), message: z.string() })),
}).meta({ id: 'ContractChanges', description: 'What differs between two contracts.' }) satisfies z.ZodType<ContractChanges>

/** What a registration answers: the service, and what happened or would happen to it. */
export const registrationAnswer = z.object({
  ...summaryFields,
  ...detailFields,
  outcome: z.enum(['created', 'changed', 'unchanged']),
  dryRun: z.boolean(),
  changes: contractChanges.exactOptional(),
  breaks: z.array(z.object({ slug: z.string(), name: z.string(), reasons: z.array(z.string()) })).describe('Data products that cannot be served any more after this.'),
}).meta({ id: 'RegistrationAnswer', description: 'The service, and what happened or would happen to it.' })

/** A revision of a contract, without its content. */
export const contractSummary = z.object({
  uuid: z.string(),
  ordinal: z.int().describe('1 for the first; the newest is what is served.'),
  version: z.string(),
  type: z.string(),
  specificationVersion: z.string(),
  contentType: z.string(),
  hash: z.string().describe('SHA-256 of the content, hexadecimal.'),
  publishedAt: z.iso.datetime(),
}).meta({ id: 'ContractSummary', description: 'One revision of a service\'s contract.' }) satisfies z.ZodType<ContractSummary>

/** A few rows. */
export const dataRows = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.array(z.record(z.string(), z.unknown())).describe('64-bit integers and decimals are strings, so that no digit is lost.'),
}).meta({ id: 'DataRows', description: 'A few rows of an entity set.' })

const capability = z.object({
  feature: z.string().describe('From general to special: `filter`, `filter:eq:Edm.String`, `orderby:Edm.Date`, `top`, `batch`, `query-segment`, `expand:Customer`, `expand:Customer:top` … `filter(Name)`, `orderby(Name)`, `read:unfiltered` are what a contract forbids of single properties and of whole sets. `url-length` and `keys` are limits that were learnt, with their numbers in `why`.'),
  state: z.enum(['exact', 'inexact', 'unsupported']).describe('`exact`: given to the source and believed. `inexact`: given to it where that can only bring more rows, and checked by the hub. `unsupported`: done by the hub.'),
  origin: z.enum(['declared', 'probed', 'learnt', 'presumed']),
  why: z.string(),
  since: z.iso.datetime(),
  expires: z.iso.datetime().exactOptional().describe('After this moment it is forgotten, and found out anew.'),
}).meta({ id: 'Capability', description: 'One thing a source can or cannot do, and how it is known.' })

/** What is known of a source. */
export const capabilitiesReport = z.object({
  entitySets: z.array(z.object({ name: z.string(), features: z.array(capability) })),
  paths: z.array(capability).describe('Of rows that are reached by a path only, and belong to no entity set: singletons, contained collections, links of rows.'),
}).meta({ id: 'Capabilities', description: 'What was declared, probed and learnt of a source, by entity set.' }) satisfies z.ZodType<CapabilitiesReport>
