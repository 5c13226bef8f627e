import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { LRUCache } from 'lru-cache'
import type { Settings } from '../config/settings.js'

/** The settings `publicOrigin` looks at. */
export type OriginSettings = Pick<Settings, 'trustedProxies' | 'publicUrl'>

/**
 * The address under which the caller sees the hub, without trailing slash; every absolute link is made with it. TRIBUTARY_PUBLIC_URL wins;
 * `Forwarded` and `X-Forwarded-*` count only from trusted proxies; else it is what the request names as its host.
 * @see RFC 7239
 */
export function publicOrigin(headers: IncomingHttpHeaders, peerAddress: string, settings: OriginSettings): string {
  if (settings.publicUrl !== undefined) return settings.publicUrl
  const forwarded = isTrusted(peerAddress, settings.trustedProxies) ? readForwarded(headers) : {}
  const scheme = forwarded.scheme === 'https' ? 'https' : 'http'
  const own = `${scheme}://${headers.host ?? 'localhost'}`
  const named = forwarded.host === undefined ? own : `${scheme}://${forwarded.host}`
  return `${asOrigin(named) ?? asOrigin(own) ?? 'http://localhost'}${forwarded.prefix ?? ''}`
}

interface Forwarded {
  readonly scheme?: string
  readonly host?: string
  readonly prefix?: string
}

/** The nearest proxy writes the last element, the first one met the client: hosts and schemes are those the client used. */
function readForwarded(headers: IncomingHttpHeaders): Forwarded {
  const standard = first(headers['forwarded'])
  const pairs = new Map([...(standard ?? '').matchAll(/(\w+)\s*=\s*(?:"([^"]*)"|([^\s;]+))/g)].map(([, name = '', quoted, plain]) => [name.toLowerCase(), quoted ?? plain ?? '']))
  const scheme = pairs.get('proto') ?? first(headers['x-forwarded-proto'])
  const port = first(headers['x-forwarded-port'])
  const host = pairs.get('host') ?? withPort(first(headers['x-forwarded-host']), port)
  const prefix = /^(?:\/[\w.~-]+)+$/.exec(first(headers['x-forwarded-prefix'])?.replace(/\/+$/, '') ?? '')?.[0]
  return {
    ...(scheme === undefined ? {} : { scheme: scheme.toLowerCase() }),
    ...(host === undefined ? {} : { host }),
    ...(prefix === undefined ? {} : { prefix }),
  }
}

const first = (header: string | readonly string[] | undefined): string | undefined => {
  const text = typeof header === 'string' ? header : header?.[0]
  const value = text?.split(',')[0]?.trim()
  return value === '' ? undefined : value
}

const withPort = (host: string | undefined, port: string | undefined): string | undefined =>
  host === undefined || port === undefined || !/^\d{1,5}$/.test(port) || /:\d+$/.test(host) ? host : `${host}:${port}`

/** Callers use few names, and every request asks. */
const origins = new LRUCache<string, { readonly origin: string | undefined }>({ max: 100 })

/** Undefined for what is no host: nothing but a host may come into a link from a header. */
function asOrigin(text: string): string | undefined {
  const known = origins.get(text)
  if (known !== undefined) return known.origin
  const origin = parseOrigin(text)
  origins.set(text, { origin })
  return origin
}

function parseOrigin(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  return url.username === '' && url.password === '' && url.pathname === '/' && url.search === '' && url.hash === '' ? url.origin : undefined
}

const lists = new WeakMap<readonly string[], BlockList>()

function isTrusted(address: string, ranges: readonly string[]): boolean {
  if (ranges.length === 0) return false
  const plain = address.split('%')[0] ?? ''
  const family = isIP(plain)
  return family !== 0 && trusted(ranges).check(plain, family === 4 ? 'ipv4' : 'ipv6')
}

function trusted(ranges: readonly string[]): BlockList {
  const known = lists.get(ranges)
  if (known !== undefined) return known
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/')
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6'
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(prefix), family)
  }
  lists.set(ranges, list)
  return list
}
