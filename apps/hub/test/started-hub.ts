import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSettings, startServer, type RunningServer } from '@tributary/nest'
import { hubModule } from '../src/hub.module.js'

export { routesOf } from '../../catalog/test/started-catalog.js'

export const adminToken = 'correct-horse-battery-staple-0123456789'

/** A hub on a free port over a store of its own, and how it ends. */
export type StartedHub = RunningServer & { readonly end: () => Promise<void> }

export async function startHub(environment: Readonly<Record<string, string>> = {}): Promise<StartedHub> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tributary-hub-'))
  const running = await startServer(hubModule(), readSettings({ PORT: '0', TRIBUTARY_DATA_DIR: dataDir, TRIBUTARY_LOG_LEVEL: 'silent', ...environment }))
  const end = async () => {
    await running.stop(0)
    rmSync(dataDir, { recursive: true, force: true })
  }
  return { ...running, end }
}
