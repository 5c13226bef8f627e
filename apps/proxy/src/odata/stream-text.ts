import type { Exposure } from '@tributary/catalog'
import { hubError } from '@tributary/errors'
import type { RequestLimits } from '@tributary/nest'
import { parseResourcePath } from '@tributary/odata-url'
import { remoteAddress, type RemoteAddress } from '@tributary/planner'
import type { Endpoints, RemoteReply } from '@tributary/source'
import { relayCall, withOptions } from '../relay/relay-call.js'
import { sourceError } from '../relay/source-error.js'
import { sourceLinks } from '../relay/source-links.js'
import { namesFor } from './service-names.js'
import type { Timings } from './timings.js'

/** How streams of one request are read. */
export interface StreamWay {
  readonly exposure: Exposure
  /** Absolute URL of the service root, ends in `/`. */
  readonly root: string
  readonly endpoints: Endpoints
  readonly timings: Timings
  readonly signal: AbortSignal
  readonly limits: Pick<RequestLimits, 'remoteRequests' | 'bytesBuffered'>
}

/** A stream as it stands in an entity. */
export interface StreamText {
  readonly type: string
  /** JSON text: of JSON itself, of text a string, of everything else a string in base64url. */
  readonly json: string
}

/** Streams that are read at a time. */
const lanes = 8

/**
 * Reads streams by their addresses below the service root, each of them once, a few at a time; undefined: there is none.
 * @throws HUB_LIMIT_REQUESTS, HUB_LIMIT_BYTES_BUFFERED, HUB_SOURCE_*
 */
export function streamReader(way: StreamWay): (address: string) => Promise<StreamText | undefined> {
  const known = new Map<string, Promise<StreamText | undefined>>()
  const held: Held = { bytes: 0, requests: way.timings.requests.filter(({ cache }) => cache === undefined).length }
  const running: Promise<void>[] = Array.from({ length: lanes }, () => Promise.resolve())
  let next = 0
  return (address) => {
    const found = known.get(address)
    if (found !== undefined) return found
    const lane = next++ % lanes
    const begun = (running[lane] ?? Promise.resolve()).then(() => readStream(way, address, held))
    // one that fails leaves the lane to the next, which finds the request aborted or its limits reached
    running[lane] = begun.then(() => undefined, () => undefined)
    known.set(address, begun)
    return begun
  }
}

interface Held {
  bytes: number
  /** Sent for the whole answer so far. */
  requests: number
}

async function readStream(way: StreamWay, path: string, held: Held): Promise<StreamText | undefined> {
  const { exposure, endpoints, timings, signal, limits: { remoteRequests } } = way
  const address = addressOf(path, exposure)
  if (++held.requests > remoteRequests) throw hubError('HUB_LIMIT_REQUESTS', { limit: remoteRequests, reached: held.requests, slug: address.endpoint })
  signal.throwIfAborted()
  const reply = await relayCall({ endpoint: address.endpoint, method: 'GET', path: withOptions(address.path, address.options), headers: { 'accept': '*/*', 'accept-encoding': 'identity' } }, { endpoints, timings, signal })
  if (reply.status === 204 || reply.status === 404) {
    await drained(reply)
    return undefined
  }
  if (reply.status !== 200) throw await failureOf(reply, address, way)
  const bytes = await bytesOf(reply, held, way.limits)
  const type = reply.headers['content-type'] ?? 'application/octet-stream'
  return { type, json: jsonOf(bytes, type, { slug: address.endpoint, raw: path.endsWith('/$value') }) }
}

function addressOf(path: string, exposure: Exposure): RemoteAddress {
  const resource = parseResourcePath(path, namesFor(exposure.model))
  if (resource.kind !== 'path') throw new Error(`${path} is no stream`)
  return remoteAddress(resource.segments, exposure, new Map())
}

async function failureOf(reply: RemoteReply, address: RemoteAddress, { exposure, root, endpoints }: StreamWay): Promise<unknown> {
  const { target } = endpoints.endpoint(address.endpoint)
  return sourceError(reply, target, sourceLinks({ exposure, target, root, ...(address.set === undefined ? {} : { set: address.set }) }))
}

async function drained({ body }: RemoteReply): Promise<void> {
  for await (const _ of body) continue
}

/** @throws HUB_LIMIT_BYTES_BUFFERED where the streams of one page are more than a request may hold */
async function bytesOf({ body }: RemoteReply, held: Held, { bytesBuffered }: StreamWay['limits']): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of body) {
    held.bytes += chunk.length
    if (held.bytes > bytesBuffered) throw hubError('HUB_LIMIT_BYTES_BUFFERED', { limit: bytesBuffered, reached: held.bytes, what: 'with their streams' })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** @throws HUB_SOURCE_INVALID for what is not what its media type says */
function jsonOf(bytes: Buffer, type: string, { slug, raw }: { readonly slug: string; readonly raw: boolean }): string {
  const [media = ''] = type.toLowerCase().split(';')
  try {
    if (!raw && media.trim() === 'application/json') return requireJson(bytes.toString('utf8'))
    if (!raw && media.startsWith('text/')) return JSON.stringify(new TextDecoder(/charset="?([^";]+)/i.exec(type)?.[1] ?? 'utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw hubError('HUB_SOURCE_INVALID', { slug, reason: `a stream is not ${type}` }, { cause })
  }
  return JSON.stringify(bytes.toString('base64url'))
}

/** The text itself, so that no number in it loses a digit. @throws SyntaxError */
function requireJson(json: string): string {
  JSON.parse(json)
  return json.trim()
}
