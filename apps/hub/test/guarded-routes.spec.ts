import { request } from 'node:http'
import { challenge } from '@tributary/nest'
import { adminToken, routesOf, startHub, type StartedHub } from './started-hub.js'

const internalToken = 'internal-token-0123456789-0123456789'
const open = new Set(['/health/live', '/health/ready'])

/** Paths of the raw data routes, which Nest and Fastify do not know. */
const raw = [
  '/odata', '/odata/', '/odata/northwind-360', '/odata/northwind-360/', '/odata/northwind-360/$metadata', '/odata/northwind-360/Orders', '/odata/northwind-360/Orders(10248)',
  '/odata/northwind-360/Orders/$count', '/odata/nothing-of-that-name/', '/odata/northwind-360/Orders?$filter=((', '/odata/northwind-360/Orders?explain=plan', '/odata/%zz',
  '/samples', '/samples/', '/samples/sales/', '/samples/sales/$metadata', '/samples/sales/Orders', '/samples/nothing/',
]
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

describe('a secured hub', () => {
  let hub: StartedHub
  beforeAll(async () => { hub = await startHub({ TRIBUTARY_ADMIN_TOKEN: adminToken, TRIBUTARY_INTERNAL_TOKEN: internalToken }) })
  afterAll(() => hub.end())

  /** Sends the path as it is written, which `fetch` would tidy. */
  const status = (method: string, path: string, headers: Record<string, string> = {}): Promise<{ readonly status: number; readonly challenge: string | undefined }> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(hub.origin)
      const sent = request({ hostname, port, method, path, headers, agent: false }, (answer) => {
        answer.resume().on('end', () => resolve({ status: answer.statusCode ?? 0, challenge: answer.headers['www-authenticate'] }))
      })
      sent.on('error', reject)
      sent.end()
    })

  it('answers 401 on every route of the API without credentials, but for health and the web pages', async () => {
    const routes = routesOf(hub)
    expect(routes.length).toBeGreaterThan(30)
    for (const route of routes.filter((one) => !one.endsWith(' *'))) {
      const [method = '', pattern = ''] = route.split(' ')
      const path = pattern.replaceAll(/:\w+/g, 'sales')
      const expected = open.has(path) ? { status: 200, challenge: undefined } : { status: 401, challenge }
      expect({ route, ...(await status(method, path)) }).toEqual({ route, ...expected })
    }
  })

  it('answers 401 on every raw data route without credentials, whatever the method', async () => {
    for (const path of raw) {
      for (const method of methods) expect({ method, path, status: (await status(method, path)).status }).toEqual({ method, path, status: 401 })
    }
  })

  it.each([
    ['an empty bearer token', 'Bearer'], ['a wrong bearer token', 'Bearer nonsense'], ['a wrong password', `Basic ${Buffer.from(`${adminToken}:wrong`).toString('base64')}`], ['no scheme', adminToken],
  ])('answers 401 with %s', async (_, authorization) => {
    for (const path of ['/api/v1/services', '/odata/northwind-360/Orders', '/samples/sales/', '/api/docs']) {
      expect({ path, status: (await status('GET', path, { authorization })).status }).toEqual({ path, status: 401 })
    }
  })

  it('lets the administrator in by bearer token and by the password of Basic, and keeps the internal routes from them', async () => {
    for (const authorization of [`Bearer ${adminToken}`, `Basic ${Buffer.from(`excel:${adminToken}`).toString('base64')}`]) {
      for (const path of ['/api/v1/services', '/odata/', '/odata/northwind-360/Orders?$top=1', '/api/docs']) {
        expect({ path, status: (await status('GET', path, { authorization })).status }).toEqual({ path, status: 200 })
      }
      expect((await status('GET', '/internal/v1/exposures', { authorization })).status).toBe(401)
    }
    expect((await status('GET', '/internal/v1/exposures', { authorization: `Bearer ${internalToken}` })).status).toBe(200)
    expect((await status('GET', '/api/v1/services', { authorization: `Bearer ${internalToken}` })).status).toBe(401)
  })

  it('shows its pages to everyone, and tells strangers nothing else', async () => {
    for (const path of ['/', '/services/sales', '/services/sales/Orders', '/products/northwind-360']) {
      expect({ path, status: (await status('GET', path, { accept: 'text/html' })).status }).toEqual({ path, status: 200 })
    }
    for (const path of ['/api/v2/none', '/api', '/internal/none', '/metrics', '/assets/../../../package.json', '/%2e%2e/package.json']) {
      expect({ path, status: (await status('GET', path)).status }).toEqual({ path, status: 401 })
    }
  })
})

describe('a hub in local mode', () => {
  let hub: StartedHub
  beforeAll(async () => { hub = await startHub() })
  afterAll(() => hub.end())

  const status = (method: string, path: string, headers: Record<string, string>): Promise<number> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(hub.origin)
      const sent = request({ hostname, port, method, path, headers, agent: false }, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode ?? 0))
      })
      sent.on('error', reject)
      sent.end()
    })

  it('refuses names that are not its own on every route', async () => {
    const paths = [...routesOf(hub).filter((route) => route.startsWith('GET /api')).map((route) => route.slice(4).replaceAll(/:\w+/g, 'sales')), ...raw]
    expect(paths.length).toBeGreaterThan(25)
    for (const path of paths) expect({ path, status: await status('GET', path, { host: 'rebound.example' }) }).toEqual({ path, status: 403 })
  })

  it('refuses writes from foreign pages, and takes them from its own', async () => {
    const { host } = new URL(hub.origin)
    expect(await status('DELETE', '/api/v1/samples', { host, origin: 'https://evil.example' })).toBe(403)
    expect(await status('GET', '/odata/northwind-360/Orders?$top=1', { host })).toBe(200)
    expect(await status('DELETE', '/api/v1/samples', { host, origin: hub.origin })).toBe(200)
    expect(await status('GET', '/odata/northwind-360/Orders?$top=1', { host })).toBe(404)
  })
})
