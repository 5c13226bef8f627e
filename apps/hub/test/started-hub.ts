import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSettings, startServer, type RunningServer } from '@tributary/nest'
import { hubModule } from '../src/hub.module.js'

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

/** The routes of Nest's and Fastify's, as `GET /api/v1/services/:slug`. */
export function routesOf({ app }: RunningServer): readonly string[] {
  const lines = app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false, includeHooks: false }).split('\n')
  const above: { readonly indent: number; readonly path: string }[] = []
  return lines.flatMap((line) => {
    const found = /^([│├└─\s]*)(\S.*?)(?: \(([A-Z, ]+)\))?$/.exec(line)
    if (found === null) return []
    const [, indent = '', segment = '', methods = ''] = found
    while ((above.at(-1)?.indent ?? -1) >= indent.length) above.pop()
    const path = `${above.at(-1)?.path ?? ''}${segment}`
    above.push({ indent: indent.length, path })
    return methods.split(', ').filter((method) => method !== '').map((method) => `${method} ${path}`)
  })
}
