import { publicOrigin } from '@tributary/nest'
import type { IncomingHttpHeaders } from 'node:http'

const trusting = { trustedProxies: ['10.0.0.0/8', '::1'] }
const seen = (headers: IncomingHttpHeaders, address = '10.1.2.3') => publicOrigin({ host: 'hub:3000', ...headers }, address, trusting)

describe('the public address', () => {
  it('is what the request names', () => {
    expect(publicOrigin({ host: 'localhost:3000' }, '127.0.0.1', { trustedProxies: [] })).toBe('http://localhost:3000')
    expect(publicOrigin({ host: '[::1]:3000' }, '::1', { trustedProxies: [] })).toBe('http://[::1]:3000')
  })

  it.each([
    ['Forwarded', { forwarded: 'for=192.0.2.60;proto=https;host=data.example' }, 'https://data.example'],
    ['a quoted Forwarded', { forwarded: 'proto=https; host="data.example:8443"' }, 'https://data.example:8443'],
    ['the first of several proxies', { forwarded: 'host=data.example;proto=https, host=inner;proto=http' }, 'https://data.example'],
    ['X-Forwarded-*', { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'data.example' }, 'https://data.example'],
    ['lists in X-Forwarded-*', { 'x-forwarded-proto': 'https, http', 'x-forwarded-host': 'data.example, inner' }, 'https://data.example'],
    ['X-Forwarded-Port', { 'x-forwarded-host': 'data.example', 'x-forwarded-port': '8080' }, 'http://data.example:8080'],
    ['the scheme\'s own port', { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'data.example', 'x-forwarded-port': '443' }, 'https://data.example'],
    ['X-Forwarded-Prefix', { 'x-forwarded-host': 'data.example', 'x-forwarded-prefix': '/hub/' }, 'http://data.example/hub'],
    ['the scheme alone', { 'x-forwarded-proto': 'https' }, 'https://hub:3000'],
  ])('follows %s of a trusted proxy', (_, headers, address) => {
    expect(seen(headers)).toBe(address)
    expect(seen(headers, '::1')).toBe(address)
    expect(seen(headers, '::ffff:10.0.0.9')).toBe(address)
  })

  it('does not follow them from anyone else', () => {
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' }
    for (const address of ['11.0.0.1', '127.0.0.1', '::2', '', 'unix']) expect(seen(headers, address)).toBe('http://hub:3000')
  })

  it.each(['evil.example/path', 'user@evil.example', 'a b', 'x?y', '"><script>'])('takes nothing that is no host from a header: %s', (host) => {
    expect(seen({ 'x-forwarded-host': host })).toBe('http://hub:3000')
    expect(publicOrigin({ host }, '127.0.0.1', { trustedProxies: [] })).toBe('http://localhost')
  })

  it('is the configured one whatever a request says', () => {
    expect(publicOrigin({ host: 'x', 'x-forwarded-host': 'y' }, '10.0.0.1', { ...trusting, publicUrl: 'https://data.example/hub' })).toBe('https://data.example/hub')
  })
})
