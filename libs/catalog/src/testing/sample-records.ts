import type { SealedConnection } from '../exposure.js'
import type { Contract, Environment, Product, ServiceEndpoint } from '../records.js'
import type { SearchDocument } from '../search/document.js'
import type { CatalogWrites } from '../store.js'

/** Records as a store is given them, for its tests. Uuids are derived from a number, so that failures read well. */

const uuid = (kind: number, number: number): string => `00000000-0000-4000-800${kind}-${String(number).padStart(12, '0')}`
const moment = '2026-01-02T03:04:05.678Z'

export const anEnvironment = (number = 1, application = 1): Environment => ({
  uuid: uuid(2, application * 100 + number),
  application: { uuid: uuid(1, application), name: `Application ${application}` },
  name: `Environment ${number}`,
  type: number === 1 ? 'Production' : 'Non-Production',
})

export const aContract = (number: number, ordinal = 1): Contract => ({
  uuid: uuid(3, number * 100 + ordinal),
  ordinal,
  version: `1.0.${ordinal}`,
  type: 'CSDL',
  specificationVersion: '4.0',
  contentType: 'application/xml',
  hash: `hash of ${number}.${ordinal}`,
  publishedAt: moment,
  content: `<edmx:Edmx number="${number}" ordinal="${ordinal}">ü — "quoted" 'text'</edmx:Edmx>`,
})

export function aService(number: number, changes: Partial<ServiceEndpoint> = {}): ServiceEndpoint {
  const { content: _content, ...contract } = aContract(number)
  return {
    uuid: uuid(4, number),
    slug: `service-${number}`,
    name: `Service ${number}`,
    description: `The service number ${number}`,
    tags: ['erp', `tag${number}`],
    owner: { name: `Team ${number}`, email: `team${number}@example.com` },
    environment: anEnvironment(),
    kind: 'odata',
    url: `https://example.com/odata/${number}/`,
    connection: `sealed ${number}` as SealedConnection,
    connectionVersion: 1,
    contract,
    sample: false,
    registeredAt: moment,
    changedAt: moment,
    revision: 1,
    ...changes,
  }
}

export const aProduct = (number: number, services: readonly string[], changes: Partial<Product> = {}): Product => ({
  uuid: uuid(5, number),
  slug: `product-${number}`,
  definition: {
    name: `Product ${number}`,
    entities: services.map((service, index) => ({ name: `Entity${index}`, service, entitySet: 'Orders', select: ['ID'], rename: { ID: 'Number' } })),
    relationships: [],
  },
  broken: [],
  sample: false,
  createdAt: moment,
  changedAt: moment,
  revision: 1,
  ...changes,
})

export const aDocument = (kind: SearchDocument['kind'], name: string, changes: Partial<SearchDocument> = {}): SearchDocument => ({
  id: `${kind}:sales/${name}`,
  kind,
  slug: 'sales',
  name,
  title: name,
  description: '',
  tags: [],
  service: 'Sales',
  url: `/services/sales/${name}`,
  environment: 'Production',
  type: 'CSDL',
  owner: '',
  capabilities: [],
  validated: false,
  ...changes,
})

/** Saves a service with what it stands on. */
export async function addService(catalog: CatalogWrites, service: ServiceEndpoint, contract: Contract): Promise<void> {
  await catalog.saveApplication(service.environment.application)
  await catalog.saveEnvironment(service.environment)
  await catalog.addContract(service.uuid, contract)
  await catalog.saveService(service)
}
