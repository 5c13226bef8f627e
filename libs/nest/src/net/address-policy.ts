import { lookup as resolve } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import type { AddressPolicy } from '@tributary/catalog'
import { hubError } from '@tributary/errors'
import type { Settings } from '../config/settings.js'

/** Ranges that are not the public Internet: private, loopback, link-local, shared, reserved, documentation, multicast. @see RFC 6890 */
const notPublic = new BlockList()
const ranges4 = ['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24',
  '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/3']
const ranges6 = ['::/128', '::1/128', '100::/64', '2001:db8::/32', '3fff::/20', 'fc00::/7', 'fe80::/9', 'ff00::/8']
for (const range of ranges4) addRange(range, 'ipv4')
for (const range of ranges6) addRange(range, 'ipv6')

function addRange(range: string, family: 'ipv4' | 'ipv6'): void {
  const [address = '', prefix] = range.split('/')
  notPublic.addSubnet(address, Number(prefix), family)
}

/** Whether an IP address belongs to the public Internet; an IPv4 address inside an IPv6 one (mapped, 6to4, NAT64) counts by itself. */
export function isPublicAddress(address: string): boolean {
  const plain = address.split('%')[0] ?? ''
  const family = isIP(plain)
  if (family === 0) return false
  if (family === 4) return !notPublic.check(plain, 'ipv4')
  const inner = embeddedIpv4(plain)
  return inner === undefined ? !notPublic.check(plain, 'ipv6') : !notPublic.check(inner, 'ipv4')
}

/**
 * Which addresses may be registered: http and https, without credentials in the URL, and on the public Internet unless private sources are
 * allowed. Every address a name resolves to must pass. A name that does not resolve passes: reading it fails on its own.
 */
export function createAddressPolicy(settings: Pick<Settings, 'allowPrivateSources'>): AddressPolicy {
  return Object.freeze({
    async check(url: string): Promise<void> {
      if (!URL.canParse(url)) throw refused(url, 'it is no absolute URL')
      const { protocol, username, password, hostname } = new URL(url)
      if (protocol !== 'http:' && protocol !== 'https:') throw refused(url, 'only http and https are spoken')
      if (username !== '' || password !== '') throw refused(withoutCredentials(url), 'credentials belong into the connection, not into the URL')
      if (settings.allowPrivateSources) return
      for (const address of await addressesOf(hostname)) {
        if (!isPublicAddress(address)) throw refused(url, `${address} is a private address`)
      }
    },
  })
}

/**
 * Which addresses connections to sources may be made to: the second half of the policy, because a name may change its mind after it was
 * registered, and a service may have been registered under other settings.
 * @param own root of what this process serves itself, known once it listens; it is always reachable
 */
export function guardConnections(settings: Pick<Settings, 'allowPrivateSources'>, own: () => string | undefined = () => undefined): { allows(address: string, url: string): boolean } {
  return Object.freeze({
    allows(address: string, url: string): boolean {
      if (settings.allowPrivateSources || isPublicAddress(address)) return true
      const root = own()
      return root !== undefined && url.startsWith(root)
    },
  })
}

async function addressesOf(hostname: string): Promise<readonly string[]> {
  const literal = hostname.replace(/^\[(.*)\]$/, '$1')
  if (isIP(literal) !== 0) return [literal]
  const found = await resolve(literal, { all: true }).catch(() => [])
  return found.map(({ address }) => address)
}

/** ::ffff:a.b.c.d and 64:ff9b::a.b.c.d end in the IPv4 address; 2002:a.b.c.d:: holds it after its first group. */
function embeddedIpv4(address: string): string | undefined {
  const groups = groupsOf(address)
  const beginsWith = (...first: readonly number[]): boolean => first.every((group, index) => groups[index] === group)
  if (beginsWith(0x2002)) return dotted(groups[1], groups[2])
  return beginsWith(0, 0, 0, 0, 0, 0xffff) || beginsWith(0x64, 0xff9b, 0, 0, 0, 0) ? dotted(groups[6], groups[7]) : undefined
}

/** The eight numbers of an IPv6 address, also where zeros were left out. */
function groupsOf(address: string): readonly number[] {
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1)
  const [head = [], tail = []] = canonical.split('::').map((part) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))))
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail]
}

const dotted = (high = 0, low = 0): string => [high >> 8, high & 255, low >> 8, low & 255].join('.')

function withoutCredentials(url: string): string {
  const plain = new URL(url)
  plain.username = ''
  plain.password = ''
  return plain.href
}

const refused = (url: string, reason: string) => hubError('HUB_SOURCE_ADDRESS_REFUSED', { url, reason })
