import { once } from 'node:events'
import { conditionHolds, type BatchAnswer, type BatchForm, type BatchPart } from '@tributary/odata-wire'
import { hubError } from '@tributary/errors'
import type { Log } from '@tributary/nest'
import type { Exchange, Reply } from '../http/exchange.js'
import type { ServiceRequest } from '../odata/service-request.js'
import type { SendTogether } from './change-set.js'
import { partAddress } from './part-address.js'
import { withReferences } from './references.js'

/** What a batch is answered with. */
export interface BatchServices {
  readonly log: Log
  /** Requests a batch may hold. */
  readonly batchRequests: number
  /** Answers one of its requests. */
  readonly answer: (asked: ServiceRequest) => Promise<void>
  /** Sends the changes of a change set to their source, all or none. */
  readonly together: SendTogether
}

/** What became of the requests of a batch so far. */
export interface BatchCourse {
  readonly asked: ServiceRequest
  readonly services: BatchServices
  readonly out: BatchAnswer
  /** Of the answer. */
  readonly form: BatchForm
  /** By id and by group. */
  readonly succeeded: Map<string, boolean>
  /** The raw paths, below the root, of what earlier requests created or addressed, by their ids. */
  readonly references: Map<string, string>
}

/** Writes bytes of the answer, as fast as the client reads. */
export async function writeAnswer({ asked: { exchange } }: BatchCourse, bytes: Buffer): Promise<void> {
  if (bytes.length > 0 && !exchange.response.write(bytes)) await once(exchange.response, 'drain', { signal: exchange.signal })
}

/** The exchange of one request: the batch's own version holds where the request says nothing else. */
export function partExchange(part: BatchPart, { asked, references }: BatchCourse, response: Reply): Exchange {
  const { exchange, root } = asked
  const { 'odata-maxversion': maxVersion, host } = exchange.request.headers
  const inherited = { ...(host === undefined ? {} : { host }), ...(maxVersion === undefined ? {} : { 'odata-maxversion': maxVersion }) }
  const { prefer, ...headers } = part.headers
  const wishes = prefer === undefined ? undefined : withoutAsync(prefer)
  const body = withReferences(part.body ?? Buffer.alloc(0), headers['content-type'], { root, references })
  return { ...exchange, request: { method: part.method, headers: { ...inherited, ...headers, ...(wishes === undefined || wishes === '' ? {} : { prefer: wishes }) } }, response, readBody: async () => body }
}

/** The answer to a request of a batch is within the batch's: what may be answered later is the batch. */
const withoutAsync = (prefer: string): string => prefer.split(',').filter((item) => !/^\s*(?:odata\.)?respond-async\b/i.test(item)).join(',')

/**
 * The request as it would be by itself.
 * @throws HUB_REQUEST_INVALID for another batch and for addresses outside of the service, HUB_DEPENDENCY_FAILED for a reference to nothing
 */
export function partRequest(part: BatchPart, exchange: Exchange, { asked, references, succeeded }: BatchCourse): ServiceRequest {
  const { path, query } = partAddress(part.url, asked.root, references, succeeded)
  if (/^(?:\$|%24)batch(?:\/|$)/i.test(path)) throw hubError('HUB_REQUEST_INVALID', { reason: 'a batch cannot hold another' })
  const base = asked.exchange.path.slice(0, asked.exchange.path.length - asked.path.length)
  return { exposure: asked.exposure, root: asked.root, path, exchange: { ...exchange, path: `${base}${path}`, query } }
}

/**
 * That what a request depends on has succeeded, or what it says instead.
 * @param own ids of the requests it is done together with
 * @throws HUB_DEPENDENCY_FAILED
 */
export function requireDependencies({ id = '', dependsOn, condition }: BatchPart, { succeeded }: BatchCourse, own: ReadonlySet<string> = new Set()): void {
  if (condition !== undefined) {
    if (conditionHolds(id, condition, (one) => succeeded.get(one))) return
    throw hubError('HUB_DEPENDENCY_FAILED', { id, reason: 'its condition does not hold' }, { target: 'if' })
  }
  const failed = dependsOn.find((one) => !own.has(one) && succeeded.get(one) !== true)
  if (failed !== undefined) throw hubError('HUB_DEPENDENCY_FAILED', { id, reason: `${failed} failed` }, { target: 'dependsOn' })
}

/** Notes what became of a request, and where its entity is. */
export function noteOutcome({ id, group }: Pick<BatchPart, 'id' | 'group'>, success: boolean, { succeeded }: BatchCourse): void {
  if (id !== undefined) succeeded.set(id, success)
  if (group !== undefined) succeeded.set(group, success && succeeded.get(group) !== false)
}
