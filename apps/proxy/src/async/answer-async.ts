import { setTimeout as sleep } from 'node:timers/promises'
import { hubError, isHubError } from '@tributary/errors'
import type { Log } from '@tributary/nest'
import { errorBody, httpMessageHead, negotiateVersion, parsePrefer } from '@tributary/odata-wire'
import { header, type Exchange } from '../http/exchange.js'
import { fail } from '../http/fail.js'
import { wholeBody } from '../http/read-body.js'
import { admits } from '../http/methods.js'
import { respond, versionOf } from '../http/respond.js'
import { respondRelayed } from '../relay/respond-relayed.js'
import type { AsyncJob, AsyncJobs } from './async-jobs.js'

/** What a request that may be answered later is about. */
export interface AsyncRequest {
  readonly exchange: Exchange
  readonly slug: string
  /** Absolute URL of the service root, ends in `/`. */
  readonly root: string
}

/** How long the client is asked to wait before it looks again. */
const retrySeconds = 1
const longestWaitSeconds = 120

/**
 * Answers a request later, if its client would like that: 202 and where the answer will be. False: it is to be answered now.
 * @param answer answers an exchange as ever
 * @see OData Protocol 4.01, section 11.6
 */
export async function answeredLater(asked: AsyncRequest, jobs: AsyncJobs, { answer, log }: { readonly answer: (exchange: Exchange) => Promise<void>; readonly log: Log }): Promise<boolean> {
  const { exchange, slug } = asked
  const prefer = header(exchange, 'prefer')
  if (prefer === undefined) return false
  const { respondAsync, waitSeconds } = parsePrefer(prefer)
  if (respondAsync !== true) return false
  const body = await exchange.readBody()
  const job = await jobs.begin({ principal: exchange.principal.id, slug }, async (reply, signal) => {
    const own: Exchange = { ...exchange, response: reply, signal, readBody: async () => body, streamBody: () => wholeBody(body) }
    try {
      await answer(own)
    } catch (thrown) {
      fail(thrown, own, log)
    }
  })
  if (job === undefined) {
    await answer({ ...exchange, readBody: async () => body, streamBody: () => wholeBody(body) })
    return true
  }
  if (await isDone(job, waitSeconds ?? 0, exchange.signal)) {
    await respondDirectly(job, exchange)
    await jobs.cancel(job)
  } else respondRunning(job, asked)
  return true
}

const monitors = /^(?:\$|%24)async\/([\w-]+)$/

/** The id of the answer a path asks for; undefined: it asks for something else. */
export const monitoredId = (path: string): string | undefined => monitors.exec(path)?.[1]

/**
 * Answers what asks for an answer that was to come later: 202 while there is none, then the answer; DELETE ends the request.
 * @throws HUB_RESOURCE_NOT_FOUND, HUB_METHOD_NOT_ALLOWED
 * @see OData Protocol 4.01, section 11.6
 */
export async function answerMonitor(id: string, asked: AsyncRequest, jobs: AsyncJobs): Promise<void> {
  const { exchange, slug } = asked
  if (!admits(exchange, 'GET, HEAD, DELETE, OPTIONS')) return
  const job = jobs.find(id, { principal: exchange.principal.id, slug })
  if (job === undefined) throw hubError('HUB_RESOURCE_NOT_FOUND', { what: `The answer $async/${id}`, hint: 'It was deleted, waited for too long, or belongs to another process or caller. Send the request again.' })
  if (exchange.request.method === 'DELETE') {
    await jobs.cancel(job)
    return respond(exchange, 204, { headers: { 'cache-control': 'no-store', ...versionOf(exchange) } })
  }
  const { waitSeconds } = parsePrefer(header(exchange, 'prefer'))
  if (!(await isDone(job, waitSeconds ?? 0, exchange.signal))) return respondRunning(job, asked)
  await (acceptsMessage(exchange) ? respondAsMessage(job, exchange) : respondWithResult(job, exchange))
}

/** Waits for the answer as long as the client is willing to. */
async function isDone(job: AsyncJob, seconds: number, signal: AbortSignal): Promise<boolean> {
  if (job.state !== 'running') return true
  if (seconds === 0) return false
  const enough = new AbortController()
  await Promise.race([job.done, sleep(Math.min(seconds, longestWaitSeconds) * 1000, undefined, { signal: AbortSignal.any([signal, enough.signal]) }).catch(ignoreAbort)])
  enough.abort()
  signal.throwIfAborted()
  return isOver(job)
}

const isOver = ({ state }: AsyncJob): boolean => state !== 'running'

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error) || error.name !== 'AbortError') throw error
}

function respondRunning({ id }: AsyncJob, { exchange, root }: AsyncRequest): void {
  const { version } = negotiateVersion(header(exchange, 'odata-maxversion'))
  respond(exchange, 202, { headers: { 'location': `${root}$async/${id}`, 'retry-after': String(retrySeconds), 'preference-applied': 'respond-async', 'odata-version': version, 'cache-control': 'no-store' } })
}

/** An answer as it would have been given at once. */
interface Result {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: AsyncIterable<Buffer> | Buffer
}

/** An answer that broke off is none: what is told instead is why. */
function resultOf({ state, reply }: AsyncJob): Result {
  if (!isHubError(state)) {
    const length = reply.headers['content-length'] === undefined ? {} : { 'content-length': String(reply.bytes) }
    return { status: reply.status, headers: { ...reply.headers, ...length }, body: reply.body() }
  }
  return { status: state.status, headers: { 'content-type': 'application/json', 'odata-version': '4.0', 'cache-control': 'no-store' }, body: Buffer.from(errorBody(state)) }
}

const respondDirectly = (job: AsyncJob, exchange: Exchange): Promise<void> => respondRelayed(exchange, resultOf(job))

function respondWithResult(job: AsyncJob, exchange: Exchange): Promise<void> {
  const { status, headers, body } = resultOf(job)
  return respondRelayed(exchange, { status: 200, headers: { ...headers, asyncresult: String(status) }, body })
}

const acceptsMessage = (exchange: Exchange): boolean => /(?:^|[\s,])application\/http\b/i.test(header(exchange, 'accept') ?? '')

async function respondAsMessage(job: AsyncJob, exchange: Exchange): Promise<void> {
  const { status, headers, body } = resultOf(job)
  const { version } = negotiateVersion(header(exchange, 'odata-maxversion'))
  await respondRelayed(exchange, { status: 200, headers: { 'content-type': 'application/http', 'content-transfer-encoding': 'binary', 'odata-version': version, 'cache-control': 'no-store' }, body: message(httpMessageHead(status, headers), body) })
}

async function* message(head: Buffer, body: Result['body']): AsyncGenerator<Buffer> {
  yield head
  if (Buffer.isBuffer(body)) yield body
  else yield* body
}
