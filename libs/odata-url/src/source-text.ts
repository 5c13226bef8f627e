import { hubError } from '@tributary/errors'

/**
 * A stretch of a URL, percent-decoded once, with the way back to the raw text. The grammar is read from `decoded`, because OData
 * gives `%27`, `%28`, `%2C` … the meaning of the character; what must be cut before decoding (`&`, `/`) is cut by the caller.
 */
export interface SourceText {
  readonly raw: string
  readonly decoded: string
  /** Raw offset of each decoded unit and of the end; undefined where nothing was encoded (then `start` + index). */
  readonly offsets: Uint32Array | undefined
  readonly start: number
  /** What errors call this text: `$filter`, `resource path`. */
  readonly part: string
  /** A raw `+` is a space here, as form encoding has it. In paths it is a plus. */
  readonly plusIsSpace: boolean
}

/** Where in a raw URL a text stands and how it is read. */
export interface Stretch {
  readonly start: number
  readonly end: number
  readonly part: string
  readonly plusIsSpace: boolean
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Decodes a stretch of a raw URL.
 * @throws HUB_QUERY_SYNTAX on a broken percent-encoding, on bytes that are not UTF-8, and on a raw `#`
 */
export function sourceText(raw: string, { start, end, part, plusIsSpace }: Stretch): SourceText {
  const slice = raw.slice(start, end)
  const hash = slice.indexOf('#')
  if (hash >= 0) throw malformed(part, start + hash, "'#'", '%23')
  if (!slice.includes('%')) return { raw, decoded: slice, offsets: undefined, start, part, plusIsSpace }
  const offsets = new Uint32Array(slice.length + 1)
  let decoded = ''
  for (let at = start; at < end; ) {
    const length = raw[at] === '%' ? sequenceLength(raw, at, { start, end, part, plusIsSpace }) : 1
    const text = length === 1 ? raw[at]! : character(raw, at, length, part)
    for (let unit = 0; unit < text.length; unit++) offsets[decoded.length + unit] = at
    decoded += text
    at += length
  }
  offsets[decoded.length] = end
  return { raw, decoded, offsets, start, part, plusIsSpace }
}

/** Raw offset of a decoded index. */
export const rawOffset = (source: SourceText, index: number): number =>
  source.offsets === undefined ? source.start + index : source.offsets[index]!

/** Decoded index of a raw offset that begins a character. */
export const decodedIndex = (source: SourceText, offset: number): number =>
  source.offsets === undefined ? offset - source.start : Math.max(0, source.offsets.indexOf(offset))

/** True where the decoded unit stands for itself and was not percent-encoded. */
export const isRaw = (source: SourceText, index: number): boolean => source.raw[rawOffset(source, index)] !== '%'

/** The decoded text between two indexes, raw `+` read as spaces where the source says so. */
export function plainText(source: SourceText, from: number, to: number): string {
  const text = source.decoded.slice(from, to)
  if (!source.plusIsSpace || !text.includes('+')) return text
  let out = ''
  for (let at = from; at < to; at++) out += source.decoded[at] === '+' && isRaw(source, at) ? ' ' : source.decoded[at]!
  return out
}

function sequenceLength(raw: string, at: number, stretch: Stretch): number {
  const lead = byteAt(raw, at, stretch)
  const bytes = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
  for (let byte = 1; byte < bytes; byte++) byteAt(raw, at + 3 * byte, stretch)
  return bytes * 3
}

function byteAt(raw: string, at: number, { end, part }: Stretch): number {
  const digits = raw.slice(at + 1, Math.min(at + 3, end))
  if (raw[at] === '%' && at < end && /^[0-9A-Fa-f]{2}$/.test(digits)) return Number.parseInt(digits, 16)
  throw malformed(part, Math.min(at, end), at < end ? `'${raw.slice(at, Math.min(at + 3, end))}'` : 'the end', '% and two hexadecimal digits')
}

function character(raw: string, at: number, length: number, part: string): string {
  const bytes = Uint8Array.from({ length: length / 3 }, (_, index) => Number.parseInt(raw.slice(at + 3 * index + 1, at + 3 * index + 3), 16))
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw hubError('HUB_QUERY_SYNTAX', { part, position: at, found: `'${raw.slice(at, at + length)}'`, expected: 'percent-encoded UTF-8' }, { target: part, cause })
  }
}

const malformed = (part: string, position: number, found: string, expected: string) =>
  hubError('HUB_QUERY_SYNTAX', { part, position, found, expected }, { target: part })
