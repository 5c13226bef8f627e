/**
 * Scanning of JSON text as bytes, forwards from its beginning and backwards from its end, without parsing what lies between.
 * Within strings quotes stand only behind a backslash and outside strings there is no backslash, so both directions are certain.
 */

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

/** Last place up to `at` that is no white space; may be -1. */
export function skipSpaceBack(bytes: Buffer, at: number): number {
  let i = at
  while (i >= 0 && isSpace(bytes[i])) i--
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

/** Place of the quote that opens the string closed at `at`; -1 if it does not begin here. */
export function stringStart(bytes: Buffer, at: number): number {
  let i = at === 0 ? -1 : bytes.lastIndexOf(quote, at - 1)
  while (i >= 0 && escaped(bytes, i)) i = i === 0 ? -1 : bytes.lastIndexOf(quote, i - 1)
  return i
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

/** Place of the bracket or brace that opens what is closed at `at`; -1 if it lies before the bytes. */
function bracketStart(bytes: Buffer, at: number): number {
  let depth = 0
  for (let i = at; i >= 0; i--) {
    const byte = bytes[i] as number
    if (byte === quote) {
      i = stringStart(bytes, i)
      if (i < 0) return -1
    } else if (closers.has(byte)) depth++
    else if (openers.has(byte) && --depth === 0) return i
  }
  return -1
}

/** Place where the value begins whose last byte is at `at`; -1 if it begins before the bytes. */
export function valueStart(bytes: Buffer, at: number): number {
  const byte = bytes[at] as number
  if (byte === quote) return stringStart(bytes, at)
  if (closers.has(byte)) return bracketStart(bytes, at)
  let i = at
  while (i >= 0 && !delimiters.has(bytes[i] as number) && !isSpace(bytes[i])) i--
  return i + 1
}
