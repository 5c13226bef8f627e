import { once } from 'node:events'
import type { BatchAnswer, BatchForm, BatchPart } from '@tributary/odata-wire'
import { hubError, isHubError } from '@tributary/errors'
import type { Log } from '@tributary/nest'
import { constantHolds } from '@tributary/planner'
import type { Exchange, Reply } from '../http/exchange.js'
import { wholeBody } from '../http/read-body.js'
import type { ServiceRequest } from '../odata/service-request.js'
import type { SendTogether } from './change-set.js'
import type { KeptAnswers } from './kept-answers.js'
import { partAddress } from './part-address.js'
import { partHeaders } from './part-headers.js'
import { withReferences } from './references.js'
import { bodyWithValues, conditionWithValues, pathWithValues, queryWithValues, withEtags, type ReferredAnswers } from './value-references.js'

/** What a batch is answered with. */
export interface BatchServices {
  readonly log: Log
  /** Requests a batch may hold. */
  readonly batchRequests: number
  /** Milliseconds all of them may take; 0: no limit. */
  readonly timeMs: number
  /** Answers one of its requests. */
  readonly answer: (asked: ServiceRequest) => Promise<void>
  /** Sends the changes of a change set to their source, all or none. */
  readonly together: SendTogether
}

/** What became of the requests of a batch so far. */
export interface BatchCourse {
  /** The batch; its signal ends with its time, too. */
  readonly asked: ServiceRequest
  readonly services: BatchServices
  readonly out: BatchAnswer
  /** Of the answer. */
  readonly form: BatchForm
  /** By id and by group. */
  readonly succeeded: Map<string, boolean>
  /** The raw paths, below the root, of what earlier requests created or addressed, by their ids. */
  readonly references: Map<string, string>
  /** Answers that later requests refer to. */
  readonly kept: KeptAnswers
  /** Aborted when the caller goes away, and for nothing else. */
  readonly gone: AbortSignal
  /** What to throw for an error that may only be the echo of the time's end. */
  readonly meaningOf: (error: unknown) => unknown
}

const none: ReadonlySet<string> = new Set()

/** What a request may refer to; `own`: ids of the requests it is done together with. */
const answersFor = ({ succeeded, kept }: BatchCourse, own: ReadonlySet<string>): ReferredAnswers => ({ met: succeeded, kept, own })

/** Writes bytes of the answer, as fast as the client reads. */
export async function writeAnswer({ asked: { exchange }, gone }: BatchCourse, bytes: Buffer): Promise<void> {
  if (bytes.length > 0 && !exchange.response.write(bytes)) await once(exchange.response, 'drain', { signal: gone })
}

/** The exchange of one request: what the batch's own headers say holds where the request says nothing else. */
export function partExchange(part: BatchPart, { asked: { exchange } }: BatchCourse, response: Reply): Exchange {
  const headers = partHeaders(part.headers, exchange.request.headers)
  const body = part.body ?? Buffer.alloc(0)
  return { ...exchange, request: { method: part.method, headers }, response, readBody: async () => body, streamBody: () => wholeBody(body) }
}

/**
 * The request as it would be by itself, with what it refers to in the places of its references.
 * @param own ids of the requests it is done together with
 * @throws HUB_REQUEST_INVALID for another batch and for addresses outside of the service, HUB_DEPENDENCY_FAILED for a reference to nothing,
 * HUB_QUERY_UNSUPPORTED for the value of an answer that is not there before the request is done
 */
export function partRequest(part: BatchPart, exchange: Exchange, course: BatchCourse, own: ReadonlySet<string> = none): ServiceRequest {
  const { asked, references } = course
  const { exposure, root } = asked
  const answers = answersFor(course, own)
  const address = partAddress(part.url, root, references)
  const [path, query] = [pathWithValues(address.path, answers), queryWithValues(address.query, answers)]
  if (/^(?:\$|%24)batch(?:\/|$)/i.test(path)) throw hubError('HUB_REQUEST_INVALID', { reason: 'a batch cannot hold another' })
  const base = asked.exchange.path.slice(0, asked.exchange.path.length - asked.path.length)
  const type = part.headers['content-type']
  const body = bodyWithValues(withReferences(part.body ?? Buffer.alloc(0), type, { root, references }), type, answers)
  return { exposure, root, path, exchange: { ...exchange, request: { ...exchange.request, headers: withEtags(exchange.request.headers, answers) }, path: `${base}${path}`, query, readBody: async () => body, streamBody: () => wholeBody(body) } }
}

/**
 * That what a request depends on has succeeded, or what it says instead.
 * @param own ids of the requests it is done together with
 * @throws HUB_DEPENDENCY_FAILED
 */
export function requireDependencies({ id = '', dependsOn, condition }: BatchPart, course: BatchCourse, own: ReadonlySet<string> = none): void {
  const { succeeded } = course
  if (condition !== undefined) {
    if (holds({ id, condition }, course, own)) return
    throw hubError('HUB_DEPENDENCY_FAILED', { id, reason: 'its condition does not hold' }, { target: 'if' })
  }
  const failed = dependsOn.find((one) => !own.has(one) && succeeded.get(one) !== true)
  if (failed !== undefined) throw hubError('HUB_DEPENDENCY_FAILED', { id, reason: `${failed} failed` }, { target: 'dependsOn' })
}

/** @see OData JSON Format 4.01, section 19.1: what cannot be evaluated does not hold */
function holds({ id, condition }: { readonly id: string; readonly condition: string }, course: BatchCourse, own: ReadonlySet<string>): boolean {
  try {
    return constantHolds(conditionWithValues(condition, answersFor(course, own)), course.asked.exposure)
  } catch (cause) {
    if (!isHubError(cause)) throw cause
    throw hubError('HUB_DEPENDENCY_FAILED', { id, reason: `its condition cannot be evaluated: ${cause.message}` }, { target: 'if', cause })
  }
}

/** Notes what became of a request, and where its entity is. */
export function noteOutcome({ id, group }: Pick<BatchPart, 'id' | 'group'>, success: boolean, { succeeded }: BatchCourse): void {
  if (id !== undefined) succeeded.set(id, success)
  if (group !== undefined) succeeded.set(group, success && succeeded.get(group) !== false)
}
