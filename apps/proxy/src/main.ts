import { readSettings, runRole, startServer, version } from '@tributary/nest'
import { ProxyModule } from './proxy.module.js'
import { RemoteCatalogModule } from './remote-catalog/remote-catalog.module.js'

/** The proxy of a split deployment. */
await runRole(
  () => startServer(ProxyModule.withCatalog(RemoteCatalogModule), readSettings()),
  async ({ origin }) => `Tributary ${version} proxy runs on Node ${process.versions.node}\n  OData         ${origin}/odata/`,
)
