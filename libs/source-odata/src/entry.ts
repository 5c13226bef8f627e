import type { Target } from '@tributary/source'
import { credentialHeaders } from './credentials.js'

/** What every request to a place shares, worked out once. */
export interface Entry {
  /** Of the registered address. */
  readonly origin: string
  /** Headers of each request that its own may replace. */
  readonly plain: Readonly<Record<string, string>>
  /** Headers the connection adds, names in lower case: they stand above all others. */
  readonly own: Readonly<Record<string, string>>
}

const entries = new WeakMap<Target['connection'], Map<string, Entry>>()

/** The entry to a place. Connections are values: a change makes another. */
export function entryOf({ url, connection }: Pick<Target, 'url' | 'connection'>): Entry {
  const known = entries.get(connection)?.get(url)
  if (known !== undefined) return known
  const { origin, hostname } = new URL(url)
  const given = Object.entries(connection.headers).map(([name, value]) => [name.toLowerCase(), value])
  const entry: Entry = { origin, plain: plainHeaders(hostname), own: { ...Object.fromEntries(given) as Record<string, string>, ...credentialHeaders(connection) } }
  entries.set(connection, new Map(entries.get(connection)).set(url, entry))
  return entry
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** On this machine compressing costs more than it saves. */
export const plainHeaders = (hostname: string): Readonly<Record<string, string>> => ({ 'user-agent': 'tributary', 'accept-encoding': LOOPBACK.test(hostname) ? 'identity' : 'gzip, br' })
