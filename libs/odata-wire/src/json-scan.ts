/** Scanning of JSON text as bytes, without parsing what lies between. */

const quote = 0x22
const backslash = 0x5c
const openers: ReadonlySet<number> = new Set([0x5b, 0x7b])
const closers: ReadonlySet<number> = new Set([0x5d, 0x7d])
const delimiters: ReadonlySet<number> = new Set([0x2c, 0x3a, 0x5b, 0x5d, 0x7b, 0x7d, quote])

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

/** First place from `at` on that is no white space; may be the length. */
export function skipSpace(bytes: Buffer, at: number): number {
  let i = at
  while (isSpace(bytes[i])) i++
  return i
}

const escaped = (bytes: Buffer, at: number): boolean => {
  let i = at
  while (i > 0 && bytes[i - 1] === backslash) i--
  return (at - i) % 2 === 1
}

/** Place after the string that opens at `at`; -1 if it does not end here. */
export function stringEnd(bytes: Buffer, at: number): number {
  let i = bytes.indexOf(quote, at + 1)
  while (i >= 0 && escaped(bytes, i)) i = bytes.indexOf(quote, i + 1)
  return i < 0 ? -1 : i + 1
}

/** Place after the value that begins at `at`; -1 if it does not certainly end within the bytes. */
export function valueEnd(bytes: Buffer, at: number): number {
  if (bytes[at] === quote) return stringEnd(bytes, at)
  let depth = 0
  let i = at
  while (i < bytes.length) {
    const byte = bytes[i] as number
    if (byte === quote) {
      i = stringEnd(bytes, i)
      if (i < 0) return -1
      continue
    }
    if (openers.has(byte)) depth++
    else if (depth === 0 && i > at && (delimiters.has(byte) || isSpace(byte))) return i
    else if (closers.has(byte) && --depth === 0) return i + 1
    i++
  }
  return -1
}

/** What bytes mean to the scan of brackets: everything else is passed over. */
const meaning = new Uint8Array(256)
const [isQuote, isOpener, isCloser] = [1, 2, 3]
meaning[quote] = isQuote
for (const byte of openers) meaning[byte] = isOpener
for (const byte of closers) meaning[byte] = isCloser

/** The place behind the string within which `from` lies; beyond the chunk's end by one: it goes on; by two: with what is escaped there. */
function leaveString(chunk: Buffer, from: number): number {
  let i = from
  while (i < chunk.length) {
    const byte = chunk[i]
    if (byte === quote) return i + 1
    i += byte === backslash ? 2 : 1
  }
  return i + 1
}

/** Where the reading of an array's elements stands, over chunks that may end anywhere. */
export class RowsEnd {
  private depth = 1
  /** Undefined: between strings; else how many bytes of the next chunk belong to an escape within the string. */
  private escaped: number | undefined

  /** Place in this chunk of the bracket that closes the array; -1: it is not closed here. Not to be asked again once it was. */
  within(chunk: Buffer): number {
    const { length } = chunk
    let i = this.escaped === undefined ? 0 : this.goOn(leaveString(chunk, this.escaped), length)
    let { depth } = this
    while (i < length) {
      const what = meaning[chunk[i] as number]
      if (what === isQuote) {
        i = this.goOn(leaveString(chunk, i + 1), length)
        continue
      }
      if (what === isOpener) depth++
      else if (what === isCloser && --depth === 0) return i
      i++
    }
    this.depth = depth
    return -1
  }

  /** Notes whether the string goes on in the next chunk. */
  private goOn(end: number, length: number): number {
    this.escaped = end > length ? end - length - 1 : undefined
    return end
  }
}
