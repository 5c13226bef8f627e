/** The contracts with what stands behind the catalog's ports, as tests every implementation runs; and a store in memory. */
export { describeCatalogStore } from './describe-catalog-store.js'
export { MemoryCatalogStore } from './memory-catalog-store.js'
