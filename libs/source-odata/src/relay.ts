import { Readable } from 'node:stream'
import { hubError } from '@tributary/errors'
import type { Connection, RelayContext, RemoteCall, RemoteReply, Target } from '@tributary/source'
import { refuseLink } from './links.js'
import { versionHeaders } from './request-headers.js'
import { bodyError, type Incoming, type Outgoing, type Transport } from './transport.js'

/** Bytes after which a body leaves its lane to others: its reader sets the pace. */
const LANE_BYTES = 4 * 1024 * 1024

/** A token against forged requests, and the cookies of the session it is good for. */
interface WriteSession {
  readonly token: string
  readonly cookies: string
}

/** The sessions of sources that want such tokens, one a connection. */
export type WriteSessions = WeakMap<Connection, WriteSession>

/**
 * Sends a call of any method once and gives the remote's answer, whatever its status. A remote that wants a token against
 * forged requests refuses before it changes anything: it is asked for one, and the call is sent again with it.
 * @throws HUB_SOURCE_UNREACHABLE, HUB_SOURCE_TIMEOUT, HUB_SOURCE_DENIED for 401 and 403, HUB_SOURCE_LINK_REFUSED
 */
export async function relayCall(transport: Transport, sessions: WriteSessions, call: RemoteCall, way: RelayWay): Promise<RemoteReply> {
  const { target } = way
  const outgoing = outgoingOf(call, way, sessions.get(target.connection))
  const first = await transport.send(outgoing)
  if (!wantsToken(first)) return replyOf(admitted(first, target), outgoing)
  first.finish(0)
  const session = await newSession(transport, way)
  sessions.set(target.connection, session)
  const again = outgoingOf(call, way, session)
  return replyOf(admitted(await transport.send(again), target), again)
}

/** Where a call goes, and who watches. */
export interface RelayWay extends RelayContext {
  readonly target: Target
}

const isRead = ({ method }: RemoteCall): boolean => method === 'GET' || method === 'HEAD'

function outgoingOf(call: RemoteCall, { target, signal, observe }: RelayWay, session: WriteSession | undefined): Outgoing {
  const headers = { ...versionHeaders(target), ...call.headers, ...(session === undefined || isRead(call) ? {} : headersOf(session)) }
  return { place: target, method: call.method, url: urlBelow(target, call.path), headers, signal, observe, ...(call.body === undefined ? {} : { body: call.body }) }
}

/** @throws HUB_SOURCE_LINK_REFUSED for a path that climbs out of the service root */
function urlBelow(target: Target, path: string): string {
  const { href } = new URL(`${target.url}${path}`)
  if (!href.startsWith(new URL(target.url).href)) throw refuseLink(target, path)
  return href
}

/** @throws HUB_SOURCE_DENIED */
function admitted(incoming: Incoming, { slug }: Target): Incoming {
  if (incoming.status !== 401 && incoming.status !== 403) return incoming
  incoming.finish(0)
  throw hubError('HUB_SOURCE_DENIED', { slug, status: incoming.status })
}

const wantsToken = ({ status, headers }: Incoming): boolean => status === 403 && headers['x-csrf-token']?.toLowerCase() === 'required'

const headersOf = ({ token, cookies }: WriteSession): Readonly<Record<string, string>> => ({ 'x-csrf-token': token, ...(cookies === '' ? {} : { cookie: cookies }) })

/** @throws HUB_SOURCE_DENIED if the remote wants a token and gives none */
async function newSession(transport: Transport, { target, signal, observe }: RelayWay): Promise<WriteSession> {
  const incoming = await transport.send({ place: target, url: target.url, headers: { accept: 'application/json', 'x-csrf-token': 'Fetch', ...versionHeaders(target) }, signal, observe })
  const { 'x-csrf-token': token, 'set-cookie': cookies = '' } = incoming.headers
  incoming.finish(0)
  if (token === undefined || token.toLowerCase() === 'required') throw hubError('HUB_SOURCE_DENIED', { slug: target.slug, status: 403 })
  const pairs = cookies.split('\n').map((cookie) => cookie.split(';')[0]?.trim() ?? '').filter((pair) => pair !== '')
  return { token, cookies: pairs.join('; ') }
}

function replyOf(incoming: Incoming, outgoing: Outgoing): RemoteReply {
  const { status } = incoming
  const encoded = incoming.headers['content-encoding'] !== undefined
  const headers = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !KEPT_BACK.has(name) && !(encoded && name === 'content-length')))
  if (outgoing.method === 'HEAD' || status === 204 || status === 304 || incoming.headers['content-length'] === '0') {
    incoming.finish(0)
    return { status, headers, body: Readable.from([]) }
  }
  incoming.body.once('close', () => incoming.finish(0))
  return { status, headers, body: bytesOf(incoming, outgoing) }
}

/** What concerns the connection to the remote alone: the body is decoded, sessions stay with us. */
const KEPT_BACK: ReadonlySet<string> = new Set(['content-encoding', 'transfer-encoding', 'connection', 'keep-alive', 'set-cookie', 'x-csrf-token', 'www-authenticate'])

async function* bytesOf(incoming: Incoming, outgoing: Outgoing): AsyncGenerator<Buffer> {
  let passed = 0
  try {
    for await (const chunk of incoming.body as AsyncIterable<Buffer>) {
      passed += chunk.length
      if (passed > LANE_BYTES) incoming.leaveLane()
      yield chunk
    }
  } catch (error) {
    throw bodyError(outgoing, error)
  } finally {
    incoming.finish(0)
  }
}
