import { authenticate, authenticateInternal, challengeOf, readSettings } from '@tributary/nest'
import { isHubError } from '@tributary/errors'
import type { IncomingHttpHeaders } from 'node:http'

const adminToken = 'correct-horse-battery-staple-0123456789'
const local = readSettings({})
const secured = readSettings({ TRIBUTARY_ADMIN_TOKEN: adminToken })
const basic = (name: string, password: string) => `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`
const fault = (code: string) => expect.objectContaining({ code })

const fromHere = (headers: IncomingHttpHeaders, address = '127.0.0.1', method = 'GET') => () => authenticate(headers, { address, method }, local)

describe('local mode', () => {
  it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])('takes a peer at %s for the administrator', (address) => {
    expect(fromHere({ host: 'localhost:3000' }, address)()).toMatchObject({ id: 'local', role: 'admin' })
  })

  it.each(['192.168.1.7', '10.0.0.1', '::ffff:10.0.0.1', 'fe80::1', '128.0.0.1', ''])('refuses a peer at %p', (address) => {
    expect(fromHere({ host: 'localhost:3000' }, address)).toThrow(fault('HUB_AUTH_FORBIDDEN'))
  })

  it.each(['localhost', 'localhost:3000', 'LocalHost:80', '127.0.0.1:3000', '127.1.2.3', '[::1]:3000', '[::1]', 'hub.localhost:3000'])('answers to the name %s', (host) => {
    expect(fromHere({ host })()).toMatchObject({ id: 'local' })
  })

  it.each(['evil.example', 'evil.example:3000', 'localhost.evil.example', '127.0.0.1.evil.example', '192.168.1.7:3000', 'notlocalhost', '[::2]', ''])('refuses the name %p, which may have been rebound', (host) => {
    expect(fromHere({ host })).toThrow(fault('HUB_AUTH_FORBIDDEN'))
  })

  it('refuses a request without a name', () => {
    expect(fromHere({})).toThrow(fault('HUB_AUTH_FORBIDDEN'))
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('refuses %s from a page of another origin, and takes it from its own', (method) => {
    const write = (origin: string | undefined) => fromHere({ host: 'localhost:3000', ...(origin === undefined ? {} : { origin }) }, '127.0.0.1', method)
    for (const origin of ['https://evil.example', 'null', '', 'http://localhost:3001', 'http://127.0.0.1:3000']) expect(write(origin)).toThrow(fault('HUB_AUTH_FORBIDDEN'))
    expect(write('http://localhost:3000')()).toMatchObject({ id: 'local' })
    expect(write(undefined)()).toMatchObject({ id: 'local' })
  })

  it('lets any page read, since browsers keep the answer from a foreign one', () => {
    expect(fromHere({ host: 'localhost:3000', origin: 'https://evil.example' })()).toMatchObject({ id: 'local' })
  })
})

const fromAfar = (headers: IncomingHttpHeaders, address = '203.0.113.9', method = 'GET') => () => authenticate({ host: 'hub.example', ...headers }, { address, method }, secured)

describe('secured mode', () => {
  it.each([
    ['a bearer token', `Bearer ${adminToken}`],
    ['a bearer token in other letters', `bearer  ${adminToken}`],
    ['the password of Basic', basic('anyone', adminToken)],
    ['the password of Basic without a name', basic('', adminToken)],
  ])('takes the administrator\'s token as %s', (_, authorization) => {
    expect(fromAfar({ authorization })()).toMatchObject({ id: 'admin', role: 'admin', via: 'token' })
  })

  it.each([['nothing', undefined], ['an empty header', ''], ['an empty Bearer', 'Bearer'], ['a blank Bearer', 'Bearer  '], ['an empty Basic', 'Basic'], ['an empty password', basic('admin', '')]])(
    'asks who calls when there is %s', (_, authorization) => {
      expect(fromAfar(authorization === undefined ? {} : { authorization })).toThrow(fault('HUB_AUTH_REQUIRED'))
    })

  it.each([
    'Bearer wrong', `Bearer ${adminToken}x`, `Bearer ${adminToken.slice(1)}`, `Token ${adminToken}`, adminToken, `Bearer ${adminToken} ${adminToken}`,
    basic(adminToken, 'wrong'), `Basic ${Buffer.from(adminToken).toString('base64')}`, `Bearer ${basic('a', adminToken)}`,
  ])('refuses %s', (authorization) => {
    expect(fromAfar({ authorization })).toThrow(fault('HUB_AUTH_INVALID'))
  })

  it('tells where users sign in to who asks with an empty Bearer, where that is set up; everybody else is asked for a password', () => {
    const oauth = readSettings({ TRIBUTARY_ADMIN_TOKEN: adminToken, TRIBUTARY_OAUTH_AUTHORIZATION_URI: 'https://login.example/tenant/oauth2/authorize' })
    const challenged = (authorization: string | undefined, settings = oauth): string => {
      try {
        authenticate({ host: 'hub.example', ...(authorization === undefined ? {} : { authorization }) }, { address: '203.0.113.9', method: 'GET' }, settings)
      } catch (error) {
        if (isHubError(error)) return challengeOf(error)
      }
      return 'let in'
    }
    const plain = 'Basic realm="Tributary", charset="UTF-8", Bearer'
    expect(challenged('Bearer')).toBe('Bearer authorization_uri=https://login.example/tenant/oauth2/authorize, Basic realm="Tributary", charset="UTF-8"')
    expect(challenged(undefined)).toBe(plain)
    expect(challenged('Bearer wrong')).toBe(plain)
    expect(challenged('Bearer', secured)).toBe(plain)
    expect(challenged(`Bearer ${adminToken}`)).toBe('let in')
  })

  it('asks callers on the same machine too', () => {
    expect(fromAfar({ host: 'localhost' }, '127.0.0.1')).toThrow(fault('HUB_AUTH_REQUIRED'))
  })

  it('refuses writes of foreign pages with Basic, which browsers repeat on their own; a bearer token is never repeated', () => {
    const foreign = { origin: 'https://evil.example' }
    expect(fromAfar({ ...foreign, authorization: basic('a', adminToken) }, '203.0.113.9', 'POST')).toThrow(fault('HUB_AUTH_FORBIDDEN'))
    expect(fromAfar({ ...foreign, authorization: `Bearer ${adminToken}` }, '203.0.113.9', 'POST')()).toMatchObject({ id: 'admin' })
    expect(fromAfar({ origin: 'https://hub.example', authorization: basic('a', adminToken) }, '203.0.113.9', 'POST')()).toMatchObject({ id: 'admin' })
  })

  it('knows its own pages behind a proxy by the public address', () => {
    const behind = readSettings({ TRIBUTARY_ADMIN_TOKEN: adminToken, TRIBUTARY_PUBLIC_URL: 'https://data.example/hub' })
    const headers = { host: 'internal:3000', origin: 'https://data.example', authorization: basic('a', adminToken) }
    expect(authenticate(headers, { address: '10.0.0.2', method: 'POST' }, behind)).toMatchObject({ id: 'admin' })
  })

  it('knows the process itself, which may only read', () => {
    expect(fromAfar({ authorization: `Bearer ${secured.processToken}` }, '127.0.0.1')()).toMatchObject({ id: 'process', role: 'reader' })
    expect(fromAfar({ authorization: `Bearer ${local.processToken}` }, '127.0.0.1')).toThrow(fault('HUB_AUTH_INVALID'))
  })
})

describe('the other service of a split deployment', () => {
  const internalToken = 'i'.repeat(40)
  const split = readSettings({ TRIBUTARY_INTERNAL_TOKEN: internalToken, TRIBUTARY_ADMIN_TOKEN: adminToken })

  it('is known by the internal token alone', () => {
    expect(authenticateInternal({ authorization: `Bearer ${internalToken}` }, split)).toMatchObject({ id: 'process' })
    expect(() => authenticateInternal({}, split)).toThrow(fault('HUB_AUTH_REQUIRED'))
    for (const authorization of [`Bearer ${adminToken}`, basic('a', internalToken), 'Bearer undefined']) {
      expect(() => authenticateInternal({ authorization }, split)).toThrow(fault('HUB_AUTH_INVALID'))
    }
  })

  it('never passes where no internal token is set, local mode included', () => {
    expect(() => authenticateInternal({ authorization: 'Bearer undefined' }, local)).toThrow(fault('HUB_AUTH_INVALID'))
    expect(() => authenticateInternal({ authorization: `Bearer ${local.processToken}` }, local)).toThrow(fault('HUB_AUTH_INVALID'))
  })
})
