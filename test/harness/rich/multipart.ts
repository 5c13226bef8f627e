import { STATUS_CODES } from 'node:http'
import type { Reply } from './exchange.js'
import { Refusal } from './values.js'

/** One request of a batch. */
export interface Part {
  readonly id?: string
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export interface ChangeSet {
  readonly parts: readonly Part[]
}

export interface PartReply {
  readonly id?: string
  readonly reply: Reply
}

const boundaryOf = (type: string): string => {
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1]
  if (boundary === undefined) throw new Refusal(400, 'the batch has no boundary')
  return boundary
}

interface Piece {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Header lines up to the empty line, and what follows. */
function pieceOf(bytes: Buffer): Piece {
  const text = bytes.toString('latin1')
  const end = /\r?\n\r?\n/.exec(text)
  const head = end === null ? text : text.slice(0, end.index)
  const headers = Object.fromEntries(head.split(/\r?\n/).filter((line) => line.includes(':')).map((line) => [line.slice(0, line.indexOf(':')).trim().toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]))
  return { headers, body: end === null ? Buffer.alloc(0) : bytes.subarray(end.index + end[0].length) }
}

function pieces(type: string, body: Buffer): readonly Piece[] {
  const mark = `--${boundaryOf(type)}`
  const text = body.toString('latin1')
  if (!text.includes(`${mark}--`)) throw new Refusal(400, 'the batch does not end')
  return text.slice(0, text.indexOf(`${mark}--`)).split(mark).slice(1).map((piece) => pieceOf(Buffer.from(piece.replace(/^\r?\n/, '').replace(/\r?\n$/, ''), 'latin1')))
}

function requestOf({ headers, body }: Piece): Part {
  if (!/^application\/http/i.test(headers['content-type'] ?? '')) throw new Refusal(400, 'a part is application/http')
  const text = body.toString('latin1').replace(/^(\r?\n)+/, '')
  const line = /^(\w+) (\S+) HTTP\/1\.1\r?\n/.exec(text)
  if (line === null) throw new Refusal(400, 'a part begins with its request line')
  const inner = pieceOf(Buffer.from(text.slice(line[0].length), 'latin1'))
  const empty = /^\r?\n/.test(text.slice(line[0].length))
  const id = headers['content-id']
  return { ...(id === undefined ? {} : { id }), method: line[1] ?? '', url: line[2] ?? '', headers: empty ? {} : inner.headers, body: empty ? Buffer.from(text.slice(line[0].length).replace(/^\r?\n/, ''), 'latin1') : inner.body }
}

/** The requests and change sets of a multipart batch, in their order. @throws Refusal 400 */
export function multipartOf(type: string, body: Buffer): readonly (Part | ChangeSet)[] {
  return pieces(type, body).map((piece) => {
    const own = piece.headers['content-type'] ?? ''
    return /^multipart\/mixed/i.test(own) ? { parts: pieces(own, piece.body).map(requestOf) } : requestOf(piece)
  })
}

function partText({ id, reply }: PartReply): Buffer {
  const body = reply.body === undefined ? Buffer.alloc(0) : Buffer.from(reply.body as string)
  const head = ['Content-Type: application/http', 'Content-Transfer-Encoding: binary', ...(id === undefined ? [] : [`Content-ID: ${id}`]), '', `HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? ''}`, ...Object.entries(reply.headers).map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n')
  return Buffer.concat([Buffer.from(head), body, Buffer.from('\r\n')])
}

/** Replies as a multipart body; an array is a change set. */
export function writeMultipart(replies: readonly (PartReply | readonly PartReply[])[], mark = 'batch_rich'): { readonly body: Uint8Array; readonly type: string } {
  const all = replies.map((one, index) => {
    if (!Array.isArray(one)) return partText(one as PartReply)
    const inner = writeMultipart(one as readonly PartReply[], `changes_${index}`)
    return Buffer.concat([Buffer.from(`Content-Type: ${inner.type}\r\n\r\n`), Buffer.from(inner.body)])
  })
  const body = Buffer.concat([...all.flatMap((one) => [Buffer.from(`--${mark}\r\n`), one]), Buffer.from(`--${mark}--\r\n`)])
  return { body, type: `multipart/mixed; boundary=${mark}` }
}
