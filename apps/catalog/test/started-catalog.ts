import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CatalogModule, RemotePreviewModule } from '@tributary/catalog-app'
import { readSettings, startServer, type RunningServer } from '@tributary/nest'

export const internalToken = 'internal-token-0123456789-0123456789'

/** A loopback HTTP server and where it is. */
export interface Loopback {
  readonly server: Server
  readonly origin: string
}

/** Listens on loopback at a free port. */
export async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Loopback> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/** A catalog that runs by itself on a free port, with its proxy at `proxyUrl`, over a store of its own. */
export async function startCatalog(environment: Readonly<Record<string, string>> = {}): Promise<RunningServer & { readonly end: () => Promise<void> }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tributary-catalog-'))
  const settings = readSettings({
    PORT: '0', TRIBUTARY_DATA_DIR: dataDir, TRIBUTARY_LOG_LEVEL: 'silent', TRIBUTARY_SAMPLES: 'off', TRIBUTARY_PROXY_URL: 'http://127.0.0.1:9', TRIBUTARY_INTERNAL_TOKEN: internalToken, TRIBUTARY_SECRET_KEY: 'a secret both services share',
    ...environment,
  })
  const running = await startServer(CatalogModule.withPreview(RemotePreviewModule), settings)
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
