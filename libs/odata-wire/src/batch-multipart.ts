import { hubError } from '@tributary/errors'
import { bytesOf, sections, splitHead, textOf } from './batch-mime.js'
import type { BatchPart } from './batch-part.js'
import { formatRange } from './media.js'

const invalid = (reason: string) => hubError('HUB_REQUEST_INVALID', { reason: `the batch is malformed: ${reason}` })

/**
 * The requests of a batch in MIME parts. Lines may end with LF alone, and change sets may count their requests each for itself, as clients
 * of 4.0 do; everything else is held to the letter.
 * @throws HUB_REQUEST_INVALID
 * @see OData Protocol 4.01, section 11.7.7; RFC 2046 section 5.1; RFC 9112 section 2
 */
export function batchOfMultipart(body: Buffer, boundary: string): readonly BatchPart[] {
  let changeSets = 0
  const parts = sections(textOf(body), boundary, invalid).flatMap((section): readonly BatchPart[] => {
    const { headers, content } = splitHead(section, invalid)
    const { type, parameters } = formatRange(headers['content-type'] ?? '')
    if (type !== 'multipart/mixed') return [requestOf(headers, content)]
    changeSets += 1
    const group = `changeset-${changeSets}`
    return sections(content, parameters.get('boundary') ?? '', invalid).map((inner) => {
      const change = splitHead(inner, invalid)
      const request = requestOf(change.headers, change.content)
      if (/^(?:GET|HEAD)$/.test(request.method)) throw invalid('a change set holds changes only')
      return { ...request, group }
    })
  })
  const twice = parts.find((part, index) => part.id !== undefined && parts.findIndex(({ id, group }) => id === part.id && group === part.group) !== index)
  if (twice !== undefined) throw invalid(`the Content-ID ${twice.id ?? ''} is not unique`)
  return parts
}

function requestOf(mime: Readonly<Record<string, string>>, content: string): BatchPart {
  if (formatRange(mime['content-type'] ?? '').type !== 'application/http') throw invalid('a part is neither application/http nor, within the batch itself, multipart/mixed')
  const encoding = mime['content-transfer-encoding']
  if (encoding !== undefined && !/^(?:binary|8bit|7bit)$/i.test(encoding)) throw invalid(`the Content-Transfer-Encoding ${encoding} cannot be read`)
  const feed = content.indexOf('\n')
  // Blanks that should be %20 are the business of the one request whose URL has them, as they are in a JSON batch.
  const line = bytesOf(content.slice(0, feed < 0 ? content.length : feed)).toString('utf8').trim()
  const [, method, url] = /^([A-Za-z]+) (\S.*?)(?: HTTP\/1\.[01])?$/.exec(line) ?? []
  if (method === undefined || url === undefined) throw invalid(`a request line is expected, not ${JSON.stringify(line.slice(0, 60))}`)
  const { headers, content: rest } = splitHead(feed < 0 ? '' : content.slice(feed + 1), invalid)
  const id = mime['content-id'] ?? headers['content-id']
  return {
    method: method.toUpperCase(), url, headers, dependsOn: [],
    ...(id === undefined ? {} : { id }),
    ...(rest.trim() === '' ? {} : { body: bytesOf(wholeBody(rest, headers['content-length'])) }),
  }
}

/** What stands behind a body of known length is no part of it. */
const wholeBody = (rest: string, length: string | undefined): string => (length !== undefined && /^\d+$/.test(length) ? rest.slice(0, Number(length)) : rest)
