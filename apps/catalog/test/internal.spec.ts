import { createInternalClient, exposureFromWire, exposureListWire, exposureWire, internalPaths, noAnswer, observationsWire, revisionWire, type InternalClient } from '@tributary/nest'
import { CatalogPorts, CatalogReader, type CapabilityObservation } from '@tributary/catalog'
import { customers, orders } from './contracts.js'
import { internalToken, listen, startCatalog } from './started-catalog.js'

type Catalog = Awaited<ReturnType<typeof startCatalog>>

const product = {
  name: 'Shop 360',
  entities: [{ name: 'Orders', service: 'shop', entitySet: 'Orders', rename: { OrderID: 'Number' } }, { name: 'Customers', service: 'crm', entitySet: 'Customers' }],
  relationships: [{ from: 'Orders', to: 'Customers', name: 'Customer', on: [{ from: 'CustomerID', to: 'CustomerID' }] }],
}

/** Asks whatever is at an address for its revision. */
const ask = (baseUrl: string, path: string) => createInternalClient({ baseUrl, token: internalToken, name: 'the catalog' }).ask({ path, answer: revisionWire })

/** A value without its functions, which no two models share; maps as lists. */
const dataOf = (value: unknown): unknown => {
  if (value instanceof Map) return [...value].map(([key, entry]) => [key, dataOf(entry)])
  if (Array.isArray(value)) return value.map(dataOf)
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? 'function' : value
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, dataOf(entry)]))
}

describe('what a proxy elsewhere reads of the catalog', () => {
  let catalog: Catalog
  let client: InternalClient
  const send = (method: string, path: string, body: unknown) =>
    fetch(`${catalog.origin}/api/v1${path}`, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
  const revision = (after = -1, waitMs = 0) => client.ask({ path: internalPaths.revision(after, waitMs), answer: revisionWire })

  beforeEach(async () => {
    catalog = await startCatalog()
    client = createInternalClient({ baseUrl: catalog.origin, token: internalToken, name: 'the catalog' })
    await send('POST', '/services', { url: 'https://shop.example/', name: 'Shop', contract: { content: orders() }, connection: { auth: { kind: 'bearer', token: 'swordfish' } } })
    await send('POST', '/services', { url: 'https://crm.example/', name: 'CRM', contract: { content: customers } })
    await send('PUT', '/products/shop-360', product)
  })
  afterEach(() => catalog.end())

  it.each(['shop', 'crm', 'shop-360'])('is the same exposure as the catalog itself has: %s', async (slug) => {
    const wire = await client.ask({ path: internalPaths.exposure(slug), answer: exposureWire })
    const own = await catalog.app.get(CatalogReader, { strict: false }).exposure(slug)
    const read = exposureFromWire(wire)
    expect(dataOf(read)).toEqual(dataOf(own))
    expect(JSON.stringify(wire)).not.toContain('swordfish')
    expect(wire.models.length).toBe(new Set([own?.model, ...[...own?.endpoints.values() ?? []].map(({ model }) => model)]).size)
  })

  it('lists what is exposed, and throws the catalog\'s own error for what is not', async () => {
    const { exposures } = await client.ask({ path: internalPaths.exposures, answer: exposureListWire })
    expect(exposures).toEqual([{ slug: 'crm', title: 'CRM', kind: 'service' }, { slug: 'shop', title: 'Shop', kind: 'service' }, { slug: 'shop-360', title: 'Shop 360', kind: 'product' }])
    await expect(client.ask({ path: internalPaths.exposure('nothing'), answer: exposureWire })).rejects.toMatchObject({ code: 'HUB_RESOURCE_NOT_FOUND', params: { what: expect.stringContaining('nothing') } })
  })

  it('tells the revision at once when it is another, and waits for a change when it is the same', async () => {
    const { revision: known } = await revision()
    expect(await revision(known - 1, 20_000)).toEqual({ revision: known })
    expect(await revision(known, 1)).toEqual({ revision: known })
    const waiting = revision(known, 20_000)
    await send('POST', '/services', { url: 'https://other.example/', name: 'Other', contract: { content: customers } })
    expect((await waiting).revision).toBeGreaterThan(known)
  })

  it('keeps what was learnt for as long as the service is what it was', async () => {
    const exposure = await catalog.app.get(CatalogReader, { strict: false }).exposure('shop')
    const identity = exposure?.endpoints.get('shop')?.identity ?? ''
    const fact: CapabilityObservation = { endpoint: 'shop', identity, entitySet: 'Orders', feature: 'top', trust: 'exact', origin: 'probed', why: 'it gave one row', since: '2026-11-22T08:00:00.000Z' }
    await client.ask({ path: internalPaths.observations, body: { observations: [fact] }, answer: noAnswer })
    expect(await client.ask({ path: internalPaths.knownObservations('shop', identity), answer: observationsWire })).toEqual({ observations: [fact] })
    expect(await client.ask({ path: internalPaths.knownObservations('shop', 'another'), answer: observationsWire })).toEqual({ observations: [] })
    await expect(client.ask({ path: internalPaths.observations, body: { observations: [{ ...fact, trust: 'blind' }] }, answer: noAnswer })).rejects.toMatchObject({ code: 'HUB_REQUEST_INVALID' })
  })

  it('is told to nobody else', async () => {
    const stranger = createInternalClient({ baseUrl: catalog.origin, token: 'x'.repeat(32), name: 'the catalog' })
    await expect(stranger.ask({ path: internalPaths.exposures, answer: exposureListWire })).rejects.toMatchObject({ code: 'HUB_AUTH_INVALID' })
  })

  it('says so when the other side is not there, breaks off or is not understood', async () => {
    const strange = await listen((request, response) => {
      if (request.url === '/cut') return void response.writeHead(200, { 'content-length': 100 }).end('{"revision":', () => response.destroy())
      response.writeHead(request.url === '/broken' ? 500 : 200, { 'content-type': 'text/html' }).end(request.url === '/other' ? '{"revision":"new"}' : '<html>')
    })
    for (const path of ['/cut', '/broken', '/other', '/html']) await expect(ask(strange.origin, path)).rejects.toMatchObject({ code: 'HUB_UNAVAILABLE' })
    strange.server.closeAllConnections()
    strange.server.close()
    await expect(ask(strange.origin, '/gone')).rejects.toMatchObject({ code: 'HUB_UNAVAILABLE' })
  })
})

describe('what the catalog asks of a proxy elsewhere', () => {
  it('goes there with the internal token, and comes back as it is', async () => {
    const asked: (readonly [string | undefined, string | undefined, string])[] = []
    const proxy = await listen((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
        asked.push([request.headers.authorization, request.url, Buffer.concat(chunks).toString()])
        if (request.method === 'POST') return void response.writeHead(204).end()
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ columns: [{ name: 'Freight', type: 'Edm.Decimal' }], rows: [{ Freight: '12.50' }] }))
      })
    })
    const catalog = await startCatalog({ TRIBUTARY_PROXY_URL: proxy.origin })
    const { preview, probe } = catalog.app.get(CatalogPorts, { strict: false })
    expect(await preview.rows('shop', 'Order Details', 5)).toEqual({ columns: [{ name: 'Freight', type: 'Edm.Decimal' }], rows: [{ Freight: '12.50' }] })
    await probe.probe('shop', ['Orders'])
    expect(asked).toEqual([
      [`Bearer ${internalToken}`, '/internal/v1/preview/shop/Order%20Details?top=5', ''],
      [`Bearer ${internalToken}`, '/internal/v1/probe', '{"slug":"shop","entitySets":["Orders"]}'],
    ])
    proxy.server.closeAllConnections()
    proxy.server.close()
    await expect(preview.rows('shop', 'Orders', 5)).rejects.toMatchObject({ code: 'HUB_UNAVAILABLE' })
    await expect(probe.probe('shop')).resolves.toBeUndefined()
    await catalog.end()
  })

  it('has an address and a token, or the catalog does not start', async () => {
    await expect(startCatalog({ TRIBUTARY_PROXY_URL: '' })).rejects.toMatchObject({ code: 'HUB_START_CONFIG', params: { name: 'TRIBUTARY_PROXY_URL' } })
  })
})
