import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { startHub, type RunningHub } from '../harness/hub.js'
import { startReplay, type ReplayOptions, type ReplayServer } from '../harness/replay.js'
import { repository, run, scratch, until, type Running } from '../harness/running.js'
import { meshProgram } from './peers/graphql-mesh.js'
import { nginxCommand } from './peers/nginx.js'

/** Everything a benchmark started; `strike` ends all of it. */
export interface Stage {
  hub(environment?: Readonly<Record<string, string>>): Promise<RunningHub>
  source(options: ReplayOptions): Promise<ReplayServer>
  /** A peer of test/perf/peers in a process of its own, by its file's name. */
  peer(name: string, args: readonly string[]): Promise<Peer>
  /** GraphQL Mesh over both sides of the join, where it can be installed. */
  mesh(orders: string, customers: string): Promise<Peer | undefined>
  /** nginx before a source, where it is installed. */
  nginx(source: string): Promise<Peer | undefined>
  strike(): Promise<void>
}

export interface Peer {
  readonly origin: string
  readonly running: Running
}

export function openStage(): Stage {
  const begun: { stop(): Promise<unknown> }[] = []
  const keep = <Part extends { stop(): Promise<unknown> }>(part: Part): Part => {
    begun.push(part)
    return part
  }
  return {
    hub: async (environment = {}) => keep(await startHub({ TRIBUTARY_SAMPLES: 'off', TRIBUTARY_LOG_LEVEL: 'warn', ...environment })),
    source: async (options) => {
      const source = await startReplay(options)
      keep(source.running)
      return source
    },
    peer: (name, args) => started(name, keep(run(process.execPath, [join(repository, 'test', 'dist', 'perf', 'peers', `${name}.js`), ...args], {}))),
    mesh: async (orders, customers) => {
      const program = meshProgram()
      return program === undefined ? undefined : started('GraphQL Mesh', keep(run(process.execPath, [program, orders, customers], { NODE_ENV: 'production' })))
    },
    nginx: async (source) => {
      const folder = scratch('nginx')
      const port = await freePort()
      const command = nginxCommand(folder.path, port, source)
      if (command === undefined) return undefined
      const running = keep(run(command[0], command[1], {}))
      void running.ended.then(() => folder.remove())
      const origin = `http://127.0.0.1:${port}`
      await until('The start of nginx', () => fetch(`${origin}/odata/$metadata`).then((answer) => (answer.ok ? true : undefined), () => undefined), { told: running.output })
      return { origin, running }
    },
    strike: async () => {
      for (const part of begun.toReversed()) await part.stop()
    },
  }
}

/** Every peer tells its address in a line of its own. */
async function started(name: string, running: Running): Promise<Peer> {
  const origin = await until(`The start of ${name}`, () => /(http:\/\/\S+)\n/.exec(running.output())?.[1], { told: running.output })
  return { origin, running }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Registers a source, which is probed by that. */
export async function register(hub: RunningHub, slug: string, url: string): Promise<void> {
  const answer = await hub.send('POST', '/api/v1/services', { url, slug, name: slug })
  if (answer.status !== 201) throw new Error(`${slug} was not registered: ${await answer.text()}`)
}

/** Puts the product that joins orders with their customers. */
export async function putJoin(hub: RunningHub, slug: string, services: { readonly orders: string; readonly customers: string }): Promise<void> {
  const answer = await hub.send('PUT', `/api/v1/products/${slug}`, {
    name: slug,
    entities: [{ name: 'Orders', service: services.orders, entitySet: 'Orders' }, { name: 'Customers', service: services.customers, entitySet: 'Customers' }],
    relationships: [{ from: 'Orders', to: 'Customers', name: 'Customer', inverse: 'Orders', on: [{ from: 'CustomerID', to: 'CustomerID' }], multiplicity: '0..1', inverseMultiplicity: '*' }],
  })
  if (answer.status !== 201) throw new Error(`${slug} was not put: ${await answer.text()}`)
}
