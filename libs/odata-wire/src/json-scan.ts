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
