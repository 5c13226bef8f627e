/** The catalog's HTTP face, for the hub and for its own process. */
export { CatalogModule } from './catalog.module.js'
export { LocalCatalogModule } from './store/local-catalog.module.js'
export { RemotePreviewModule } from './remote-preview/remote-preview.module.js'
