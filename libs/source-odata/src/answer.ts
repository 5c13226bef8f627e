import { hubError, isHubError } from '@tributary/errors'
import { SourceRefused, type Feature } from '@tributary/source'
import type { Envelope } from './envelope-scanner.js'
import type { Place } from './links.js'
import { isUnusual } from './suspicion.js'
import { isLong, isOverLength, type Incoming } from './transport.js'

/** What a request asked for, as far as a refusal may be blamed on it. */
export interface Asked {
  readonly place: Place
  /** Empty: no rows were asked for, so that there is no other way to them. */
  readonly entitySet: string
  /** Features the request used, the most suspicious first; empty: nothing the remote could refuse but the set itself. */
  readonly features: readonly Feature[]
  /** The path asked for, where it is a resource of the source's own: what then is refused is the path. */
  readonly path?: string
  /** An operation is called there: what is refused are its arguments. */
  readonly called?: true
  /** Keys the request holds as an or-chain. */
  readonly chainedKeys?: number
}

/**
 * Turns a status that is no success into what it means.
 * @throws SourceRefused for what a change of our request may heal; HUB_SOURCE_REJECTED for a call; HUB_SOURCE_DENIED, HUB_SOURCE_FAILED otherwise
 */
export async function requireSuccess(incoming: Incoming, asked: Asked): Promise<void> {
  const { status } = incoming
  if (status === 200) return
  const { slug } = asked.place
  const reason = status === 401 || status === 403 ? '' : await reasonOf(incoming)
  incoming.finish(0)
  if (status === 401 || status === 403) throw hubError('HUB_SOURCE_DENIED', { slug, status })
  const healable = status === 501 || (status >= 400 && status < 500 && status !== 429)
  const unusual = status === 500 ? asked.features.filter(isUnusual) : []
  if (unusual.length > 0) throw new SourceRefused(slug, asked.entitySet, status, { features: unusual, reason })
  if (healable && asked.features.length > 0) throw new SourceRefused(slug, asked.entitySet, status, { features: asked.features, reason, chainedKeys: asked.chainedKeys ?? 0, perhapsTooLong: status === 404 && isLong(incoming.url) })
  if (asked.called === true && status >= 400 && status < 500 && !aboutPaths.has(status)) throw hubError('HUB_SOURCE_REJECTED', { slug, status, reason }, { status })
  if (healable && asked.path !== undefined) throw pathRefused(slug, asked.path, status)
  // nothing can be left out of the request; but the rows may be reached another way than by their set
  if (healable && asked.entitySet !== '') throw new SourceRefused(slug, asked.entitySet, status, { features: [], reason })
  if (status < 300) throw hubError('HUB_SOURCE_INVALID', { slug, reason: `status ${status} where rows were asked for` })
  throw hubError('HUB_SOURCE_FAILED', { slug, status, reason })
}

/** What says that there is no such operation, or that now is not the time to call it. */
const aboutPaths: ReadonlySet<number> = new Set([404, 405, 408, 414, 421, 425, 429])

/** A connection that ends over a long URL is taken for a refusal of its length. */
export function lostOverLength(error: unknown, url: string, { place, entitySet, features }: Asked): unknown {
  const lost = isHubError(error) && features.length > 0 && isOverLength(error, url)
  return lost ? new SourceRefused(place.slug, entitySet, 414, { features, reason: 'it closes the connection over a long URL' }) : error
}

/** Entity sets and their keys are presumed of every source; any other path may be one it does not serve. */
function pathRefused(slug: string, path: string, status: number): Error {
  if (status === 404) return hubError('HUB_RESOURCE_NOT_FOUND', { what: path, hint: `The source ${slug} has nothing under this path.` })
  return hubError('HUB_QUERY_UNSUPPORTED', { what: `The path ${path}`, hint: `The source ${slug} refuses it with ${status}.` })
}

/** @throws HUB_SOURCE_INVALID if the content type is not JSON */
export function requireJson(incoming: Pick<Incoming, 'headers' | 'finish'>, place: Place): void {
  const type = incoming.headers['content-type'] ?? ''
  if (/^application\/([\w.+-]+\+)?json\b/i.test(type)) return
  incoming.finish(0)
  throw hubError('HUB_SOURCE_INVALID', { slug: place.slug, reason: `content type ${type === '' ? 'missing' : type.split(';')[0]} instead of application/json` })
}

/** @throws HUB_SOURCE_FAILED if the remote put an error into the answer it had begun */
export function requireNoError(envelope: Envelope, place: Place): void {
  const error = envelope['error'] ?? envelope['@odata.error'] ?? envelope['@error']
  if (error !== undefined) throw hubError('HUB_SOURCE_FAILED', { slug: place.slug, status: 200, reason: `an error within the answer: ${messageOf(error) ?? 'without a message'}` })
}

const LONGEST_ERROR_BODY = 64 * 1024
const LONGEST_REASON = 300

/** The message of an OData error object, or the status alone: a foreign page is not shown. */
async function reasonOf(incoming: Incoming): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of incoming.body as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      size += chunk.length
      if (size > LONGEST_ERROR_BODY) break
    }
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { readonly error?: unknown } | null
    return messageOf(body?.error) ?? 'no reason given'
  } catch {
    return 'no reason given'
  }
}

function messageOf(error: unknown): string | undefined {
  const message: unknown = typeof error === 'object' && error !== null && 'message' in error ? error.message : error
  const text: unknown = typeof message === 'object' && message !== null && 'value' in message ? message.value : message
  return typeof text === 'string' ? text.slice(0, LONGEST_REASON) : undefined
}
