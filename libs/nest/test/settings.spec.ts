import { readSettings, settingDescriptions, unknownVariables } from '@tributary/nest'
import { resolve } from 'node:path'

const token = 't'.repeat(32)
const refusal = (name: string, reason = '') =>
  expect.objectContaining({ code: 'HUB_START_CONFIG', message: expect.stringMatching(new RegExp(`^The setting ${name} is invalid: .*${reason}`)) })

describe('the settings', () => {
  it('are those of local mode when nothing is set', () => {
    expect(readSettings({})).toMatchObject({
      port: 3000, host: '127.0.0.1', dataDir: resolve('.tributary'), pageRows: 5000, samples: true,
      allowPrivateSources: true, trustedProxies: [], logLevel: 'info', mode: 'local',
    })
  })

  it('let the embedded engine take over in the data directory, unless it is switched off', () => {
    expect(readSettings({}).engine).toEqual({ fromRows: 50_000, memoryBytes: 512_000_000, spoolDirectory: resolve('.tributary', 'spool'), spoolBytes: 8_192_000_000 })
    expect(readSettings({ TRIBUTARY_SPOOL_DIR: '/srv/spool', TRIBUTARY_SPOOL_MB: '100', TRIBUTARY_ENGINE_FROM_ROWS: '0' }).engine).toMatchObject({ fromRows: 0, spoolDirectory: resolve('/srv/spool'), spoolBytes: 100_000_000 })
    expect(readSettings({ TRIBUTARY_ENGINE: 'off' })).not.toHaveProperty('engine')
    expect(() => readSettings({ TRIBUTARY_ENGINE_MEMORY_MB: '10' })).toThrow(refusal('TRIBUTARY_ENGINE_MEMORY_MB'))
  })

  it('take an empty text for not set, as compose files pass it', () => {
    const settings = readSettings({ PORT: '', TRIBUTARY_ADMIN_TOKEN: '', TRIBUTARY_DATABASE_URL: ' ', TRIBUTARY_ALLOW_PRIVATE_SOURCES: '' })
    expect(settings).toMatchObject({ port: 3000, mode: 'local', allowPrivateSources: true })
    expect(settings).not.toHaveProperty('databaseUrl')
    expect(settings).not.toHaveProperty('adminToken')
  })

  it('become secured with an administrator\'s token, and private sources are then off unless allowed', () => {
    expect(readSettings({ TRIBUTARY_ADMIN_TOKEN: token })).toMatchObject({ mode: 'secured', adminToken: token, allowPrivateSources: false })
    expect(readSettings({ TRIBUTARY_ADMIN_TOKEN: token, TRIBUTARY_ALLOW_PRIVATE_SOURCES: 'on' })).toMatchObject({ allowPrivateSources: true })
  })

  it.each(['localhost', '127.0.0.1', '127.9.9.9', '::1', 'LOCALHOST'])('are local on %s', (HOST) => {
    expect(readSettings({ HOST }).mode).toBe('local')
  })

  it.each(['0.0.0.0', '::', '192.168.1.5', 'hub.example.com', 'localhost.example.com'])('refuse %s without an administrator\'s token', (HOST) => {
    expect(() => readSettings({ HOST })).toThrow(refusal('TRIBUTARY_ADMIN_TOKEN', HOST))
    expect(readSettings({ HOST, TRIBUTARY_ADMIN_TOKEN: token }).mode).toBe('secured')
  })

  it('need the internal token where catalog and proxy are two services', () => {
    expect(() => readSettings({ TRIBUTARY_CATALOG_URL: 'http://catalog:3000' })).toThrow(refusal('TRIBUTARY_INTERNAL_TOKEN'))
    for (const url of ['TRIBUTARY_CATALOG_URL', 'TRIBUTARY_PROXY_URL']) {
      expect(() => readSettings({ [url]: 'http://other:3000', TRIBUTARY_INTERNAL_TOKEN: token })).toThrow(refusal('TRIBUTARY_SECRET_KEY'))
    }
    expect(readSettings({ TRIBUTARY_CATALOG_URL: 'http://catalog:3000/', TRIBUTARY_INTERNAL_TOKEN: token, TRIBUTARY_SECRET_KEY: token }))
      .toMatchObject({ catalogUrl: 'http://catalog:3000', internalToken: token })
  })

  it.each([
    ['PORT', '65536'], ['PORT', '-1'], ['PORT', '30o0'], ['PORT', '1e3'],
    ['TRIBUTARY_PAGE_ROWS', '-5'], ['TRIBUTARY_PAGE_ROWS', '1.5'],
    ['TRIBUTARY_SAMPLES', 'maybe'], ['TRIBUTARY_ALLOW_PRIVATE_SOURCES', 'sometimes'],
    ['TRIBUTARY_ADMIN_TOKEN', 'x'.repeat(31)], ['TRIBUTARY_ADMIN_TOKEN', `${'x'.repeat(31)} y`], ['TRIBUTARY_ADMIN_TOKEN', 'ü'.repeat(40)],
    ['TRIBUTARY_INTERNAL_TOKEN', 'short'],
    ['TRIBUTARY_DATABASE_URL', 'mysql://db/x'], ['TRIBUTARY_DATABASE_URL', 'sqlite.db'],
    ['TRIBUTARY_PUBLIC_URL', 'hub.example.com'], ['TRIBUTARY_PUBLIC_URL', 'ftp://hub.example.com'], ['TRIBUTARY_PUBLIC_URL', 'https://hub.example.com/?a=b'],
    ['TRIBUTARY_TRUSTED_PROXIES', 'gateway'], ['TRIBUTARY_TRUSTED_PROXIES', '10.0.0.0/33'], ['TRIBUTARY_TRUSTED_PROXIES', '10.0.0.1, 1.2.3.4/8/8'],
    ['TRIBUTARY_LOG_LEVEL', 'loud'],
  ])('refuse %s = %p by its name', (name, text) => {
    expect(() => readSettings({ [name]: text })).toThrow(refusal(name))
  })

  it('never repeat a secret in what they say is wrong', () => {
    for (const name of ['TRIBUTARY_ADMIN_TOKEN', 'TRIBUTARY_INTERNAL_TOKEN', 'TRIBUTARY_DATABASE_URL']) {
      expect(() => readSettings({ [name]: 'hunter2' })).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hunter2') }))
    }
  })

  it('read ranges, switches and levels', () => {
    expect(readSettings({ TRIBUTARY_TRUSTED_PROXIES: '10.0.0.0/8, ::1', TRIBUTARY_SAMPLES: 'OFF', TRIBUTARY_PAGE_ROWS: '0', TRIBUTARY_LOG_LEVEL: 'Debug' }))
      .toMatchObject({ trustedProxies: ['10.0.0.0/8', '::1'], samples: false, pageRows: 0, logLevel: 'debug' })
  })

  it('make a process token anew for every start', () => {
    expect(readSettings({}).processToken).not.toBe(readSettings({}).processToken)
  })

  it('are documented one by one, and names that mean nothing are found', () => {
    expect(settingDescriptions.map(({ name }) => name)).toContain('TRIBUTARY_SECRET_KEY')
    for (const { meaning, default: standard } of settingDescriptions) expect([meaning, standard]).not.toContain('')
    expect(unknownVariables({ TRIBUTARY_ADMIN_TOKN: 'x', TRIBUTARY_SAMPLES: 'on', PATH: '' })).toEqual(['TRIBUTARY_ADMIN_TOKN'])
  })
})
