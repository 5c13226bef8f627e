import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import { hubError } from '@tributary/errors'
import type { Log } from '@tributary/nest'
import { batchAnswer, conditionHolds, negotiateVersion, parseBatch, parsePrefer, type Batch, type BatchAnswer, type BatchPart } from '@tributary/odata-wire'
import { header, type Exchange } from '../http/exchange.js'
import { fail } from '../http/fail.js'
import type { ServiceRequest } from '../odata/service-request.js'
import { partAddress } from './part-address.js'
import { PartReply } from './part-reply.js'

/** What a batch is answered with. */
export interface BatchServices {
  readonly log: Log
  /** Requests a batch may hold. */
  readonly batchRequests: number
  /** Answers one of its requests. */
  readonly answer: (asked: ServiceRequest) => Promise<void>
}

/** What became of the requests so far. */
interface Course {
  readonly asked: ServiceRequest
  readonly services: BatchServices
  readonly out: BatchAnswer
  /** By id and by group. */
  readonly succeeded: Map<string, boolean>
  /** The paths of earlier requests by their ids. */
  readonly addressed: Map<string, string>
}

/**
 * Answers a `$batch`: its requests one after the other, each by the way every request goes, the answers streamed into one.
 * A JSON batch goes on after an error unless told otherwise, a multipart batch stops unless told otherwise.
 * @throws HUB_CONTENT_UNSUPPORTED, HUB_REQUEST_INVALID, HUB_LIMIT_EXCEEDED, HUB_FORMAT_UNSUPPORTED
 * @see OData Protocol 4.01, section 11.7
 */
export async function answerBatch(asked: ServiceRequest, services: BatchServices): Promise<void> {
  const { exchange } = asked
  const { version } = negotiateVersion(header(exchange, 'odata-maxversion'))
  const batch = parseBatch(header(exchange, 'content-type'), await exchange.readBody(), services.batchRequests)
  requireAccepted(exchange, batch)
  const { continueOnError } = parsePrefer(header(exchange, 'prefer'))
  const out = batchAnswer(batch.form, `batch_${randomUUID()}`)
  const course: Course = { asked, services, out, succeeded: new Map(), addressed: new Map() }
  exchange.response.writeHead(200, {
    'content-type': out.contentType, 'odata-version': version, 'cache-control': 'no-store',
    ...(continueOnError === undefined ? {} : { 'preference-applied': `continue-on-error=${continueOnError}` }),
  })
  const goesOn = continueOnError ?? batch.form === 'json'
  for (const part of answeredParts(batch)) {
    const success = await answerPart(part, course)
    if (exchange.response.destroyed) return
    if (!success && !goesOn) break
  }
  exchange.response.end(out.close())
}

/** A change set of a multipart batch is answered as one: it fails as one. */
function answeredParts({ form, parts }: Batch): readonly BatchPart[] {
  if (form === 'json') return parts
  return parts.filter(({ group }, index) => group === undefined || parts[index - 1]?.group !== group)
}

function requireAccepted(exchange: Exchange, { form }: Batch): void {
  const accept = header(exchange, 'accept')
  const type = form === 'json' ? 'application/json' : 'multipart/mixed'
  const [main = ''] = type.split('/')
  if (accept === undefined || accept.trim() === '' || [type, `${main}/*`, '*/*'].some((one) => accept.toLowerCase().includes(one))) return
  throw hubError('HUB_FORMAT_UNSUPPORTED', { format: accept, known: `${type}, the form of the batch itself` }, { target: 'Accept' })
}

/** True if it succeeded. */
async function answerPart(part: BatchPart, course: Course): Promise<boolean> {
  const { asked, services, out } = course
  const { exchange } = asked
  const write = async (bytes: Buffer): Promise<void> => {
    if (bytes.length > 0 && !exchange.response.write(bytes)) await once(exchange.response, 'drain', { signal: exchange.signal })
  }
  const reply = new PartReply({
    begin: (status, headers) => write(out.begin(part, status, headers)),
    body: (chunk) => write(out.body(chunk)),
    end: () => write(out.end()),
  })
  // A part that breaks off cannot be told from a whole one, so nothing follows it.
  reply.on('error', () => exchange.response.destroy())
  const own = partExchange(part, exchange, reply)
  try {
    await run(part, own, course)
  } catch (thrown) {
    fail(thrown, own, services.log)
  }
  if (reply.destroyed && !reply.writableFinished) {
    exchange.response.destroy()
    return false
  }
  await finished(reply)
  const success = reply.status < 400
  if (part.id !== undefined) course.succeeded.set(part.id, success)
  if (part.group !== undefined) course.succeeded.set(part.group, success && course.succeeded.get(part.group) !== false)
  return success
}

/** The batch's own preferences and version hold for its requests where they say nothing else. */
function partExchange(part: BatchPart, exchange: Exchange, response: PartReply): Exchange {
  const { 'odata-maxversion': maxVersion, host } = exchange.request.headers
  const inherited = { ...(host === undefined ? {} : { host }), ...(maxVersion === undefined ? {} : { 'odata-maxversion': maxVersion }) }
  return { ...exchange, request: { method: part.method, headers: { ...inherited, ...part.headers } }, response, readBody: async () => part.body ?? Buffer.alloc(0) }
}

async function run(part: BatchPart, exchange: Exchange, { asked, services, succeeded, addressed }: Course): Promise<void> {
  requireDependencies(part, succeeded)
  const { path, query } = partAddress(part.url, asked.root, addressed)
  if (part.id !== undefined) addressed.set(part.id, path)
  if (/^\$batch(?:\/|$)/.test(path)) throw hubError('HUB_REQUEST_INVALID', { reason: 'a batch cannot hold another' })
  const base = exchange.path.slice(0, exchange.path.length - asked.path.length)
  await services.answer({ exposure: asked.exposure, root: asked.root, path, exchange: { ...exchange, path: `${base}${path}`, query } })
}

function requireDependencies({ id = '', dependsOn, condition }: BatchPart, succeeded: ReadonlyMap<string, boolean>): void {
  if (condition !== undefined) {
    if (conditionHolds(id, condition, (one) => succeeded.get(one))) return
    throw hubError('HUB_DEPENDENCY_FAILED', { id, reason: 'its condition does not hold' }, { target: 'if' })
  }
  const failed = dependsOn.find((one) => succeeded.get(one) !== true)
  if (failed !== undefined) throw hubError('HUB_DEPENDENCY_FAILED', { id, reason: `${failed} failed` }, { target: 'dependsOn' })
}
