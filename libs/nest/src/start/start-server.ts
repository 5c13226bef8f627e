import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import type { DynamicModule, Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { hubError } from '@tributary/errors'
import { loadMasterKey } from '@tributary/secrets'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Settings } from '../config/settings.js'
import { HubResponse } from '../http/hub-response.js'
import { RawRoutes } from '../http/raw-routes.js'
import { requestIdOf } from '../http/request-id.js'
import { Readiness } from '../health/readiness.js'
import { createLog, nestLog, type Log } from '../log/log.js'
import { answerMalformed } from './malformed-requests.js'
import { FoundationModule } from './foundation.module.js'
import { LastSteps } from './last-steps.js'
import { OwnAddress } from './own-address.js'

/** A process that listens. */
export interface RunningServer {
  readonly app: NestFastifyApplication
  /** Where it is reached from this machine, without trailing slash. */
  readonly origin: string
  readonly log: Log
  /** Stops listening, lets running requests end for up to `drainMs`, cuts off the rest, and closes the store. */
  stop(drainMs?: number): Promise<void>
}

/** How much a request may bring: contracts are some MB. */
const bodyBytes = 32 * 1024 * 1024
/** OData queries are long URLs. */
const headerBytes = 64 * 1024
/** Longer than the minute after which proxies and pools commonly let go, so that it is never us who closes first. */
const keepAliveMs = 72_000

/**
 * Starts a role: the foundation, the role's module, and an HTTP server on the settings' address.
 * @throws HUB_START_PORT_TAKEN, HUB_START_DATA_DIR, HUB_START_CONFIG, and what the module throws when it starts (HUB_START_STORE_NEWER)
 */
export async function startServer(role: Type | DynamicModule, settings: Settings, log: Log = createLog(settings)): Promise<RunningServer> {
  ensureDataDirectory(settings)
  const masterKey = loadMasterKey({ dataDir: settings.dataDir, secretKey: settings.secretKey })
  const rawRoutes = new RawRoutes()
  const root: DynamicModule = { ...FoundationModule.with({ settings, log, masterKey, rawRoutes }), imports: [role] }
  const app = await NestFactory.create<NestFastifyApplication>(root, createAdapter(log, rawRoutes), { logger: nestLog(log), abortOnError: false })
  try {
    await app.init()
    // Fastify's own listen: Nest's would log a failure as well, and what prevents a start is told in one line.
    await app.getHttpAdapter().getInstance().listen({ port: settings.port, host: settings.host })
  } catch (cause) {
    await close(app)
    throw listenFault(cause, settings)
  }
  const own = app.get(OwnAddress)
  own.listening(app.getHttpServer().address() as AddressInfo)
  return Object.freeze({ app, log, origin: own.origin, stop: (drainMs = 10_000) => stop(app, drainMs) })
}

/** Fastify under Nest, behind the raw routes: long URLs and names, large bodies, an id for every request, one debug line for every answer. */
function createAdapter(log: Log, rawRoutes: RawRoutes): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: bodyBytes,
    serverFactory: (handler: RequestListener) => createServer({ maxHeaderSize: headerBytes, keepAliveTimeout: keepAliveMs, ServerResponse: HubResponse }, (request, response) => {
      if (!rawRoutes.handle(request, response)) handler(request, response)
    }),
    routerOptions: { maxParamLength: 1024 },
    clientErrorHandler: answerMalformed,
    genReqId: ({ headers }: IncomingMessage) => requestIdOf(headers['x-request-id']),
  })
  const server = adapter.getInstance()
  server.addHook('onRequest', async (request, reply) => {
    // Set on the raw response, so that routes which write to it directly have them too.
    reply.raw.setHeader('x-request-id', request.id)
    reply.raw.setHeader('x-content-type-options', 'nosniff')
  })
  server.addHook('onResponse', async (request: FastifyRequest, reply: FastifyReply) => {
    log.debug({ requestId: request.id, method: request.method, path: request.url.split('?')[0], status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'answered')
  })
  return adapter
}

/** The data directory holds the embedded store and the generated key; where both are elsewhere, it is not needed. */
function ensureDataDirectory({ dataDir, databaseUrl, secretKey }: Settings): void {
  if (databaseUrl !== undefined && secretKey !== undefined) return
  try {
    makeDirectory(dataDir)
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw hubError('HUB_START_DATA_DIR', { dir: dataDir, reason: systemCode(cause) ?? 'it cannot be used' }, { cause })
  }
}

/** One directory after the other: Node's own recursive way never ends where a file system refuses children, such as /proc. */
function makeDirectory(directory: string): void {
  if (existsSync(directory)) return
  makeDirectory(dirname(directory))
  mkdirSync(directory, { mode: 0o700 })
}

function listenFault(cause: unknown, { port, host }: Settings): unknown {
  switch (systemCode(cause)) {
    case 'EADDRINUSE': return hubError('HUB_START_PORT_TAKEN', { port }, { cause })
    case 'EACCES': return hubError('HUB_START_CONFIG', { name: 'PORT', reason: `this user may not listen on port ${port}` }, { cause })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN': return hubError('HUB_START_CONFIG', { name: 'HOST', reason: `this machine has no address ${host}` }, { cause })
    default: return cause
  }
}

const systemCode = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined

/** Nest's own end first, then what modules may need until theirs. */
async function close(app: NestFastifyApplication): Promise<void> {
  await app.close()
  await app.get(LastSteps).run()
}

async function stop(app: NestFastifyApplication, drainMs: number): Promise<void> {
  const server = app.getHttpServer()
  app.get(Readiness).stop()
  // A connection kept alive is idle only once its last request ended, so it is looked for again and again.
  const sweep = setInterval(() => server.closeIdleConnections(), 50)
  const cutOff = setTimeout(() => server.closeAllConnections(), drainMs)
  try {
    await close(app)
  } finally {
    clearInterval(sweep)
    clearTimeout(cutOff)
  }
}
