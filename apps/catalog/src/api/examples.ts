import type { EntitySetView, ProductView, ServiceView } from '@tributary/catalog'

/** Values that several operations show. They are validated against the schemas in a test, like every example. */
export const exampleEntitySet: EntitySetView = {
  name: 'Orders',
  entityType: 'Northwind.Order',
  label: 'Orders',
  keys: ['OrderID'],
  attributes: [
    { name: 'OrderID', type: 'Edm.Int32', typeKind: 'primitive', key: true, nullable: false },
    { name: 'CustomerID', type: 'Edm.String', typeKind: 'primitive', key: false, nullable: true, maxLength: 5 },
    { name: 'Freight', type: 'Edm.Decimal', typeKind: 'primitive', key: false, nullable: true, precision: 19, scale: 4 },
  ],
  navigation: [{
    name: 'Order_Details', target: 'Order_Details', targetType: 'Northwind.Order_Detail', collection: true, nullable: true, multiplicity: '*',
    partner: 'Order', on: [{ from: 'OrderID', to: 'OrderID' }],
  }],
  capabilities: { filterable: true, sortable: true },
}

export const exampleService: ServiceView = {
  uuid: '5b0f6e9e-6f0c-4a4e-9d4c-3d0f0a5f8a11',
  slug: 'sales',
  name: 'Sales',
  version: '1.0.0',
  description: 'Orders and their lines.',
  tags: ['erp'],
  owner: { name: 'Order desk', email: 'orders@example.com' },
  application: { uuid: 'c1d7f4f2-7e0d-4a2b-8a77-1a3a0c6f2b10', name: 'ERP' },
  environment: { uuid: 'e8a1c6be-4b5a-4f1e-b5d2-0f7f7f0c9d42', name: 'Production', type: 'Production' },
  url: 'https://erp.example.com/odata/sales/',
  odataUrl: 'http://127.0.0.1:3000/odata/sales/',
  graphqlUrl: 'http://127.0.0.1:3000/graphql/sales',
  kind: 'odata',
  contractType: 'CSDL',
  specificationVersion: '4.0',
  sample: false,
  registeredAt: '2026-11-22T08:00:00.000Z',
  changedAt: '2026-11-22T08:00:00.000Z',
  revision: 7,
  entitySets: [exampleEntitySet],
  usedBy: ['northwind-360'],
  warnings: [],
}

export const exampleDefinition: ProductView['definition'] = {
  name: 'Northwind 360',
  description: 'Orders with their customers.',
  entities: [
    { name: 'Orders', service: 'sales', entitySet: 'Orders', select: ['OrderID', 'CustomerID', 'OrderDate', 'Freight'], rename: { OrderID: 'Number' } },
    { name: 'Customers', service: 'crm', entitySet: 'Customers' },
  ],
  relationships: [{
    from: 'Orders', to: 'Customers', name: 'Customer', inverse: 'Orders', on: [{ from: 'CustomerID', to: 'CustomerID' }],
    multiplicity: '0..1', inverseMultiplicity: '*',
  }],
}

export const exampleProduct: ProductView = {
  uuid: '0a3b8f0e-0d4c-4f0a-9a0e-5a2b7f1c3d55',
  slug: 'northwind-360',
  name: 'Northwind 360',
  description: 'Orders with their customers.',
  odataUrl: 'http://127.0.0.1:3000/odata/northwind-360/',
  graphqlUrl: 'http://127.0.0.1:3000/graphql/northwind-360',
  definition: exampleDefinition,
  entitySets: [exampleEntitySet],
  services: ['sales', 'crm'],
  broken: [],
  sample: false,
  createdAt: '2026-11-22T08:05:00.000Z',
  changedAt: '2026-11-22T08:05:00.000Z',
  revision: 9,
}
