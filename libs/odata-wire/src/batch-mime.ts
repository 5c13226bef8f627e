/** The parts of a multipart message, as batches and their answers have them. @see RFC 2046 section 5.1 */

/** Makes the error for a message that is malformed. */
export type Malformed = (reason: string) => Error

const boundaryRule = /^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/

/** Bytes as characters one to one, so that places in the text are places in the bytes. */
export const textOf = (bytes: Buffer): string => bytes.toString('latin1')
/** The bytes again. */
export const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1')

/**
 * What stands between the delimiter lines. The closing delimiter must be there: without it the message was cut off on its way.
 * @throws what `malformed` makes
 */
export function sections(text: string, boundary: string, malformed: Malformed): readonly string[] {
  if (!boundaryRule.test(boundary)) throw malformed('it has no valid boundary')
  const found: string[] = []
  const delimiter = `--${boundary}`
  let start = -1
  for (let at = text.indexOf(delimiter); at >= 0; at = text.indexOf(delimiter, at + 1)) {
    const line = delimiterLine(text, at, delimiter)
    if (line === undefined) continue
    if (start >= 0) found.push(text.slice(start, Math.max(start, lineEndBefore(text, at))))
    if (line.closing) return found
    start = line.end
  }
  throw malformed('its closing boundary is missing')
}

/** Undefined if the delimiter does not stand alone in its line. */
function delimiterLine(text: string, at: number, delimiter: string): { readonly closing: boolean; readonly end: number } | undefined {
  if (at > 0 && text[at - 1] !== '\n') return undefined
  let end = at + delimiter.length
  const closing = text.startsWith('--', end)
  if (closing) end += 2
  while (text[end] === ' ' || text[end] === '\t') end++
  if (text.startsWith('\r\n', end)) return { closing, end: end + 2 }
  if (text[end] === '\n') return { closing, end: end + 1 }
  return end === text.length ? { closing, end } : undefined
}

const lineEndBefore = (text: string, at: number): number => (text[at - 2] === '\r' ? at - 2 : at - 1)

/** Header lines up to the empty line, names in lower case, and what follows it. */
export interface Head {
  readonly headers: Readonly<Record<string, string>>
  readonly content: string
}

/** Splits headers from content. @throws what `malformed` makes */
export function splitHead(text: string, malformed: Malformed): Head {
  const headers: Record<string, string> = {}
  let at = 0
  for (;;) {
    const feed = text.indexOf('\n', at)
    const line = text.slice(at, feed < 0 ? text.length : feed).replace(/\r$/, '')
    if (line === '') return { headers, content: feed < 0 ? '' : text.slice(feed + 1) }
    const [, name, value = ''] = /^([\w!#$%&'*+.^`|~-]+):[ \t]*(.*)$/.exec(line) ?? []
    if (name === undefined) throw malformed(`a header line is expected, not ${JSON.stringify(line.slice(0, 60))}`)
    const key = name.toLowerCase()
    headers[key] = headers[key] === undefined ? value.trim() : `${headers[key]}, ${value.trim()}`
    if (feed < 0) return { headers, content: '' }
    at = feed + 1
  }
}
