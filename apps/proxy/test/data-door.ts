import { once } from 'node:events'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AddressInfo } from 'node:net'
import { randomBytes } from 'node:crypto'
import { CatalogReader, Observations, type CapabilityObservation, type Exposure } from '@tributary/catalog'
import type { Connection } from '@tributary/source'
import { createLog, HubResponse, readSettings, type Settings } from '@tributary/nest'
import { DataHandler } from '../src/http/data-handler.js'
import { DataPlane } from '../src/data/data-plane.js'
import { openEngine } from '../src/data/embedded-engine.js'
import { odataRoute, samplesRoute } from '../src/odata/odata-routes.js'
import { createPageTokens } from '../src/odata/page-token.js'
import { noSamples, type SampleServices } from '../src/samples/sample-services.js'

/** A catalog of exposures that a test gives and may change. */
export class GivenCatalog extends CatalogReader {
  private readonly given = new Map<string, Exposure>()
  private version = 0

  put(exposure: Exposure): void {
    this.given.set(exposure.slug, exposure)
    this.version += 1
  }

  async exposure(slug: string): Promise<Exposure | undefined> {
    return this.given.get(slug)
  }

  async exposures(): ReturnType<CatalogReader['exposures']> {
    return [...this.given.values()].map(({ slug, title, kind }) => ({ slug, title, kind }))
  }

  async revision(): Promise<number> {
    return this.version
  }
}

/** Keeps what is learnt, as the catalog does. */
export class KeptObservations extends Observations {
  readonly kept: CapabilityObservation[] = []

  async record(batch: readonly CapabilityObservation[]): Promise<void> {
    this.kept.push(...batch)
  }

  async known(endpoint: string, identity: string): Promise<readonly CapabilityObservation[]> {
    return this.kept.filter((one) => one.endpoint === endpoint && one.identity === identity)
  }
}

const openConnection = { auth: { kind: 'none' as const }, headers: {}, timeoutMs: 10_000 }

/** The data routes, served on a free port of 127.0.0.1 as the hub serves them. */
export interface DataDoor {
  /** `http://127.0.0.1:1234` */
  readonly origin: string
  readonly catalog: GivenCatalog
  readonly observations: KeptObservations
  readonly plane: DataPlane
  readonly log: string[]
  /** The token by which the process knows itself: a principal besides the administrator. */
  readonly processToken: string
  get(path: string, headers?: Readonly<Record<string, string>>, init?: RequestInit): Promise<Response>
  /** The body of a 200, its numbers of 2^53 and more still text. */
  json(path: string, headers?: Readonly<Record<string, string>>): Promise<Record<string, unknown>>
  stop(): Promise<void>
}

export interface DoorOptions {
  readonly environment?: Readonly<Record<string, string>>
  readonly samples?: SampleServices
  readonly key?: Buffer
  /** What is sealed with every endpoint. */
  readonly connection?: Partial<Connection>
  /** What an earlier process learnt. */
  readonly observations?: KeptObservations
  /** Where answers lie that are fetched later. */
  readonly answersDirectory?: string
}

export async function openDoor({ answersDirectory = join(tmpdir(), `tributary-answers-${process.pid}`), connection = {}, environment = {}, samples = noSamples, key = randomBytes(32), observations = new KeptObservations() }: DoorOptions = {}): Promise<DataDoor> {
  const settings: Settings = readSettings(environment)
  const catalog = new GivenCatalog()
  const lines: string[] = []
  const log = createLog({ logLevel: 'info' }, { write: (line: string) => lines.push(line) > 0 } as unknown as NodeJS.WritableStream)
  // Only where a test says where rows may lie.
  const embedded = await openEngine(environment['TRIBUTARY_SPOOL_DIR'] === undefined ? undefined : settings.engine, log)
  const plane = new DataPlane({
    catalog, observations, log, sealing: { seal: () => { throw new Error('nothing is sealed here') }, open: () => ({ ...openConnection, ...connection }) },
    samples: { memory: samples.memory, target: (name) => ({ url: `${origin}/samples/${name}/`, token: settings.processToken }) },
    asyncAnswers: { ...settings.asyncAnswers, directory: answersDirectory },
    ...(embedded === undefined ? {} : { embedded }),
  })
  const services = { pool: plane.pool, prober: plane.prober, plans: plane.plans, tokens: createPageTokens(key), pageRows: settings.pageRows, batchRequests: settings.batchRequests, limits: settings.requestLimits, embedded, jobs: plane.jobs, log }
  const handler = new DataHandler({ settings, log, routes: [odataRoute(plane.exposures, services), samplesRoute(samples, services)] })
  const server = createServer({ maxHeaderSize: 64 * 1024, ServerResponse: HubResponse }, (request, response) => {
    if (!handler.handle(request, response)) response.writeHead(404).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const get: DataDoor['get'] = (path, headers = {}, init = {}) => fetch(path.startsWith('http') ? path : `${origin}${path}`, { ...init, headers })
  return {
    origin, catalog, observations, plane, log: lines, processToken: settings.processToken, get,
    json: async (path, headers) => {
      const response = await get(path, headers)
      const text = await response.text()
      if (response.status !== 200) throw new Error(`${response.status} to ${path}: ${text}`)
      return JSON.parse(text) as Record<string, unknown>
    },
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      await plane.close()
    },
  }
}
