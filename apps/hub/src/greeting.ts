import { CatalogReader } from '@tributary/catalog'
import { Settings, version, type RunningServer } from '@tributary/nest'

/** What the process says once it runs: where its pages, its API reference and a first data endpoint are. */
export async function greeting({ app, origin }: RunningServer): Promise<string> {
  const { mode } = app.get(Settings, { strict: false })
  const exposures = await app.get(CatalogReader, { strict: false }).exposures()
  const sample = exposures.find(({ slug }) => slug === 'northwind-360')
  const who = mode === 'local' ? ' (local mode: every caller on this machine is the administrator)' : ''
  return [
    `Tributary ${version} runs on Node ${process.versions.node}${who}`,
    `  UI            ${origin}/`,
    `  API reference ${origin}/api/docs`,
    sample === undefined ? `  OData         ${origin}/odata/` : `  sample OData  ${origin}/odata/${sample.slug}/`,
  ].join('\n')
}
