import { hubError } from '@tributary/errors'
import type { BatchPart } from './batch-part.js'
import { jsonTreeText, MalformedJson, memberOf, readJsonTree, stringOf, type JsonTree } from './json-tree.js'

const invalid = (reason: string, cause?: unknown) => hubError('HUB_REQUEST_INVALID', { reason: `the batch is malformed: ${reason}` }, cause === undefined ? {} : { cause })

type Members = Extract<JsonTree, { kind: 'object' }>

/**
 * The requests of a batch in JSON, each checked: ids are there and unique, groups stand together, nothing refers forwards. Bodies keep
 * their numbers to the last digit.
 * @throws HUB_REQUEST_INVALID
 * @see OData JSON Format 4.01, section 19.1
 */
export function batchOfJson(body: Buffer): readonly BatchPart[] {
  const requests = memberOf(parsed(body), 'requests')
  if (requests?.kind !== 'array') throw invalid('it has no array "requests"')
  const met = new Set<string>()
  const groups = new Set<string>()
  let group: string | undefined
  return requests.items.map((request, index) => {
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

function parsed(body: Buffer): JsonTree {
  try {
    return readJsonTree(body)
  } catch (cause) {
    if (!(cause instanceof MalformedJson)) throw cause
    throw invalid(`it is no JSON: ${cause.message}`, cause)
  }
}

const isNull = (tree: JsonTree): boolean => tree.kind === 'word' && tree.text === 'null'

function partOf(request: JsonTree, index: number): BatchPart & { readonly id: string } {
  const at = `requests[${index}]`
  if (request.kind !== 'object') throw invalid(`${at} is no object`)
  const id = textOf(request, 'id', at)
  const method = textOf(request, 'method', at)
  const url = textOf(request, 'url', at)
  if (id === undefined || method === undefined || url === undefined) throw invalid(`${at} needs "id", "method" and "url"`)
  const group = textOf(request, 'atomicityGroup', at)
  const condition = textOf(request, 'if', at)
  const given = headersOf(memberOf(request, 'headers'), at)
  const body = memberOf(request, 'body')
  const sent = body === undefined || isNull(body) ? undefined : body
  const headers = sent !== undefined && given['content-type'] === undefined ? { ...given, 'content-type': 'application/json' } : given
  return {
    id, method: method.toUpperCase(), url, headers, dependsOn: idsOf(memberOf(request, 'dependsOn'), at),
    ...(group === undefined ? {} : { group }),
    ...(condition === undefined ? {} : { condition }),
    ...(sent === undefined ? {} : { body: bodyOf(sent, headers['content-type'] ?? 'application/json') }),
  }
}

function textOf(request: Members, name: string, at: string): string | undefined {
  const value = memberOf(request, name)
  if (value === undefined || value.kind === 'string') return stringOf(value)
  throw invalid(`${at}.${name} is no string`)
}

function idsOf(value: JsonTree | undefined, at: string): readonly string[] {
  if (value === undefined) return []
  if (value.kind === 'array' && value.items.every(({ kind }) => kind === 'string')) return value.items.flatMap((item) => stringOf(item) ?? [])
  throw invalid(`${at}.dependsOn is no array of ids`)
}

/** @see RFC 9110, section 5 */
const headerName = /^[\w!#$%&'*+.^`|~-]+$/
const headerValue = /^[\t\x20-\x7E\x80-\xFF]*$/

function headersOf(value: JsonTree | undefined, at: string): Readonly<Record<string, string>> {
  if (value === undefined) return {}
  if (value.kind !== 'object') throw invalid(`${at}.headers is no object`)
  return Object.fromEntries(value.members.map(({ name, value: tree }) => {
    const text = stringOf(tree)
    if (text === undefined) throw invalid(`${at}.headers.${name} is no string`)
    // What a line end would smuggle behind a header would be another header, or another request.
    if (!headerName.test(name) || !headerValue.test(text)) throw invalid(`${at}.headers holds what no header can: ${JSON.stringify(name.slice(0, 60))}`)
    return [name.toLowerCase(), text.trim()]
  }))
}

/** JSON for JSON, text for text, base64url for everything else. */
function bodyOf(value: JsonTree, contentType: string): Buffer {
  const text = jsonTreeText(value)
  if (/^application\/(?:[\w.-]+\+)?json/i.test(contentType)) return Buffer.from(text)
  return Buffer.from(stringOf(value) ?? text, /^text\//i.test(contentType) ? 'utf8' : 'base64url')
}
