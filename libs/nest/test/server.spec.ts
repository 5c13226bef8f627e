import { Body, Controller, Get, Post } from '@nestjs/common'
import { as, Caller, createLog, Internal, OwnAddress, Public, RawRoutes, Readiness, readSettings, startServer, type Principal, type Problem, type RunningServer } from '@tributary/nest'
import { hubError } from '@tributary/errors'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, request as plainRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'

const adminToken = 'correct-horse-battery-staple-0123456789'
const internalToken = 'internal-token-0123456789-0123456789'
const order = z.strictObject({ name: z.string(), lines: z.array(z.object({ count: z.int() })) })

@Controller()
class OrdersController {
  @Get('who')
  who(@Caller() caller: Principal): Principal {
    return caller
  }

  @Post('orders')
  place(@Body(as(order)) body: z.output<typeof order>): unknown {
    return body
  }

  @Get('taken')
  taken(): never {
    throw hubError('HUB_SLUG_TAKEN', { slug: 'sales', owner: 'service Sales' }, { details: [{ code: 'HUB_REQUEST_INVALID', message: 'slug: taken', target: 'slug' }] })
  }

  @Get('broken')
  broken(): never {
    throw new Error('password=hunter2 at /srv/secret/path')
  }

  @Get('slow')
  async slow(): Promise<{ readonly done: true }> {
    await delay(400)
    return { done: true }
  }

  @Get('endless')
  endless(): Promise<never> {
    return new Promise(() => undefined)
  }

  @Public()
  @Get('open')
  open(): string {
    return 'open'
  }
}

@Controller('internal/v1')
@Internal()
class InternalController {
  @Get('taken')
  taken(): never {
    throw hubError('HUB_SLUG_TAKEN', { slug: 'sales', owner: 'service Sales' })
  }
}

const ordersModule = { module: OrdersController, controllers: [OrdersController, InternalController] }
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
const problemIn = async (answer: Response) => (await answer.json()) as Problem

describe('a server', () => {
  let dataDir: string
  let logged: string[]
  const running: RunningServer[] = []
  const start = async (environment: Record<string, string> = {}) => {
    const settings = readSettings({ PORT: '0', TRIBUTARY_DATA_DIR: dataDir, TRIBUTARY_LOG_LEVEL: 'debug', ...environment })
    const server = await startServer(ordersModule, settings, createLog(settings, { write: (line: string) => void logged.push(line) }))
    running.push(server)
    return server
  }
  const secured = { TRIBUTARY_ADMIN_TOKEN: adminToken, TRIBUTARY_INTERNAL_TOKEN: internalToken }

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'tributary-nest-'))
    logged = []
  })
  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.stop(0)))
    rmSync(dataDir, { recursive: true, force: true })
  })

  it('knows the caller, and asks those it does not know', async () => {
    const { origin } = await start(secured)
    expect(await (await fetch(`${origin}/who`, bearer(adminToken))).json()).toMatchObject({ id: 'admin' })
    const refused = await fetch(`${origin}/who`)
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toBe('Basic realm="Tributary", charset="UTF-8", Bearer')
    expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(await refused.json()).toMatchObject({ status: 401, code: 'HUB_AUTH_REQUIRED', title: 'Unauthorized' })
    expect(await (await fetch(`${origin}/open`)).text()).toBe('open')
  })

  it('lets only the other service into the internal routes, and tells it an error\'s parameters', async () => {
    const { origin } = await start(secured)
    expect((await fetch(`${origin}/internal/v1/taken`, bearer(adminToken))).status).toBe(401)
    const answer = await fetch(`${origin}/internal/v1/taken`, bearer(internalToken))
    expect(await answer.json()).toMatchObject({ code: 'HUB_SLUG_TAKEN', params: { slug: 'sales', owner: 'service Sales' } })
  })

  it('in local mode answers to its own name only', async () => {
    const { origin } = await start()
    expect((await fetch(`${origin}/who`)).status).toBe(200)
    const status = await new Promise((resolve) => {
      plainRequest(`${origin}/who`, { headers: { host: 'evil.example' } }, (answer) => resolve(answer.statusCode)).end()
    })
    expect(status).toBe(403)
  })

  it('answers errors as problem details with code, details and request id', async () => {
    const { origin } = await start()
    const answer = await fetch(`${origin}/taken`, { headers: { 'x-request-id': 'abc-1' } })
    expect(answer.status).toBe(409)
    expect(answer.headers.get('x-request-id')).toBe('abc-1')
    expect(await answer.json()).toEqual({
      type: '/api/docs#HUB_SLUG_TAKEN', title: 'Conflict', status: 409, code: 'HUB_SLUG_TAKEN', requestId: 'abc-1',
      detail: 'The slug sales belongs to service Sales. Choose another slug.',
      details: [{ code: 'HUB_REQUEST_INVALID', message: 'slug: taken', target: 'slug' }],
    })
  })

  it('names every fault of a body by its JSON path', async () => {
    const { origin } = await start()
    const post = (body: string, type = 'application/json') => fetch(`${origin}/orders`, { method: 'POST', body, headers: { 'content-type': type } })
    const answer = await problemIn(await post(JSON.stringify({ lines: [{ count: 1 }, { count: 'two' }], extra: 1 })))
    expect(answer).toMatchObject({ status: 400, code: 'HUB_REQUEST_INVALID' })
    expect(answer.details?.map(({ target }) => target)).toEqual(expect.arrayContaining(['name', 'lines[1].count']))
    expect(answer.details?.map(({ message }) => message).join()).toContain('extra')
    for (const refused of [await post('{"name":'), await post(''), await post('{}', 'text/csv')]) {
      expect(await refused.json()).toMatchObject({ code: 'HUB_REQUEST_INVALID' })
    }
    expect(await (await post(JSON.stringify({ name: 'a', lines: [] }))).json()).toEqual({ name: 'a', lines: [] })
  })

  it('tells nothing of an internal error but the id under which the log has it', async () => {
    const { origin } = await start()
    const answer = await fetch(`${origin}/broken`)
    const text = await answer.text()
    expect(answer.status).toBe(500)
    expect(text).not.toMatch(/hunter2|secret|path/)
    const { code, requestId } = JSON.parse(text)
    expect(code).toBe('HUB_INTERNAL')
    expect(logged.find((line) => line.includes('HUB_INTERNAL') && line.includes(requestId))).toContain('hunter2')
  })

  it('answers 404 as a problem for what is not there', async () => {
    const { origin } = await start()
    expect(await (await fetch(`${origin}/nothing/here?x=1`)).json()).toMatchObject({ status: 404, code: 'HUB_RESOURCE_NOT_FOUND' })
    expect((await fetch(`${origin}/who`, { method: 'DELETE' })).status).toBe(404)
  })

  it('logs no credentials, and no query, which may hold some', async () => {
    const { origin } = await start(secured)
    await fetch(`${origin}/who?apikey=hunter2`, bearer(adminToken))
    await fetch(`${origin}/who`, bearer('wrong-token-wrong-token-wrong-token'))
    const { log } = running[0] as RunningServer
    log.info({ connection: { auth: { password: 'hunter2' } }, headers: { authorization: 'hunter2', cookie: 'hunter2' }, password: 'hunter2' }, 'careless')
    expect(logged.some((line) => line.includes('"path":"/who"'))).toBe(true)
    expect(logged.join('')).not.toMatch(/hunter2|correct-horse|wrong-token/)
  })

  it('lives, and is ready as long as all its parts work', async () => {
    const { origin, app } = await start(secured)
    expect(await (await fetch(`${origin}/health/live`)).json()).toEqual({ status: 'live' })
    let works = true
    app.get(Readiness).add('store', async () => { if (!works) throw new Error('gone') })
    expect(await (await fetch(`${origin}/health/ready`)).json()).toEqual({ status: 'ready', checks: ['store'] })
    works = false
    const answer = await fetch(`${origin}/health/ready`)
    expect([answer.status, (await problemIn(answer)).code]).toEqual([503, 'HUB_UNAVAILABLE'])
    expect((await fetch(`${origin}/health/live`)).status).toBe(200)
  })

  it('asks raw routes ahead of all others, and drains them too', async () => {
    const { origin, app, stop } = await start(secured)
    let answering: ((text: string) => void) | undefined
    app.get(RawRoutes).add((request, response) => {
      if (request.url?.startsWith('/raw/') !== true) return false
      answering = (text) => void response.end(text)
      return true
    })
    const answer = fetch(`${origin}/raw/rows`)
    expect((await fetch(`${origin}/rawish`)).status).toBe(404)
    await delay(50)
    const stopped = stop(5000)
    await delay(50)
    answering?.('streamed')
    expect(await (await answer).text()).toBe('streamed')
    await stopped
  })

  it('takes URLs as long as queries are', async () => {
    const { origin } = await start()
    expect((await fetch(`${origin}/open?q=${'x'.repeat(40_000)}`)).status).toBe(200)
  })

  it('knows where it listens', async () => {
    const { origin, app } = await start()
    expect(app.get(OwnAddress).origin).toBe(origin)
    expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/)
  })

  it('lets running requests end when it is stopped, takes no new ones, and cuts off what does not end', async () => {
    const server = await start()
    const slow = fetch(`${server.origin}/slow`)
    const endless = fetch(`${server.origin}/endless`).then(() => 'answered', () => 'cut off')
    await delay(100)
    const stopped = server.stop(1500)
    await delay(50)
    await expect(fetch(`${server.origin}/who`)).rejects.toThrow('fetch failed')
    expect(await (await slow).json()).toEqual({ done: true })
    expect(await endless).toBe('cut off')
    await stopped
  })

  it('says when its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => { other.once('listening', resolve) })
    const { port } = other.address() as AddressInfo
    await expect(start({ PORT: String(port) })).rejects.toMatchObject({ code: 'HUB_START_PORT_TAKEN', message: `Port ${port} is in use. Set PORT to a free one.` })
    expect(logged.filter((line) => !line.includes('"level":20'))).toEqual([])
    other.close()
  })

  it('passes on what a module says prevents the start, and adds no words of its own', async () => {
    const failing = { provide: 'store', useFactory: () => { throw hubError('HUB_START_STORE_NEWER', { migration: 'Later1' }) } }
    const settings = readSettings({ PORT: '0', TRIBUTARY_DATA_DIR: dataDir })
    const started = startServer({ module: OrdersController, providers: [failing] }, settings, createLog(settings, { write: (line: string) => void logged.push(line) }))
    await expect(started).rejects.toMatchObject({ code: 'HUB_START_STORE_NEWER' })
    expect(logged).toEqual([])
  })

  it('says when its address or data directory cannot be used', async () => {
    await expect(start({ HOST: '192.0.2.77', ...secured })).rejects.toMatchObject({ code: 'HUB_START_CONFIG', params: { name: 'HOST' } })
    for (const place of ['/dev/null/data', '/proc/tributary/data']) {
      await expect(start({ TRIBUTARY_DATA_DIR: place })).rejects.toMatchObject({ code: 'HUB_START_DATA_DIR', params: { dir: place } })
    }
    await expect(start({ TRIBUTARY_DATA_DIR: join(dataDir, 'made', 'as', 'needed') })).resolves.toBeDefined()
  })
})
