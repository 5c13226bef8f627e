/** The adapter for OData v4 services. */
export { ODataSource } from './odata-source.js'
export type { AddressGuard } from './address-guard.js'
