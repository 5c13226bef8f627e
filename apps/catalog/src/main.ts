import { readSettings, runRole, startServer, version } from '@tributary/nest'
import { CatalogModule } from './catalog.module.js'
import { RemotePreviewModule } from './remote-preview/remote-preview.module.js'

/** The catalog of a split deployment. */
await runRole(
  () => startServer(CatalogModule.withPreview(RemotePreviewModule), readSettings()),
  async ({ origin }) => `Tributary ${version} catalog runs on Node ${process.versions.node}\n  UI            ${origin}/\n  API reference ${origin}/api/docs`,
)
