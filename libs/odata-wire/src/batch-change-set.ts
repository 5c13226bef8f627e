import { bytesOf, sections, splitHead, textOf } from './batch-mime.js'
import { formatRange } from './media.js'

/** One change of a change set, in the words of the service it goes to. */
export interface Change {
  /** `Content-ID`: what the other changes refer to as `$id`, and the answer is known by. */
  readonly id: string
  readonly method: string
  /** Relative to the service root, or beginning with `$id`. */
  readonly url: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Buffer
}

/** A whole `$batch` that holds one change set. */
export interface WrittenChangeSet {
  readonly contentType: string
  readonly body: Buffer
}

/**
 * Writes a batch of one change set: all of it is done, or nothing.
 * @param name makes the boundaries; it must not occur within a body
 * @throws TypeError for a line end within a header or an address
 * @see OData Protocol 4.01, section 11.7.7.1
 */
export function writeChangeSet(changes: readonly Change[], name: string): WrittenChangeSet {
  const inner = `changeset_${name}`
  const outer = `batch_${name}`
  const parts = changes.flatMap(({ id, method, url, headers, body }) => {
    const words = [id, method, url, ...Object.entries(headers).flat()]
    if (words.some((word) => /[\r\n]/.test(word)) || /\s/.test(`${id}${method}${url}`)) throw new TypeError('a change holds what would end its line')
    const lines = Object.entries({ ...headers, ...(body === undefined ? {} : { 'content-length': String(body.length) }) }).map(([header, value]) => `${header}: ${value}\r\n`)
    const head = `--${inner}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: ${id}\r\n\r\n${method} ${url} HTTP/1.1\r\n${lines.join('')}\r\n`
    return [Buffer.from(head), body ?? Buffer.alloc(0), Buffer.from('\r\n')]
  })
  const body = [Buffer.from(`--${outer}\r\nContent-Type: multipart/mixed;boundary=${inner}\r\n\r\n`), ...parts, Buffer.from(`--${inner}--\r\n\r\n--${outer}--\r\n`)]
  return { contentType: `multipart/mixed;boundary=${outer}`, body: Buffer.concat(body) }
}

/** The answer to one change, or to all of them. */
export interface ChangeReply {
  readonly id?: string
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** What became of a change set: an answer to each change, in their order, or the one error for which nothing was done. */
export type ChangeSetReply =
  | { readonly kind: 'done'; readonly replies: readonly ChangeReply[] }
  | { readonly kind: 'failed'; readonly reply: ChangeReply }

/**
 * Reads the answer to a batch of one change set.
 * @param ids of the changes, in their order
 * @param malformed makes the error for an answer that is none to these changes
 * @see OData Protocol 4.01, section 11.7.7.5
 */
export function readChangeSetReply(answer: { readonly contentType: string; readonly body: Buffer }, ids: readonly string[], malformed: (reason: string) => Error): ChangeSetReply {
  const outer = formatRange(answer.contentType)
  if (outer.type !== 'multipart/mixed') throw malformed(`a batch is answered as ${outer.type}`)
  const [only, ...others] = sections(textOf(answer.body), outer.parameters.get('boundary') ?? '', malformed).map((section) => splitHead(section, malformed))
  if (only === undefined || others.length > 0) throw malformed(`a batch of one change set has ${others.length === 0 ? 'no answer' : `${others.length + 1} answers`}`)
  const { type, parameters } = formatRange(only.headers['content-type'] ?? '')
  if (type === 'application/http') return { kind: 'failed', reply: replyOf(only.headers, only.content, malformed) }
  if (type !== 'multipart/mixed') throw malformed(`a change set is answered as ${type}`)
  const replies = sections(only.content, parameters.get('boundary') ?? '', malformed).map((section) => {
    const { headers, content } = splitHead(section, malformed)
    return replyOf(headers, content, malformed)
  })
  const [failed] = replies
  // Some services put the error for which nothing was done into a change set of its own.
  if (replies.length === 1 && failed !== undefined && failed.status >= 400) return { kind: 'failed', reply: failed }
  return { kind: 'done', replies: inOrder(replies, ids, malformed) }
}

function replyOf(mime: Readonly<Record<string, string>>, content: string, malformed: (reason: string) => Error): ChangeReply {
  const feed = content.indexOf('\n')
  const line = content.slice(0, feed < 0 ? content.length : feed).trim()
  const status = /^HTTP\/\d\.\d (\d{3})(?: |$)/.exec(line)?.[1]
  if (status === undefined) throw malformed(`a status line is expected, not ${JSON.stringify(line.slice(0, 60))}`)
  const { headers, content: rest } = splitHead(feed < 0 ? '' : content.slice(feed + 1), malformed)
  const id = mime['content-id'] ?? headers['content-id']
  const length = /^\d+$/.test(headers['content-length'] ?? '') ? Number(headers['content-length']) : undefined
  // The line end before a delimiter is the delimiter's; some write one more.
  const body = length === undefined ? rest.replace(/^(?:\r?\n)+$/, '') : rest.slice(0, length)
  return { status: Number(status), headers, body: bytesOf(body), ...(id === undefined ? {} : { id }) }
}

/** Answers are known by their ids where all have one, else by their places. */
function inOrder(replies: readonly ChangeReply[], ids: readonly string[], malformed: (reason: string) => Error): readonly ChangeReply[] {
  if (replies.length !== ids.length) throw malformed(`${ids.length} changes have ${replies.length} answers`)
  const byId = new Map(replies.map((reply) => [reply.id, reply]))
  const known = ids.map((id) => byId.get(id))
  return known.every((reply) => reply !== undefined) ? known : replies
}
