import { hubError } from '@tributary/errors'
import { ElementScan } from './brackets/element-scan.js'
import { skipSpace, stringEnd, valueEnd } from './json-scan.js'
import { controlName, type JsonStyle } from './style.js'

/** What becomes of the envelope of an answer that is passed through. */
export interface EnvelopeRewrite {
  readonly style: JsonStyle
  /** Our context URL, instead of the source's. */
  readonly context: string
  /** True if the client asked for the number of rows; a count nobody asked for is dropped. */
  readonly count: boolean
  /** Our next link instead of the source's. */
  readonly nextLink: (link: string) => string
  /** Source the body comes from: what errors name. */
  readonly slug: string
}

/** Members of the envelope beside the rows. */
interface Envelope {
  count?: string
  nextLink?: string
}

/** What stands before the rows must fit in this, and so must what stands behind them. */
const envelopeBytes = 256 * 1024

const bytesOf = { openBrace: 0x7b, openBracket: 0x5b, closeBrace: 0x7d, colon: 0x3a, comma: 0x2c, quote: 0x22 } as const

const invalid = (slug: string, reason: string) => hubError('HUB_SOURCE_INVALID', { slug, reason })

const textOf = (bytes: Buffer, start: number, end: number, slug: string): unknown => parsed(bytes.toString('utf8', start, end), slug)

function parsed(text: string, slug: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw hubError('HUB_SOURCE_INVALID', { slug, reason: 'its JSON is malformed' }, { cause })
  }
}

/** Keeps what the client gets of a member; everything else of the source's envelope (links to itself, entity tags) is left out. */
function note(envelope: Envelope, { name, value, slug }: { readonly name: unknown; readonly value: unknown; readonly slug: string }): void {
  const plain = String(name).replace(/^@odata\./, '@')
  // A server that fails after it has begun to answer says so here; the rows before it are not all there are.
  if (plain === 'error' || plain === '@error') throw invalid(slug, 'it ends with an error')
  if (plain === '@nextLink' && typeof value === 'string') envelope.nextLink = value
  if (plain === '@count' && /^\d+$/.test(String(value))) envelope.count = String(value)
}

/** Reads up to the first row: its place, or undefined if more bytes are needed. */
function readHead(bytes: Buffer, envelope: Envelope, slug: string): number | undefined {
  let at = skipSpace(bytes, bytes[0] === 0xef ? 3 : 0)
  if (at >= bytes.length) return undefined
  if (bytes[at] !== bytesOf.openBrace) throw invalid(slug, 'it is no JSON object')
  for (;;) {
    at = skipSpace(bytes, at + 1)
    if (at >= bytes.length) return undefined
    if (bytes[at] !== bytesOf.quote) throw invalid(slug, 'its JSON has no collection of rows')
    const nameEnd = stringEnd(bytes, at)
    const colon = nameEnd < 0 ? bytes.length : skipSpace(bytes, nameEnd)
    const start = colon >= bytes.length ? bytes.length : skipSpace(bytes, colon + 1)
    if (start >= bytes.length) return undefined
    if (bytes[colon] !== bytesOf.colon) throw invalid(slug, 'its JSON is malformed')
    const name = textOf(bytes, at, nameEnd, slug)
    if (name === 'value') {
      if (bytes[start] !== bytesOf.openBracket) throw invalid(slug, 'its JSON has no collection of rows')
      return start + 1
    }
    const end = valueEnd(bytes, start)
    if (end < 0) return undefined
    note(envelope, { name, value: textOf(bytes, start, end, slug), slug })
    at = skipSpace(bytes, end)
    if (at >= bytes.length) return undefined
    if (bytes[at] !== bytesOf.comma) throw invalid(slug, 'its JSON has no collection of rows')
  }
}

/** Reads what stands behind the rows, from the bracket that closes them to the end of the body. */
function readTail(bytes: Buffer, envelope: Envelope, slug: string): void {
  // Nothing but the end of the rows and of the object.
  if (bytes.length === 2 && bytes[1] === bytesOf.closeBrace) return
  const members = parsed(`{"value":[${bytes.toString('utf8')}`, slug)
  for (const [name, value] of Object.entries(members ?? {})) note(envelope, { name, value, slug })
}

const countMember = (count: string | undefined, { style, count: asked }: EnvelopeRewrite): string =>
  count === undefined || !asked ? '' : `"${controlName('count', style)}":${style.ieee754 ? `"${count}"` : count}`

function headText(envelope: Envelope, rewrite: EnvelopeRewrite): string {
  const { style, context } = rewrite
  const head = style.metadata === 'none' ? '' : `"${controlName('context', style)}":${JSON.stringify(context)},`
  const count = countMember(envelope.count, rewrite)
  return `{${head}${count === '' ? '' : `${count},`}"value":[`
}

function tailText(envelope: Envelope, counted: boolean, rewrite: EnvelopeRewrite): string {
  if (rewrite.count && envelope.count === undefined) throw invalid(rewrite.slug, 'it did not count its rows')
  const count = counted ? '' : countMember(envelope.count, rewrite)
  const link = envelope.nextLink === undefined ? '' : `,"${controlName('nextLink', rewrite.style)}":${JSON.stringify(rewrite.nextLink(envelope.nextLink))}`
  return `]${count === '' ? '' : `,${count}`}${link}}`
}

/**
 * Rows as they come, up to the bracket that closes them; what stands from there on is returned. Every byte is looked at: a body that was
 * cut between two rows, or within one, looks like a whole one from its end.
 */
async function* passRows(first: Buffer, rest: AsyncIterator<Buffer>, slug: string): AsyncGenerator<Buffer, Buffer, undefined> {
  const rows = new ElementScan()
  for (let chunk = first; ;) {
    const end = rows.scan(chunk)
    if (end >= 0) {
      if (end > 0) yield chunk.subarray(0, end)
      return readRest(chunk.subarray(end), rest, slug)
    }
    if (chunk.length > 0) yield chunk
    const next = await rest.next()
    if (next.done === true) throw invalid(slug, 'its JSON breaks off')
    chunk = next.value
  }
}

async function readRest(first: Buffer, rest: AsyncIterator<Buffer>, slug: string): Promise<Buffer> {
  const chunks = [first]
  let size = first.length
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
    chunks.push(next.value)
    size += next.value.length
    if (size > envelopeBytes) throw invalid(slug, 'too much follows its rows')
  }
  return Buffer.concat(chunks, size)
}

async function readToRows(body: AsyncIterator<Buffer>, envelope: Envelope, slug: string): Promise<Buffer> {
  let bytes: Buffer = Buffer.alloc(0)
  for (let next = await body.next(); next.done !== true; next = await body.next()) {
    bytes = bytes.length === 0 ? next.value : Buffer.concat([bytes, next.value])
    const rowsAt = readHead(bytes, envelope, slug)
    if (rowsAt !== undefined) return bytes.subarray(rowsAt)
    if (bytes.length > envelopeBytes) throw invalid(slug, 'its rows do not begin')
  }
  throw invalid(slug, 'its JSON breaks off')
}

/**
 * The same as {@link rewriteEnvelope}, of a body that is there as a whole.
 * @throws HUB_SOURCE_INVALID
 */
export function rewriteWhole(body: Buffer, rewrite: EnvelopeRewrite): Buffer {
  const { slug } = rewrite
  const envelope: Envelope = {}
  const rowsAt = readHead(body, envelope, slug)
  if (rowsAt === undefined) throw invalid(slug, 'its JSON breaks off')
  const counted = envelope.count !== undefined
  const head = headText(envelope, rewrite)
  const end = new ElementScan().scan(body, rowsAt)
  if (end < 0) throw invalid(slug, 'its JSON breaks off')
  readTail(body.subarray(end), envelope, slug)
  return Buffer.concat([Buffer.from(head), body.subarray(rowsAt, end), Buffer.from(tailText(envelope, counted, rewrite))])
}

/**
 * Passes a collection in JSON through: the rows' bytes untouched, the envelope around them ours. Of the rows only strings and brackets are
 * looked at; a body that breaks off before its end makes the answer fail instead of ending well-formed.
 * @throws HUB_SOURCE_INVALID
 */
export async function* rewriteEnvelope(body: AsyncIterable<Buffer>, rewrite: EnvelopeRewrite): AsyncGenerator<Buffer, void, undefined> {
  const source = body[Symbol.asyncIterator]()
  try {
    const envelope: Envelope = {}
    const first = await readToRows(source, envelope, rewrite.slug)
    const counted = envelope.count !== undefined
    let pending: Buffer = Buffer.from(headText(envelope, rewrite))
    const rows = passRows(first, source, rewrite.slug)
    for (let next = await rows.next(); ; next = await rows.next()) {
      if (next.done === true) {
        readTail(next.value, envelope, rewrite.slug)
        yield Buffer.concat([pending, Buffer.from(tailText(envelope, counted, rewrite))])
        return
      }
      yield pending.length === 0 ? next.value : Buffer.concat([pending, next.value])
      pending = Buffer.alloc(0)
    }
  } finally {
    await source.return?.()
  }
}
