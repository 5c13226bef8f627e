import type { ProductDefinition, RegistrationRequest, SampleLandscape } from '@tributary/catalog'
import { sampleServices } from './sample-services.js'

const words: Readonly<Record<string, { readonly title: string; readonly description: string; readonly application: string; readonly tags: readonly string[] }>> = {
  sales: { title: 'Sales', description: 'Orders and their lines, the employees who took them and the shippers who carry them.', application: 'ERP', tags: ['northwind', 'orders'] },
  crm: { title: 'CRM', description: 'Customers, and the regions and territories they are sold to in.', application: 'CRM', tags: ['northwind', 'customers'] },
  products: { title: 'Products', description: 'What is sold: products, their categories and suppliers.', application: 'ERP', tags: ['northwind', 'products'] },
}

const registration = (name: string, contract: string): RegistrationRequest => {
  const { title, description, application, tags } = words[name] ?? { title: name, description: '', application: 'Samples', tags: [] }
  return {
    url: `sample:${name}`,
    slug: name,
    name: title,
    version: '1.0.0',
    description,
    tags,
    application: { name: application },
    environment: { name: 'Sample', type: 'Non-Production' },
    contract: { type: 'CSDL', content: contract },
  }
}

/** Orders of one service with the customers and products of two others. */
const northwind360: ProductDefinition = {
  name: 'Northwind 360',
  description: 'Orders with their customers and products: three services that know nothing of each other, joined.',
  entities: [
    { name: 'Orders', service: 'sales', entitySet: 'Orders' },
    { name: 'OrderDetails', service: 'sales', entitySet: 'Order_Details' },
    { name: 'Employees', service: 'sales', entitySet: 'Employees' },
    { name: 'Shippers', service: 'sales', entitySet: 'Shippers' },
    { name: 'Customers', service: 'crm', entitySet: 'Customers' },
    { name: 'Products', service: 'products', entitySet: 'Products' },
    { name: 'Categories', service: 'products', entitySet: 'Categories' },
    { name: 'Suppliers', service: 'products', entitySet: 'Suppliers' },
  ],
  relationships: [
    { from: 'Orders', to: 'Customers', name: 'Customer', inverse: 'Orders', on: [{ from: 'CustomerID', to: 'CustomerID' }], multiplicity: '0..1', inverseMultiplicity: '*' },
    { from: 'OrderDetails', to: 'Products', name: 'Product', inverse: 'OrderDetails', on: [{ from: 'ProductID', to: 'ProductID' }], multiplicity: '1', inverseMultiplicity: '*' },
  ],
}

/** What an empty store is filled with. */
export const sampleLandscape = (): SampleLandscape => ({
  services: sampleServices().map(({ name, contract }) => registration(name, contract)),
  products: [{ slug: 'northwind-360', definition: northwind360 }],
})
