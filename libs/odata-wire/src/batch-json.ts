import { hubError } from '@tributary/errors'
import type { BatchPart } from './batch-part.js'

const invalid = (reason: string, cause?: unknown) => hubError('HUB_REQUEST_INVALID', { reason: `the batch is malformed: ${reason}` }, cause === undefined ? {} : { cause })

type Members = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The requests of a batch in JSON, each checked: ids are there and unique, groups stand together, nothing refers forwards.
 * @throws HUB_REQUEST_INVALID
 * @see OData JSON Format 4.01, section 19.1
 */
export function batchOfJson(body: Buffer): readonly BatchPart[] {
  const batch = parsed(body)
  if (!isObject(batch) || !Array.isArray(batch['requests'])) throw invalid('it has no array "requests"')
  const met = new Set<string>()
  const groups = new Set<string>()
  let group: string | undefined
  return batch['requests'].map((request: unknown, index) => {
    const part = partOf(request, index)
    if (met.has(part.id) || groups.has(part.id)) throw invalid(`the id ${part.id} is not unique`)
    const unknown = part.dependsOn.find((id) => !met.has(id) && !groups.has(id))
    if (unknown !== undefined) throw invalid(`the request ${part.id} depends on ${unknown}, which does not stand before it`)
    met.add(part.id)
    if (part.group !== undefined && part.group !== group && (groups.has(part.group) || met.has(part.group))) throw invalid(`the atomicity group ${part.group} is not unique, or its requests do not stand together`)
    group = part.group
    if (group !== undefined) groups.add(group)
    return part
  })
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch (cause) {
    throw invalid('it is no JSON', cause)
  }
}

function partOf(request: unknown, index: number): BatchPart & { readonly id: string } {
  if (!isObject(request)) throw invalid(`requests[${index}] is no object`)
  const at = `requests[${index}]`
  const id = textOf(request, 'id', at)
  const method = textOf(request, 'method', at)
  const url = textOf(request, 'url', at)
  if (id === undefined || method === undefined || url === undefined) throw invalid(`${at} needs "id", "method" and "url"`)
  const group = textOf(request, 'atomicityGroup', at)
  const condition = textOf(request, 'if', at)
  const given = headersOf(request['headers'], at)
  const hasBody = request['body'] !== undefined && request['body'] !== null
  const headers = hasBody && given['content-type'] === undefined ? { ...given, 'content-type': 'application/json' } : given
  return {
    id, method: method.toUpperCase(), url, headers, dependsOn: idsOf(request['dependsOn'], at),
    ...(group === undefined ? {} : { group }),
    ...(condition === undefined ? {} : { condition }),
    ...(!hasBody ? {} : { body: bodyOf(request['body'], headers['content-type'] ?? 'application/json') }),
  }
}

function textOf(request: Members, name: string, at: string): string | undefined {
  const value = request[name]
  if (value === undefined || typeof value === 'string') return value
  throw invalid(`${at}.${name} is no string`)
}

function idsOf(value: unknown, at: string): readonly string[] {
  if (value === undefined) return []
  if (Array.isArray(value) && value.every((one): one is string => typeof one === 'string')) return value
  throw invalid(`${at}.dependsOn is no array of ids`)
}

/** @see RFC 9110, section 5 */
const headerName = /^[\w!#$%&'*+.^`|~-]+$/
const headerValue = /^[\t\x20-\x7E\x80-\xFF]*$/

function headersOf(value: unknown, at: string): Readonly<Record<string, string>> {
  if (value === undefined) return {}
  if (!isObject(value)) throw invalid(`${at}.headers is no object`)
  return Object.fromEntries(Object.entries(value).map(([name, text]) => {
    if (typeof text !== 'string') throw invalid(`${at}.headers.${name} is no string`)
    // What a line end would smuggle behind a header would be another header, or another request.
    if (!headerName.test(name) || !headerValue.test(text)) throw invalid(`${at}.headers holds what no header can: ${JSON.stringify(name.slice(0, 60))}`)
    return [name.toLowerCase(), text.trim()]
  }))
}

/** JSON for JSON, text for text, base64url for everything else. */
function bodyOf(value: unknown, contentType: string): Buffer {
  if (/^application\/(?:[\w.-]+\+)?json/i.test(contentType)) return Buffer.from(JSON.stringify(value))
  return Buffer.from(String(value), /^text\//i.test(contentType) ? 'utf8' : 'base64url')
}
