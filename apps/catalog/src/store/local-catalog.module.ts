import { Module, type OnModuleInit } from '@nestjs/common'
import { CatalogReader, CatalogStore, ContractReader, Observations, StoreCatalogReader, StoreObservations } from '@tributary/catalog'
import { openPostgresStore, openSqliteStore } from '@tributary/catalog-store'
import { guardConnections, LastSteps, Readiness, Settings } from '@tributary/nest'
import { contractReader } from '@tributary/sources'

/** The store the settings name, brought up to date. @throws HUB_START_STORE_NEWER, HUB_START_DATA_DIR */
const openStore = (settings: Settings): Promise<CatalogStore> =>
  (settings.databaseUrl === undefined ? openSqliteStore({ dataDir: settings.dataDir }) : openPostgresStore({ url: settings.databaseUrl }))

/** The catalog itself, in this process: its store, and the ports through which a proxy in the same process reads it. */
@Module({
  providers: [
    { provide: CatalogStore, useFactory: openStore, inject: [Settings] },
    { provide: ContractReader, useFactory: (settings: Settings) => contractReader(guardConnections(settings)), inject: [Settings] },
    { provide: CatalogReader, useFactory: (store: CatalogStore, contracts: ContractReader) => new StoreCatalogReader({ store, contracts }), inject: [CatalogStore, ContractReader] },
    { provide: Observations, useFactory: (store: CatalogStore) => new StoreObservations({ store, now: () => new Date() }), inject: [CatalogStore] },
  ],
  exports: [CatalogStore, ContractReader, CatalogReader, Observations],
})
export class LocalCatalogModule implements OnModuleInit {
  constructor(private readonly store: CatalogStore, private readonly readiness: Readiness, private readonly lastSteps: LastSteps) {}

  onModuleInit(): void {
    this.readiness.add('store', async () => void (await this.store.revision()))
    this.lastSteps.add(() => this.store.close())
  }
}
