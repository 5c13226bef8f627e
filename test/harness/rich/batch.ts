import { preference, type Reply, type Request, type Service } from './exchange.js'
import { isObject, NumberText, parseJson, printJson, Refusal, type Json, type JsonObject } from './values.js'
import { multipartOf, writeMultipart, type Part, type PartReply } from './multipart.js'

type Handle = (service: Service, request: Request) => Reply

/** Answers a batch, multipart or JSON. @throws Refusal 400, 405, 415 */
export function answerBatch(service: Service, request: Request, handle: Handle): Reply {
  if (request.method !== 'POST') throw new Refusal(405, 'a batch is posted')
  const type = request.headers['content-type'] ?? ''
  if (/^multipart\/mixed/i.test(type)) return multipartBatch(service, request, handle)
  if (/^application\/json/i.test(type)) return jsonBatch(service, request, handle)
  throw new Refusal(415, `${type} is no batch`)
}

/** The part's URL below the service root. @throws Refusal 400 */
function below(service: Service, url: string): { readonly path: string; readonly query: string } {
  const root = new URL(service.root)
  const text = url.startsWith(service.root) ? url.slice(service.root.length) : url.startsWith(root.pathname) ? url.slice(root.pathname.length) : url.replace(/^\//, '')
  const at = text.indexOf('?')
  return at < 0 ? { path: text, query: '' } : { path: text.slice(0, at), query: text.slice(at + 1) }
}

/** `$1/Home` with what the request of that id made or addressed. */
function referenced(url: string, known: ReadonlyMap<string, string>): string {
  const [, id = '', rest = ''] = /^\/?\$([^/?]+)(.*)$/.exec(url) ?? []
  const target = known.get(id)
  return target === undefined ? url : `${target}${rest}`
}

interface Running {
  readonly service: Service
  readonly handle: Handle
  readonly known: Map<string, string>
}

function runPart({ service, handle, known }: Running, part: Part): PartReply {
  const url = referenced(part.url, known)
  const reply = handle(service, { method: part.method, ...below(service, url), headers: part.headers, body: Buffer.from(referencedBody(part.body, known)) })
  const address = reply.headers['location'] ?? url
  if (part.id !== undefined && reply.status < 400) known.set(part.id, address)
  return { ...(part.id === undefined ? {} : { id: part.id }), reply }
}

const decoder = new TextDecoder()

/** References in a body: `"@odata.id":"$1"` and bindings. */
function referencedBody(body: Uint8Array, known: ReadonlyMap<string, string>): Uint8Array {
  if (known.size === 0 || !decoder.decode(body).includes('"$')) return body
  return new TextEncoder().encode(decoder.decode(body).replaceAll(/"\$(\w+)"/g, (whole, id: string) => (known.has(id) ? `"${known.get(id)}"` : whole)))
}

/** Runs a change set: all of it or nothing. */
function runSet(running: Running, parts: readonly Part[]): readonly PartReply[] {
  const before = structuredClone(running.service.store)
  const replies: PartReply[] = []
  for (const part of parts) {
    const one = runPart(running, part)
    replies.push(one)
    if (one.reply.status < 400) continue
    running.service.store = before
    return [one]
  }
  return replies
}

/** What was preferred and done. */
function applied({ headers }: Request): Readonly<Record<string, string>> {
  const wish = preference(headers, 'continue-on-error')
  return wish === undefined ? {} : { 'preference-applied': `continue-on-error=${wish === 'false' ? 'false' : 'true'}` }
}

function multipartBatch(service: Service, request: Request, handle: Handle): Reply {
  const goesOn = ['', 'true'].includes(preference(request.headers, 'continue-on-error') ?? 'no')
  const parts = multipartOf(request.headers['content-type'] ?? '', Buffer.from(request.body))
  const replies: (PartReply | readonly PartReply[])[] = []
  const known = new Map<string, string>()
  for (const part of parts) {
    const running = { service, handle, known }
    const made = 'parts' in part ? runSet(running, part.parts) : runPart(running, part)
    const failed = [made].flat().some(({ reply }) => reply.status >= 400)
    replies.push('parts' in part && failed ? [made].flat()[0] ?? [] : made)
    if (failed && !goesOn) break
  }
  const { body, type } = writeMultipart(replies)
  return { status: 200, headers: { 'content-type': type, ...applied(request) }, body }
}

interface JsonPart extends Part {
  readonly id: string
  readonly group?: string
  readonly dependsOn: readonly string[]
}

function jsonPart(json: Json): JsonPart {
  if (!isObject(json) || typeof json['method'] !== 'string' || typeof json['url'] !== 'string') throw new Refusal(400, 'a request has a method and a url')
  const { id, method, url, headers, body, atomicityGroup, dependsOn } = json
  const given = Object.fromEntries(Object.entries(isObject(headers) ? headers : {}).map(([name, value]) => [name.toLowerCase(), String(value)]))
  const isText = typeof body === 'string'
  const type = given['content-type'] ?? (body === undefined ? undefined : 'application/json')
  const isJson = type === undefined || /json/.test(type)
  const bytes = body === undefined ? new Uint8Array() : isText && !isJson ? type.startsWith('text/') ? Buffer.from(body) : Buffer.from(body, 'base64url') : Buffer.from(printJson(body ?? null))
  if (id === undefined) throw new Refusal(400, 'a request has an id')
  return {
    id: String(typeof id === 'string' ? id : printJson(id)), method: method.toUpperCase(), url, headers: { ...given, ...(type === undefined ? {} : { 'content-type': type }) }, body: bytes,
    ...(typeof atomicityGroup === 'string' ? { group: atomicityGroup } : {}), dependsOn: Array.isArray(dependsOn) ? dependsOn.map(String) : [],
  }
}

/** What has failed with another change of its group. */
const notDone: Reply = { status: 424, headers: { 'content-type': 'application/json' }, body: '{"error":{"code":"424","message":"another change of the group failed"}}' }

function jsonBatch(service: Service, request: Request, handle: Handle): Reply {
  const body = parseJson(decoder.decode(request.body))
  if (!isObject(body) || !Array.isArray(body['requests'])) throw new Refusal(400, 'a batch has requests')
  const stops = preference(request.headers, 'continue-on-error') === 'false'
  const parts = body['requests'].map(jsonPart)
  const outcome = new Map<string, boolean>()
  const running: Running = { service, handle, known: new Map() }
  const responses: JsonObject[] = []
  for (let at = 0; at < parts.length;) {
    const part = parts[at]
    if (part === undefined) break
    const group = part.group === undefined ? [part] : parts.slice(at).filter((one, index, rest) => one.group === part.group && rest.slice(0, index).every((before) => before.group === part.group))
    at += group.length
    const blocked = group.some(({ dependsOn }) => dependsOn.some((id) => outcome.get(id) === false))
    const replies = blocked ? group.map(({ id }) => ({ id, reply: { status: 424, headers: {} } })) : part.group === undefined ? [runPart(running, part)] : runSet(running, group)
    const failed = replies.some(({ reply }) => reply.status >= 400)
    for (const { id } of group) outcome.set(id, !failed)
    if (part.group !== undefined) outcome.set(part.group, !failed)
    const shown = failed && part.group !== undefined && !blocked ? group.map(({ id }) => replies.find((one) => one.id === id) ?? { id, reply: notDone }) : replies
    responses.push(...shown.map((one) => jsonResponse(one, part.group)))
    if (failed && stops) break
  }
  return { status: 200, headers: { 'content-type': 'application/json', ...applied(request) }, body: printJson({ responses }) }
}

function jsonResponse({ id, reply }: PartReply, group: string | undefined): JsonObject {
  const type = reply.headers['content-type'] ?? ''
  const text = typeof reply.body === 'string' ? reply.body : reply.body !== undefined && type.startsWith('text/') ? decoder.decode(reply.body) : undefined
  const body: Json | undefined = reply.body === undefined ? undefined : text !== undefined && /json/.test(type) ? parseJson(text) : text ?? Buffer.from(reply.body).toString('base64url')
  return { id: id ?? '', ...(group === undefined ? {} : { atomicityGroup: group }), status: new NumberText(String(reply.status)), headers: reply.headers, ...(body === undefined ? {} : { body }) }
}
