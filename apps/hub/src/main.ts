import { CatalogModule, LocalCatalogModule } from '@tributary/catalog-app'
import { readSettings, runRole, startServer } from '@tributary/nest'
import { ProxyModule } from '@tributary/proxy-app'
import { greeting } from './greeting.js'

/** Catalog and proxy in one process: each meets the other through the same ports as it would over the network. */
const proxy = ProxyModule.withCatalog(LocalCatalogModule)

await runRole(() => startServer(CatalogModule.withPreview(proxy), readSettings()), greeting)
