/** What is published: services, data products, search; and the ports through which the rest of the house meets it. */
export type * from './exposure.js'
export { CatalogReader, ContractReader, DataPreview, Observations, RegistrationProbe } from './ports.js'
export type * from './ports.js'
