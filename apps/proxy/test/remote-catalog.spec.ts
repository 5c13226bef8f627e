import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hubError } from '@tributary/errors'
import { createInternalClient, createLog, exposureToWire, problemOf } from '@tributary/nest'
import { HttpCatalogReader } from '../src/remote-catalog/http-catalog-reader.js'
import { HttpObservations } from '../src/remote-catalog/http-observations.js'
import { RevisionWatch } from '../src/remote-catalog/revision-watch.js'
import { GivenCatalog, KeptObservations } from './data-door.js'
import { endpointOf, serviceExposure } from './exposures.js'

const contract = `<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices><Schema Namespace="S" xmlns="http://docs.oasis-open.org/odata/ns/edm">
  <EntityType Name="Thing"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Int32" Nullable="false"/></EntityType>
  <EntityContainer Name="C"><EntitySet Name="Things" EntityType="S.Thing"/></EntityContainer></Schema></edmx:DataServices></edmx:Edmx>`

const token = 'an-internal-token-of-thirty-two-characters'

/** The catalog's side of `/internal/v1`, over a catalog in this process. */
class CatalogServer {
  readonly catalog = new GivenCatalog()
  readonly observations = new KeptObservations()
  readonly asked: string[] = []
  private readonly waiting = new Set<() => void>()
  private server: Server | undefined
  url = ''

  async start(port = 0): Promise<void> {
    this.server = createServer((request, response) => void this.answer(request, response))
    this.server.listen(port, '127.0.0.1')
    await once(this.server, 'listening')
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections()
    this.server?.close()
    if (this.server?.listening === true) await once(this.server, 'close')
  }

  put(slug: string): void {
    this.catalog.put(serviceExposure(endpointOf(slug, `http://${slug}.example/`, contract)))
    for (const go of this.waiting) go()
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://catalog')
    this.asked.push(url.pathname)
    const send = (status: number, body?: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(body === undefined ? undefined : JSON.stringify(body))
    }
    if (request.headers.authorization !== `Bearer ${token}`) return send(401)
    if (url.pathname === '/internal/v1/revision') return this.answerRevision(Number(url.searchParams.get('after')), Number(url.searchParams.get('waitMs')), send)
    if (url.pathname === '/internal/v1/exposures') return send(200, { exposures: await this.catalog.exposures() })
    if (url.pathname === '/internal/v1/observations') return this.answerObservations(request, url, send)
    const slug = decodeURIComponent(url.pathname.slice('/internal/v1/exposures/'.length))
    const exposure = await this.catalog.exposure(slug)
    if (exposure !== undefined) return send(200, exposureToWire(exposure))
    const error = hubError('HUB_RESOURCE_NOT_FOUND', { what: slug, hint: '' })
    return send(404, { ...problemOf(error, 'r1'), params: error.params })
  }

  private async answerRevision(after: number, waitMs: number, send: (status: number, body: unknown) => void): Promise<void> {
    const changed = Promise.withResolvers<void>()
    this.waiting.add(changed.resolve)
    const timer = setTimeout(changed.resolve, waitMs).unref()
    if (await this.catalog.revision() === after) await changed.promise
    clearTimeout(timer)
    this.waiting.delete(changed.resolve)
    send(200, { revision: await this.catalog.revision() })
  }

  private async answerObservations(request: IncomingMessage, url: URL, send: (status: number, body?: unknown) => void): Promise<void> {
    if (request.method === 'GET') return send(200, { observations: await this.observations.known(url.searchParams.get('endpoint') ?? '', url.searchParams.get('identity') ?? '') })
    let text = ''
    for await (const chunk of request) text += String(chunk)
    await this.observations.record((JSON.parse(text) as { readonly observations: KeptObservations['kept'] }).observations)
    send(204)
  }
}

describe('a catalog elsewhere', () => {
  const server = new CatalogServer()
  const log = createLog({ logLevel: 'silent' })
  let watch: RevisionWatch
  let reader: HttpCatalogReader
  let observations: HttpObservations

  beforeAll(async () => {
    await server.start()
    const client = createInternalClient({ baseUrl: server.url, token, name: 'the catalog' })
    watch = new RevisionWatch(client, log)
    reader = new HttpCatalogReader(client, watch)
    observations = new HttpObservations(client)
    server.put('a')
    watch.follow()
  })
  afterAll(async () => {
    watch.stop()
    await server.stop()
  })

  it('gives exposures as they are there, with their models', async () => {
    expect(await reader.exposures()).toEqual([{ slug: 'a', title: 'a', kind: 'service' }])
    const exposure = await reader.exposure('a')
    expect(exposure?.model.container?.entitySets.get('Things')?.entityType).toBe('S.Thing')
    expect(exposure?.endpoints.get('a')).toMatchObject({ url: 'http://a.example/', kind: 'odata', identity: 'a@http://a.example/' })
    expect(exposure?.endpoints.get('a')?.model).toBe(exposure?.model)
  })

  it('says undefined of a slug it does not know now, and knows it as soon as it is there', async () => {
    expect(await reader.exposure('b')).toBeUndefined()
    server.put('b')
    expect((await reader.exposure('b'))?.slug).toBe('b')
  })

  it('tells a new revision without being asked again', async () => {
    const before = await reader.revision()
    server.put('c')
    while (await reader.revision() === before) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await reader.revision()).toBe(await server.catalog.revision())
    const asked = server.asked.length
    for (let i = 0; i < 20; i += 1) await reader.revision()
    expect(server.asked.length - asked).toBeLessThanOrEqual(1)
  })

  it('keeps what was learnt', async () => {
    const fact = { endpoint: 'a', identity: 'i', entitySet: 'Things', feature: 'top', trust: 'exact' as const, origin: 'probed' as const, why: 'the answer was right', since: '2026-01-01T00:00:00.000Z' }
    await observations.record([fact])
    expect(await observations.known('a', 'i')).toEqual([fact])
    expect(await observations.known('a', 'other')).toEqual([])
  })

  it('that is gone is said to be unavailable, and is followed again when it comes back', async () => {
    const port = Number(new URL(server.url).port)
    await server.stop()
    await expect(reader.exposure('a')).rejects.toMatchObject({ code: 'HUB_UNAVAILABLE', message: expect.stringContaining('the catalog') })
    await server.start(port)
    server.put('d')
    const newest = await server.catalog.revision()
    while (await reader.revision().catch(() => -1) !== newest) await new Promise((resolve) => setTimeout(resolve, 20))
    expect((await reader.exposure('d'))?.slug).toBe('d')
  })
})
