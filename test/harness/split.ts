import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { client, startRole, type Deployment } from './hub.js'
import { startPostgres } from './postgres.js'
import { repository, run, scratch, until } from './running.js'

/** Where Debian's nginx stands. */
export const nginx = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/usr/bin/nginx'].find((file) => existsSync(file))

const token = 'an-administrator-of-tests-with-32-characters'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** The gateway's own configuration, its names replaced by loopback addresses. */
function gatewayConfiguration(folder: string, ports: { readonly gateway: number; readonly catalog: string; readonly proxy: string }): string {
  const configuration = readFileSync(join(repository, 'docker', 'gateway', 'nginx.conf'), 'utf8')
    .replace('server catalog:3000;', `server ${ports.catalog};`)
    .replace('server proxy:3000;', `server ${ports.proxy};`)
    .replace('listen 3000;', `listen 127.0.0.1:${ports.gateway};`)
    .replace('http {', ['http {', ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `  ${name}_temp_path ${join(folder, name)};`), '  access_log off;'].join('\n'))
  const file = join(folder, 'nginx.conf')
  writeFileSync(file, `daemon off;\nmaster_process off;\npid ${join(folder, 'nginx.pid')};\nerror_log stderr warn;\n${configuration}`)
  return file
}

/** Catalog, proxy, PostgreSQL and the gateway of `compose.split.yaml`, as processes of this machine. */
export async function startSplit(): Promise<Deployment> {
  if (nginx === undefined) throw new Error('nginx is not installed')
  const folder = scratch('gateway')
  const begun: { stop(): Promise<unknown> }[] = []
  const stop = async () => {
    for (const part of begun.toReversed()) await part.stop()
    folder.remove()
  }
  try {
    return { ...await startParts(nginx, folder.path, (part) => { begun.push(part); return part }), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function startParts(gatewayProgram: string, folder: string, keep: <Part extends { stop(): Promise<unknown> }>(part: Part) => Part): Promise<Omit<Deployment, 'stop'>> {
  const postgres = keep(await startPostgres())
  const [catalogPort, proxyPort, gatewayPort] = [await freePort(), await freePort(), await freePort()]
  const environment = {
    TRIBUTARY_ADMIN_TOKEN: token,
    TRIBUTARY_INTERNAL_TOKEN: 'the-roles-know-each-other-by-this-token',
    TRIBUTARY_SECRET_KEY: 'one secret for every replica, at least 32 characters',
    TRIBUTARY_CATALOG_URL: `http://127.0.0.1:${catalogPort}`,
    TRIBUTARY_PROXY_URL: `http://127.0.0.1:${proxyPort}`,
    TRIBUTARY_TRUSTED_PROXIES: '127.0.0.1',
    TRIBUTARY_ALLOW_PRIVATE_SOURCES: 'on',
    TRIBUTARY_SAMPLES: 'off',
  }
  keep(await startRole('catalog', { ...environment, PORT: String(catalogPort), TRIBUTARY_DATABASE_URL: postgres.url }))
  keep(await startRole('proxy', { ...environment, PORT: String(proxyPort) }))
  const gateway = keep(run(gatewayProgram, ['-e', 'stderr', '-c', gatewayConfiguration(folder, { gateway: gatewayPort, catalog: `127.0.0.1:${catalogPort}`, proxy: `127.0.0.1:${proxyPort}` })], {}))
  const origin = `http://127.0.0.1:${gatewayPort}`
  await until('The gateway\'s start', () => fetch(`${origin}/health/live`).then((answer) => (answer.ok ? true : undefined), () => undefined), { told: gateway.output })
  return { origin, ...client(origin, token) }
}
