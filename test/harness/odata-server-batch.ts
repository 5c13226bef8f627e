import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * How a server answers `$batch`. honour: as the protocol says. forget: the last answer is left out. html, cut: no batch, and half of one.
 * refuse-inner: every request in it is answered with 501. forbid: 403. token: only with a token against forged requests.
 */
export type BatchObedience = 'honour' | 'forget' | 'html' | 'cut' | 'refuse-inner' | 'forbid' | 'token'

/** Marks the requests of a batch, which the server sends to itself. */
export const innerHeader = 'x-inner-request'

interface Inner {
  readonly id: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

interface Answered extends Inner {
  readonly status: number
  readonly type: string
  readonly body: Buffer
}

/** Answers a batch of reads in the form it came in. */
export async function answerBatch(request: IncomingMessage, response: ServerResponse, { url: root, obedience }: { readonly url: string; readonly obedience: BatchObedience }): Promise<void> {
  if (obedience === 'html') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Batches?</h1>')
  if (obedience === 'forbid') return void response.writeHead(403, { 'content-type': 'application/json' }).end('{"error":{"code":"403","message":"no batches"}}')
  if (obedience === 'token' && request.headers['x-csrf-token'] !== 'T1') return void response.writeHead(403, { 'x-csrf-token': 'Required' }).end()
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('utf8')
  const json = request.headers['content-type']?.startsWith('application/json') === true
  const inner = json ? fromJson(text) : fromMultipart(text)
  const answered: Answered[] = []
  for (const one of inner) answered.push(await answeredBy(root, one, request.headers.authorization === undefined ? {} : { authorization: request.headers.authorization }, obedience))
  const given = obedience === 'forget' ? answered.slice(0, -1) : answered
  const body = json ? jsonOf(given) : multipartOf(given)
  response.writeHead(200, { 'content-type': json ? 'application/json' : 'multipart/mixed;boundary=b_1', 'odata-version': '4.0' })
  if (obedience === 'cut') {
    response.write(body.subarray(0, body.length >> 1))
    return void setTimeout(() => response.destroy(), 5)
  }
  // Small pieces: what reads this must not depend on where they end.
  for (let at = 0; at < body.length; at += 1_009) response.write(body.subarray(at, at + 1_009))
  response.end()
}

async function answeredBy(root: string, one: Inner, credentials: Readonly<Record<string, string>>, obedience: BatchObedience): Promise<Answered> {
  if (obedience === 'refuse-inner') return { ...one, status: 501, type: 'application/json', body: Buffer.from('{"error":{"code":"501","message":"not within a batch"}}') }
  const response = await fetch(new URL(one.url, root), { headers: { ...one.headers, ...credentials, [innerHeader]: '1' } })
  return { ...one, status: response.status, type: response.headers.get('content-type') ?? '', body: Buffer.from(await response.arrayBuffer()) }
}

function fromMultipart(text: string): readonly Inner[] {
  const boundary = /^--(\S+)/.exec(text)?.[1] ?? ''
  return text.split(`--${boundary}`).slice(1, -1).map((part, index) => {
    const [, ...head] = part.split('\r\n\r\n')
    const [line = '', ...headers] = (head[0] ?? '').split('\r\n')
    return { id: String(index), url: line.split(' ')[1] ?? '', headers: Object.fromEntries(headers.map((header) => [header.slice(0, header.indexOf(':')), header.slice(header.indexOf(':') + 1).trim()])) }
  })
}

function fromJson(text: string): readonly Inner[] {
  return (JSON.parse(text) as { readonly requests: readonly Inner[] }).requests
}

const multipartOf = (answered: readonly Answered[]): Buffer => Buffer.concat([
  ...answered.flatMap(({ status, type, body }) => [
    Buffer.from(`--b_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nHTTP/1.1 ${status} Answered\r\n${type === '' ? '' : `Content-Type: ${type}\r\n`}\r\n`), body, Buffer.from('\r\n'),
  ]),
  Buffer.from('--b_1--\r\n'),
])

/** In the other order: answers are known by their ids. */
const jsonOf = (answered: readonly Answered[]): Buffer =>
  Buffer.from(`{"responses":[${answered.toReversed().map(({ id, status, type, body }) => `{"id":"${id}","status":${status},"headers":{"content-type":${JSON.stringify(type)}}${body.length === 0 ? '' : `,"body":${body.toString('utf8')}`}}`).join(',')}]}`)
