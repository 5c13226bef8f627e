import type { DynamicModule } from '@nestjs/common'
import { CatalogModule, LocalCatalogModule } from '@tributary/catalog-app'
import { ProxyModule } from '@tributary/proxy-app'

/** Catalog and proxy in one process: each meets the other through the same ports as it would over the network. */
export const hubModule = (): DynamicModule => CatalogModule.withPreview(ProxyModule.withCatalog(LocalCatalogModule))
