/** The HTTP face of the data: everything a composition root needs to serve it. */
export { ProxyModule } from './proxy.module.js'
export { RemoteCatalogModule } from './remote-catalog/remote-catalog.module.js'
export { SampleServices } from './samples/sample-services.js'
