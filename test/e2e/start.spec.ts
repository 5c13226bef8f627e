import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { delimiter, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { startHub } from '../harness/hub.js'
import { customersAndOrders, startODataServer } from '../harness/odata-server.js'
import { run, scratch, until, type Running } from '../harness/running.js'

/** `npm start` as a new user runs it: whatever Node is first on PATH. */

const npm = (environment: Readonly<Record<string, string>>): Running => run('npm', ['start', '--silent'], environment)

/** What it told people: everything but the log. */
const words = (running: Running): readonly string[] => running.output().trim().split('\n').filter((line) => !line.startsWith('{'))

const originOf = (running: Running) => until('The start', () => /(http:\/\/127\.0\.0\.1:\d+)/.exec(running.output())?.[1], { told: running.output })

/** A Node older than the project's, if this machine has one on its PATH. */
const systemNode = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules')).map((folder) => join(folder, 'node')).find((file) => existsSync(file))
const systemVersion = systemNode === undefined ? '' : execFileSync(systemNode, ['--version'], { encoding: 'utf8' }).trim()
const old = Number(/^v(\d+)/.exec(systemVersion)?.[1] ?? 99) < 24
if (!old) process.stderr.write('No Node older than 24 is on PATH: the start is tried with the present one.\n')

describe('npm start', () => {
  it('serves with an old Node first on PATH, tells where, builds nothing the second time, and ends cleanly on SIGTERM', async () => {
    const data = scratch('start')
    const path = { PATH: `${dirname(systemNode ?? process.execPath)}${delimiter}${process.env['PATH'] ?? ''}` }
    const running = npm({ ...path, PORT: '0', TRIBUTARY_DATA_DIR: data.path })
    const origin = await originOf(running)
    const version = /runs on Node (\S+)/.exec(running.output())?.[1]
    expect(version).toMatch(/^24\./)
    expect(version).not.toBe(old ? systemVersion.replace(/^v/, '') : '')
    await until('The sample address', () => (running.output().includes(`${origin}/odata/northwind-360/`) ? true : undefined), { told: running.output })
    expect(running.output()).toContain(`${origin}/api/docs`)
    expect(running.output()).not.toMatch(/Built|Building|Installing/)
    expect((await fetch(`${origin}/odata/northwind-360/Orders?$top=1`)).status).toBe(200)
    const hubs = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n').filter((line) => line.includes(join('apps', 'hub', 'dist', 'main.js')) && line.includes('node_modules/node/bin/node'))
    expect(hubs.length).toBeGreaterThan(0)
    await running.stop()
    await expect(fetch(`${origin}/health/live`)).rejects.toThrow('fetch failed')
    data.remove()
  }, 120_000)

  it('ends with code 0 when it is asked to, having answered what was under way', async () => {
    const source = await startODataServer({ sets: customersAndOrders(5, 5), behaviour: { latencyMs: 700 } })
    const hub = await startHub({ TRIBUTARY_SAMPLES: 'off' })
    expect((await hub.send('POST', '/api/v1/services', { url: source.url, slug: 'slow', name: 'Slow' })).status).toBe(201)
    const underWay = hub.get('/odata/slow/Customers')
    await until('The request', () => (source.inFlight().now > 0 ? true : undefined))
    const ended = hub.stop()
    expect((await underWay).status).toBe(200)
    expect(await ended).toEqual({ code: 0, signal: null })
    await source.stop()
  }, 60_000)

  it('says in one line that the port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const data = scratch('port')
    const running = npm({ PORT: String((taken.address() as AddressInfo).port), TRIBUTARY_DATA_DIR: data.path })
    const { code } = await running.ended
    taken.close()
    data.remove()
    expect(code).not.toBe(0)
    expect(words(running)).toEqual([expect.stringContaining('HUB_START_PORT_TAKEN')])
  }, 60_000)

  it('says in one line that the data directory cannot be written', async () => {
    const data = scratch('readonly')
    const file = join(data.path, 'file')
    writeFileSync(file, 'not a directory')
    const running = npm({ PORT: '0', TRIBUTARY_DATA_DIR: join(file, 'data') })
    const { code } = await running.ended
    data.remove()
    expect(code).not.toBe(0)
    expect(words(running)).toEqual([expect.stringContaining('HUB_START_DATA_DIR')])
  }, 60_000)

  it('refuses a store that a newer version has written, and leaves it as it was', async () => {
    const data = scratch('newer')
    const first = npm({ PORT: '0', TRIBUTARY_DATA_DIR: data.path, TRIBUTARY_SAMPLES: 'off' })
    await originOf(first)
    await first.stop()
    const file = readdirSync(data.path).find((name) => name.endsWith('.sqlite') || name.endsWith('.db'))
    if (file === undefined) throw new Error(`no store among ${readdirSync(data.path).join(', ')}`)
    const store = new DatabaseSync(join(data.path, file))
    store.exec("INSERT INTO migrations (timestamp, name) VALUES (99999999999999, 'FromTheFuture99999999999999')")
    store.close()
    const second = npm({ PORT: '0', TRIBUTARY_DATA_DIR: data.path })
    const { code } = await second.ended
    expect(code).not.toBe(0)
    expect(words(second)).toEqual([expect.stringContaining('HUB_START_STORE_NEWER')])
    data.remove()
  }, 60_000)

  it('refuses to listen beyond this machine without an administrator', async () => {
    const data = scratch('open')
    const running = npm({ HOST: '0.0.0.0', PORT: '0', TRIBUTARY_DATA_DIR: data.path })
    const { code } = await running.ended
    data.remove()
    expect(code).not.toBe(0)
    expect(running.output()).toContain('TRIBUTARY_ADMIN_TOKEN')
  }, 60_000)

  it('keeps its state, key included, in a directory nobody else may read', async () => {
    const data = scratch('state')
    mkdirSync(join(data.path, 'own'))
    chmodSync(join(data.path, 'own'), 0o700)
    const running = npm({ PORT: '0', TRIBUTARY_DATA_DIR: join(data.path, 'own'), TRIBUTARY_SAMPLES: 'off' })
    await originOf(running)
    const modes = execFileSync('stat', ['-c', '%a', join(data.path, 'own', 'secret.key')], { encoding: 'utf8' }).trim()
    expect(modes).toBe('600')
    await running.stop()
    data.remove()
  }, 60_000)
})
