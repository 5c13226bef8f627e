import { Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common'
import { CatalogReader, Observations } from '@tributary/catalog'
import { hubError } from '@tributary/errors'
import { createInternalClient, Log, Readiness, Settings, type InternalClient } from '@tributary/nest'
import { HttpCatalogReader } from './http-catalog-reader.js'
import { HttpObservations } from './http-observations.js'
import { RevisionWatch } from './revision-watch.js'

const clientToken = Symbol('internal client')

/** @throws HUB_START_CONFIG if it is not said where the catalog is */
function catalogClient({ catalogUrl, internalToken }: Settings): InternalClient {
  if (catalogUrl === undefined) throw hubError('HUB_START_CONFIG', { name: 'TRIBUTARY_CATALOG_URL', reason: 'it must be set where the proxy runs by itself' })
  if (internalToken === undefined) throw hubError('HUB_START_CONFIG', { name: 'TRIBUTARY_INTERNAL_TOKEN', reason: 'it must be set where catalog and proxy run as two services' })
  return createInternalClient({ baseUrl: catalogUrl, token: internalToken, name: 'the catalog' })
}

/** The catalog's ports over `/internal/v1`, for a proxy that runs by itself. */
@Module({
  providers: [
    { provide: clientToken, useFactory: catalogClient, inject: [Settings] },
    { provide: RevisionWatch, useFactory: (client: InternalClient, log: Log) => new RevisionWatch(client, log), inject: [clientToken, Log] },
    { provide: CatalogReader, useFactory: (client: InternalClient, watch: RevisionWatch) => new HttpCatalogReader(client, watch), inject: [clientToken, RevisionWatch] },
    { provide: Observations, useFactory: (client: InternalClient) => new HttpObservations(client), inject: [clientToken] },
  ],
  exports: [CatalogReader, Observations],
})
export class RemoteCatalogModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(RevisionWatch) private readonly watch: RevisionWatch, @Inject(Readiness) private readonly readiness: Readiness) {}

  onApplicationBootstrap(): void {
    this.readiness.add('catalog', async () => {
      await this.watch.revision()
    })
    this.watch.follow()
  }

  onApplicationShutdown(): void {
    this.watch.stop()
  }
}
