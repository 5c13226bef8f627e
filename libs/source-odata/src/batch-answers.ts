/** What a batch says, in the order it says it: the answer to one of its requests begins, goes on, ends. */
export type AnswerEvent =
  /** `at`: the number of the request; `headers`: names in lower case. */
  | { readonly kind: 'begin'; readonly at: number; readonly status: number; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'end' }

/** The answer is none to a batch; the message names why. */
export class NoBatchAnswer extends Error {}

/** The answer ends before its last part does. */
export class BatchCutOff extends Error {}

const FEED = 0x0a, RETURN = 0x0d, DASH = 0x2d
const LARGEST_HEAD = 64 * 1024

type Where = 'between' | 'head' | 'body' | 'ended'

interface Step {
  readonly events: readonly AnswerEvent[]
  /** Bytes that are done with. */
  readonly used: number
  readonly where: Where
}

/**
 * Cuts the answers out of a multipart body as it arrives: bodies are given on as bytes, nothing of them is held back but what may be the
 * beginning of a delimiter.
 * @throws NoBatchAnswer, BatchCutOff
 * @see RFC 2046 section 5.1; OData Protocol 4.01, section 11.7.7.5
 */
export async function* answersOfMultipart(body: AsyncIterable<Buffer>, boundary: string): AsyncGenerator<AnswerEvent> {
  const delimiter = Buffer.from(`\n--${boundary}`, 'latin1')
  // Every delimiter stands behind a line end: the first one, too.
  let held: Buffer = Buffer.from('\r\n')
  let where: Where = 'between'
  let answers = 0
  for await (const chunk of body) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    for (let step = nextStep(held, { where, delimiter, answers }); step !== undefined; step = nextStep(held, { where, delimiter, answers })) {
      if (where === 'head') answers++
      yield* step.events
      held = held.subarray(step.used)
      where = step.where
    }
  }
  if (where !== 'ended') throw new BatchCutOff('the body ends in the middle')
}

interface Position {
  readonly where: Where
  readonly delimiter: Buffer
  readonly answers: number
}

/** Undefined: more bytes are needed. */
function nextStep(held: Buffer, { where, delimiter, answers }: Position): Step | undefined {
  switch (where) {
    case 'between': case 'body': return toDelimiter(held, delimiter, where)
    case 'head': return headStep(held, answers)
    case 'ended': return held.length === 0 ? undefined : { events: [], used: held.length, where }
  }
}

function toDelimiter(held: Buffer, delimiter: Buffer, where: 'between' | 'body'): Step | undefined {
  const found = nextDelimiter(held, delimiter)
  const until = beforeReturn(held, found.start)
  const bytes = where === 'body' && until > 0 ? [{ kind: 'bytes' as const, bytes: held.subarray(0, until) }] : []
  if (found.end === undefined) return until > 0 ? { events: bytes, used: until, where } : undefined
  return { events: [...bytes, ...(where === 'body' ? [{ kind: 'end' as const }] : [])], used: found.end, where: found.closes ? 'ended' : 'head' }
}

/** The line end before a delimiter is the delimiter's. */
const beforeReturn = (held: Buffer, feed: number): number => (held[feed - 1] === RETURN ? feed - 1 : feed)

interface Delimiter {
  /** Up to here no delimiter begins. */
  readonly start: number
  /** Behind its line; undefined: none is complete yet. */
  readonly end?: number
  readonly closes: boolean
}

function nextDelimiter(held: Buffer, delimiter: Buffer): Delimiter {
  for (let at = held.indexOf(delimiter); at >= 0; at = held.indexOf(delimiter, at + 1)) {
    let end = at + delimiter.length
    const closes = held[end] === DASH && held[end + 1] === DASH
    if (closes) return { start: at, end: end + 2, closes }
    while (held[end] === 0x20 || held[end] === 0x09) end++
    if (held[end] === RETURN) end++
    if (end >= held.length || (held[end] === DASH && end + 1 >= held.length)) return { start: at, closes: false }
    if (held[end] === FEED) return { start: at, end: end + 1, closes: false }
  }
  const feed = held.lastIndexOf(FEED)
  const last = held.length - 1
  if (feed >= 0 && held.length - feed < delimiter.length) return { start: feed, closes: false }
  return { start: held[last] === RETURN ? last : held.length, closes: false }
}

/** The headers of the part, the status line and the headers of the answer in it. */
function headStep(held: Buffer, at: number): Step | undefined {
  const text = held.toString('latin1', 0, LARGEST_HEAD)
  const part = headerLines(text, 0)
  const line = part === undefined ? -1 : text.indexOf('\n', part.end)
  const head = line < 0 ? undefined : headerLines(text, line + 1)
  if (part === undefined || head === undefined) {
    if (held.length < LARGEST_HEAD) return undefined
    throw new NoBatchAnswer('a part of it has no end of its headers')
  }
  if (!/^application\/http\b/i.test(part.headers['content-type'] ?? '')) throw new NoBatchAnswer('a part of it is not application/http')
  const status = /^HTTP\/\d(?:\.\d)? (\d{3})(?: |$)/.exec(text.slice(part.end, line).trim())?.[1]
  if (status === undefined) throw new NoBatchAnswer('a part of it has no status line')
  // The line end before the body may be the one that belongs to the next delimiter, where there is no body.
  return { events: [{ kind: 'begin', at, status: Number(status), headers: head.headers }], used: beforeReturnOf(text, head.end - 1), where: 'body' }
}

const beforeReturnOf = (text: string, feed: number): number => (text[feed - 1] === '\r' ? feed - 1 : feed)

/** Header lines up to the empty line, and where what follows begins; undefined: they do not end here. */
function headerLines(text: string, from: number): { readonly headers: Readonly<Record<string, string>>; readonly end: number } | undefined {
  const headers: Record<string, string> = {}
  for (let at = from; ;) {
    const feed = text.indexOf('\n', at)
    if (feed < 0) return undefined
    const line = text.slice(at, feed).trim()
    at = feed + 1
    if (line === '') return { headers, end: at }
    const colon = line.indexOf(':')
    if (colon <= 0) throw new NoBatchAnswer('a header line of it has no name')
    headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim()
  }
}
