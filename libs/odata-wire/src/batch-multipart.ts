import { hubError } from '@tributary/errors'
import type { BatchPart } from './batch-part.js'
import { formatRange } from './media.js'

const invalid = (reason: string) => hubError('HUB_REQUEST_INVALID', { reason: `the batch is malformed: ${reason}` })

const boundaryRule = /^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/

/** Bytes as characters one to one, so that places in the text are places in the bytes. */
const textOf = (bytes: Buffer): string => bytes.toString('latin1')
const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1')

/**
 * The requests of a batch in MIME parts. Lines may end with LF alone; everything else is held to the letter.
 * @throws HUB_REQUEST_INVALID
 * @see OData Protocol 4.01, section 11.7.7; RFC 2046 section 5.1; RFC 9112 section 2
 */
export function batchOfMultipart(body: Buffer, boundary: string): readonly BatchPart[] {
  let changeSets = 0
  const parts = sections(textOf(body), boundary).flatMap((section): readonly BatchPart[] => {
    const { headers, content } = splitHead(section)
    const { type, parameters } = formatRange(headers['content-type'] ?? '')
    if (type !== 'multipart/mixed') return [requestOf(headers, content)]
    changeSets += 1
    const group = `changeset-${changeSets}`
    return sections(content, parameters.get('boundary') ?? '').map((inner) => {
      const change = splitHead(inner)
      const request = requestOf(change.headers, change.content)
      if (/^(?:GET|HEAD)$/.test(request.method)) throw invalid('a change set holds changes only')
      return { ...request, group }
    })
  })
  const ids = parts.flatMap(({ id }) => id ?? [])
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined) throw invalid(`the Content-ID ${twice} is not unique`)
  return parts
}

/** What stands between the delimiter lines. The closing delimiter must be there: without it the batch was cut off on its way. */
function sections(text: string, boundary: string): readonly string[] {
  if (!boundaryRule.test(boundary)) throw invalid('it has no valid boundary')
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
  throw invalid('its closing boundary is missing')
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

interface Head {
  readonly headers: Readonly<Record<string, string>>
  readonly content: string
}

/** Header lines up to the empty line, and what follows it. */
function splitHead(text: string): Head {
  const headers: Record<string, string> = {}
  let at = 0
  for (;;) {
    const feed = text.indexOf('\n', at)
    const line = text.slice(at, feed < 0 ? text.length : feed).replace(/\r$/, '')
    if (line === '') return { headers, content: feed < 0 ? '' : text.slice(feed + 1) }
    const [, name, value = ''] = /^([\w!#$%&'*+.^`|~-]+):[ \t]*(.*)$/.exec(line) ?? []
    if (name === undefined) throw invalid(`a header line is expected, not ${JSON.stringify(line.slice(0, 60))}`)
    const key = name.toLowerCase()
    headers[key] = headers[key] === undefined ? value.trim() : `${headers[key]}, ${value.trim()}`
    if (feed < 0) return { headers, content: '' }
    at = feed + 1
  }
}

function requestOf(mime: Readonly<Record<string, string>>, content: string): BatchPart {
  if (formatRange(mime['content-type'] ?? '').type !== 'application/http') throw invalid('a part is neither application/http nor, within the batch itself, multipart/mixed')
  const encoding = mime['content-transfer-encoding']
  if (encoding !== undefined && !/^(?:binary|8bit|7bit)$/i.test(encoding)) throw invalid(`the Content-Transfer-Encoding ${encoding} cannot be read`)
  const feed = content.indexOf('\n')
  const line = bytesOf(content.slice(0, feed < 0 ? content.length : feed)).toString('utf8').trim()
  const [, method, url] = /^([A-Za-z]+) (\S+)(?: HTTP\/1\.[01])?$/.exec(line) ?? []
  if (method === undefined || url === undefined) throw invalid(`a request line is expected, not ${JSON.stringify(line.slice(0, 60))}`)
  const { headers, content: rest } = splitHead(feed < 0 ? '' : content.slice(feed + 1))
  const id = mime['content-id'] ?? headers['content-id']
  return {
    method: method.toUpperCase(), url, headers, dependsOn: [],
    ...(id === undefined ? {} : { id }),
    ...(rest.trim() === '' ? {} : { body: bytesOf(rest) }),
  }
}
