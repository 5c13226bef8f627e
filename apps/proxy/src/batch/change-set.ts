import { randomUUID } from 'node:crypto'
import { hubError, isHubError } from '@tributary/errors'
import { readChangeSetReply, readJsonChangeSetReply, writeChangeSet, writeJsonChangeSet, type BatchPart, type Change, type ChangeReply, type ChangeSetReply } from '@tributary/odata-wire'
import { relays, type Endpoints, type RemoteCall } from '@tributary/source'
import type { ChangeParts, PreparedChange } from '../change/prepare-change.js'
import type { EndpointPool } from '../data/endpoint-pool.js'
import type { PageTokens } from '../odata/page-token.js'
import type { ServiceRequest } from '../odata/service-request.js'
import { batchFormOf, requireEtagReferences } from './batching-sources.js'
import { standInFor, type StandIn } from './stand-in.js'
import { errorReply, type WholeReply } from './whole-reply.js'

/** One change of a change set, before it is known where it goes. */
export interface TogetherRequest {
  readonly part: BatchPart
  /** The change as a request by itself, its address replaced by this one. */
  readonly request: (url: string) => ServiceRequest
}

/** What became of a change set; `index`: of the change that failed, where the source says which. */
export type TogetherAnswer =
  /** `path`: what the change addressed, raw, below the root. */
  | { readonly kind: 'done'; readonly replies: readonly (WholeReply & { readonly path: string })[] }
  | ({ readonly kind: 'failed'; readonly index?: number } & WholeReply)

/** Sends the changes of a change set to their source, all or none. @throws HUB_REQUEST_SPANS_SOURCES, HUB_BATCH_UNSUPPORTED, HUB_SOURCE_* */
export type SendTogether = (changes: readonly TogetherRequest[], asked: ServiceRequest) => Promise<TogetherAnswer>

/** What change sets are sent by. */
export interface ChangeSetParts {
  readonly pool: Pick<EndpointPool, 'of'>
  readonly tokens: PageTokens
  /** @throws HUB_QUERY_*, HUB_RESOURCE_NOT_FOUND, HUB_METHOD_NOT_ALLOWED, HUB_CHANGE_NOT_ALLOWED, HUB_PAYLOAD_INVALID */
  readonly prepare: (asked: ServiceRequest, parts: ChangeParts) => Promise<PreparedChange>
}

interface Prepared extends PreparedChange {
  /** Content-ID at the source. */
  readonly id: string
  readonly path: string
  /** As later changes of the set refer to it. */
  readonly standIn: () => StandIn
}

/** Sends change sets as batches of one change set each. */
export const sendTogether = ({ pool, tokens, prepare }: ChangeSetParts): SendTogether => async (changes, asked) => {
  const endpoints = await pool.of(asked.exposure)
  const prepared: Prepared[] = []
  for (const [index, change] of changes.entries()) prepared.push(await prepareNext(change, { index, before: prepared, endpoints, tokens, prepare }))
  const [first] = prepared
  if (first === undefined) throw new Error('a change set holds changes')
  const { endpoint: slug } = first.call
  const other = prepared.find(({ call }) => call.endpoint !== slug)
  if (other !== undefined) throw hubError('HUB_REQUEST_SPANS_SOURCES', { what: 'The change set', between: `the sources ${slug} and ${other.call.endpoint}`, hint: 'Nothing was done; send the changes of each source in a change set of its own.' })
  return answersOf(prepared, await exchange(prepared, { endpoints, slug, asked }))
}

interface Before {
  readonly index: number
  readonly before: readonly Prepared[]
  readonly endpoints: Endpoints
  readonly tokens: PageTokens
  readonly prepare: ChangeSetParts['prepare']
}

const leadingReference = /^\$([\w.~-]+)(?=\/|\?|$)/

/** A change that refers to one before it in the same set is prepared with what stands in for an entity that is not there yet. */
async function prepareNext({ part, request }: TogetherRequest, { index, before, endpoints, tokens, prepare }: Before): Promise<Prepared> {
  const referred = before.find(({ id }) => id === leadingReference.exec(part.url)?.[1])
  const standIn = referred?.standIn()
  const own = request(standIn === undefined ? part.url : part.url.replace(leadingReference, () => standIn.path))
  const change = await prepare(own, { endpoints, tokens, ids: new Set(before.map(({ id }) => id)), ...(standIn?.unborn === true ? { keys: 'asWritten' } : {}) })
  for (const name of ['if-match', 'if-none-match']) {
    const reference = change.call.headers[name] ?? ''
    if (before.some((one) => reference.trim() === `$${one.id}`)) requireEtagReferences(endpoints.endpoint(change.call.endpoint).target, reference)
  }
  const call = standIn === undefined || referred === undefined ? change.call : { ...change.call, path: standIn.restore(change.call.path, `$${referred.id}`) }
  const id = part.id !== undefined && /^[\w.~-]+$/.test(part.id) ? part.id : `_${index + 1}`
  return { ...change, call, id, path: own.path, standIn: () => standInFor(own, part.method, own.exposure) }
}

interface Way {
  readonly endpoints: Endpoints
  readonly slug: string
  readonly asked: ServiceRequest
}

/** @throws HUB_BATCH_UNSUPPORTED, HUB_SOURCE_* */
async function exchange(prepared: readonly Prepared[], { endpoints, slug, asked }: Way): Promise<ChangeSetReply> {
  const { source, target } = endpoints.endpoint(slug)
  const form = batchFormOf(target, prepared.length)
  if (!relays(source)) throw hubError('HUB_BATCH_UNSUPPORTED', { slug, count: prepared.length })
  const changes = await Promise.all(prepared.map(async ({ id, call: { method, path, headers, body } }): Promise<Change> => ({ id, method, url: path, headers, ...(body === undefined ? {} : { body: await gathered(body, slug) }) })))
  const { contentType, body } = form === 'json' ? writeJsonChangeSet(changes) : writeChangeSet(changes, randomUUID())
  const call: RemoteCall = { method: 'POST', path: '$batch', headers: { 'content-type': contentType, accept: form === 'json' ? 'application/json' : 'multipart/mixed' }, body }
  const reply = await source.relay(target, call, { signal: asked.exchange.signal, observe: () => undefined })
  const answer = { contentType: reply.headers['content-type'] ?? '', body: await gathered(reply.body, slug) }
  if ([404, 405, 406, 415, 501].includes(reply.status)) throw hubError('HUB_BATCH_UNSUPPORTED', { slug, count: prepared.length })
  if (reply.status !== 200 && reply.status !== 202) throw hubError('HUB_SOURCE_FAILED', { slug, status: reply.status, reason: 'it refused a batch of one change set' })
  const ids = prepared.map(({ id }) => id)
  const malformed = (reason: string): Error => hubError('HUB_SOURCE_INVALID', { slug, reason: `${reason}; whether the changes were made is not known` })
  return form === 'json' ? readJsonChangeSetReply(answer.body, ids, malformed) : readChangeSetReply(answer, ids, malformed)
}

async function answersOf(prepared: readonly Prepared[], answer: ChangeSetReply): Promise<TogetherAnswer> {
  if (answer.kind === 'failed') {
    const index = prepared.findIndex(({ id }) => id === answer.reply.id)
    const change = prepared[Math.max(0, index)]
    if (change === undefined) throw new Error('a change set holds changes')
    return { kind: 'failed', ...(index < 0 ? {} : { index }), ...(await answerTo(change, answer.reply)) }
  }
  const replies: (WholeReply & { readonly path: string })[] = []
  for (const [index, reply] of answer.replies.entries()) {
    const change = prepared[index]
    if (change !== undefined) replies.push({ ...(await answerTo(change, reply)), path: change.path })
  }
  const failed = replies.filter(({ status }) => status >= 400).length
  if (failed > 0) throw hubError('HUB_SOURCE_INVALID', { slug: prepared[0]?.call.endpoint ?? '', reason: `it refused ${failed} of the ${replies.length} changes of a change set; whether the others were made is not known` })
  return { kind: 'done', replies }
}

/** The source's answer in our words; what it refuses is an error in ours. */
async function answerTo({ answer, call }: PreparedChange, reply: ChangeReply): Promise<WholeReply> {
  try {
    const { status, headers, body } = await answer({ status: reply.status, headers: reply.headers, body: whole(reply.body) })
    return { status, headers, body: await gathered(body, call.endpoint) }
  } catch (error) {
    if (isHubError(error)) return errorReply(error)
    throw error
  }
}

async function* whole(body: Buffer): AsyncGenerator<Buffer> {
  if (body.length > 0) yield body
}

/** Answers to changes are small: what they would not hold, nobody waits for. */
const mostBytes = 256 * 1024 * 1024

/** @throws HUB_SOURCE_INVALID for an answer that is too large */
async function gathered(body: Buffer | AsyncIterable<Buffer> | undefined, slug: string): Promise<Buffer> {
  if (body === undefined || Buffer.isBuffer(body)) return body ?? Buffer.alloc(0)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > mostBytes) throw hubError('HUB_SOURCE_INVALID', { slug, reason: `its answer to a change set is larger than ${mostBytes} bytes; whether the changes were made is not known` })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}
