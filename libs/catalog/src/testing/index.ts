/** The contracts with what stands behind the catalog's ports, as tests every implementation runs; and a store in memory. */
export { describeCatalogStore } from './describe-catalog-store.js'
export { describeCatalogReader, type ReaderUnderTest } from './describe-catalog-reader.js'
export { describeObservations, type ObservationsUnderTest } from './describe-observations.js'
export { MemoryCatalogStore } from './memory-catalog-store.js'
