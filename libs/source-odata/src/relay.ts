import { Readable } from 'node:stream'
import { hubError } from '@tributary/errors'
import type { RelayContext, RemoteCall, RemoteReply, Target } from '@tributary/source'
import { refuseLink } from './links.js'
import { versionHeaders } from './request-headers.js'
import { sendInSession } from './write-session.js'
import { bodyError, type Incoming, type Outgoing, type Transport } from './transport.js'

/** Bytes after which a body leaves its lane to others: its reader sets the pace. */
const LANE_BYTES = 4 * 1024 * 1024

/**
 * Sends a call of any method once and gives the remote's answer, whatever its status.
 * @throws HUB_SOURCE_UNREACHABLE, HUB_SOURCE_TIMEOUT, HUB_SOURCE_DENIED for 401 and 403, HUB_SOURCE_LINK_REFUSED
 */
export async function relayCall(transport: Transport, call: RemoteCall, way: RelayWay): Promise<RemoteReply> {
  const outgoing = outgoingOf(call, way)
  return replyOf(admitted(isRead(call) ? await transport.send(outgoing) : await sendInSession(transport, outgoing), way.target), outgoing)
}

/** Where a call goes, and who watches. */
export interface RelayWay extends RelayContext {
  readonly target: Target
}

const isRead = ({ method }: RemoteCall): boolean => method === 'GET' || method === 'HEAD'

function outgoingOf(call: RemoteCall, { target, signal, observe }: RelayWay): Outgoing {
  return { place: target, method: call.method, url: urlBelow(target, call.path), headers: { ...versionHeaders(target), ...call.headers }, signal, observe, ...(call.body === undefined ? {} : { body: call.body }) }
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
