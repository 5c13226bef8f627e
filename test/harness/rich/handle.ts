import { parseODataUrl, type QueryOptions } from '@tributary/odata-url'
import { isHubError } from '@tributary/errors'
import { readEach } from './acting.js'
import { answerBatch } from './batch.js'
import { change } from './changing.js'
import { nothing, type Scope } from './evaluate.js'
import { refuses, type Asked, type Reply, type Request, type Service } from './exchange.js'
import { languageOf, storeIn } from './languages.js'
import { negotiate, versionOf } from './negotiate.js'
import { control } from './payload.js'
import { jsonReply, read } from './reading.js'
import { Refusal } from './values.js'
import { callItem, rootItem, walk, walkOn, type Place, type Walking } from './walk.js'
import { resolve } from './writing-entities.js'
import { addressOf } from './addresses.js'

/** Answers one request; what fails leaves the store as it was. */
export function handle(service: Service, request: Request): Reply {
  const before = isRead(request) ? undefined : structuredClone(service.store)
  const version = { 'odata-version': safeVersion(request) }
  try {
    const reply = answer(service, request)
    const language = isRead(request) && reply.status === 200 ? languageOf(request) : undefined
    return { ...reply, headers: { ...version, ...(language === undefined ? {} : { 'content-language': language }), ...reply.headers } }
  } catch (error) {
    if (before !== undefined) service.store = before
    const { status, code, message } = reasonOf(error)
    if (status === 204) return { status, headers: version }
    return { status, headers: { ...version, 'content-type': 'application/json;odata.metadata=minimal' }, body: JSON.stringify({ error: { code, message } }) }
  }
}

const isRead = ({ method }: Pick<Request, 'method'>): boolean => method === 'GET' || method === 'HEAD'

function safeVersion({ headers }: Request): string {
  return Number(headers['odata-maxversion'] ?? '4.0') >= 4.01 ? '4.01' : '4.0'
}

function reasonOf(error: unknown): { readonly status: number; readonly code: string; readonly message: string } {
  if (error instanceof Refusal) return error
  if (isHubError(error)) return { status: error.status, code: 'Invalid', message: error.message }
  return { status: 500, code: 'Broken', message: error instanceof Error ? error.stack ?? error.message : String(error) }
}

function answer(service: Service, request: Request): Reply {
  versionOf(request.headers)
  if (request.path.replace(/\/$/, '') === '$metadata' && request.method !== 'GET' && request.method !== 'HEAD') return notAllowed(request.method)
  if (request.path.replace(/\/$/, '') === '$metadata') return { status: 200, headers: { 'content-type': 'application/xml', 'odata-version': '4.01' }, body: service.metadata }
  if (request.path === '$batch') {
    refuses(service, 'batch')
    return answerBatch(service, request, handle)
  }
  if (request.method === 'POST' && /(^|\/)\$query$/.test(request.path)) {
    if (!/^text\/plain\b/i.test(request.headers['content-type'] ?? '')) throw new Refusal(415, 'query options are text/plain')
    const body = new TextDecoder().decode(request.body).trim()
    return answer(service, { ...request, method: 'GET', path: request.path.replace(/\/?\$query$/, ''), query: [request.query, body].filter((part) => part !== '').join('&') })
  }
  const asked = understand(service, request)
  return respond(asked)
}

/** Parses the request against the model. */
function understand(service: Service, request: Request): Asked {
  const { behaviour, names } = service
  const url = parseODataUrl(request.path, request.query, names)
  const { aliases, custom, spans, parameters } = url.options
  for (const [feature, value] of Object.entries(url.options)) if (value !== undefined) refuses(service, feature)
  const options: QueryOptions = behaviour.ignoreQueryOptions === true ? { aliases, custom, spans, ...(parameters === undefined ? {} : { parameters }) } : url.options
  if (url.options.apply !== undefined) throw new Refusal(501, '$apply is not supported')
  const format = negotiate(request, url.options, service.root)
  const scope: Scope = { model: service.model, store: isRead(request) ? storeIn(service.store, languageOf(request)) : service.store, aliases, it: nothing, self: nothing, variables: new Map(), root: (set, key) => rootItem(walking)(set, key), call: (at, segment, item) => callItem(walking)(at, segment, item) }
  const walking = (): Walking => ({ scope, options })
  return { service, request, url: { ...url, options }, format, scope }
}

function respond(asked: Asked): Reply {
  const { service, request: { method }, url: { resource, options }, scope } = asked
  const reading = method === 'GET' || method === 'HEAD'
  if (resource.kind === 'service') return reading ? serviceDocument(asked) : notAllowed(method)
  if (resource.kind === 'metadata') throw new Refusal(404, 'no such resource')
  if (resource.segments[0]?.kind === 'entity') {
    const one = resolve(asked, options.id ?? '')
    const place: Place = { kind: 'entity', type: one.type, declared: one.type, item: one, context: addressOf(service.model, one).replace(/\([^()]*\)$/, ''), origin: {}, ofCollection: true }
    return read(asked, walkOn({ scope, options }, place, resource.segments.slice(1)))
  }
  if (resource.segments.some(({ kind }) => kind === 'operation')) refuses(service, 'functions')
  const [first] = resource.segments
  if (first?.kind === 'entitySet' && service.behaviour.unreadable?.includes(first.name) === true) throw new Refusal(405, `${first.name} is not exposed by itself`)
  const place = walk({ scope, options }, resource.segments)
  if (reading) return place.kind === 'results' ? readEach(asked, place) : read(asked, place)
  if (!['POST', 'PATCH', 'PUT', 'DELETE'].includes(method)) return notAllowed(method)
  return change(asked, place)
}

function notAllowed(method: string): never {
  throw new Refusal(405, `${method} is not allowed here`)
}

function serviceDocument(asked: Asked): Reply {
  const { service: { model }, format } = asked
  const container = model.container
  const sets = [...(container?.entitySets.keys() ?? [])].map((name) => ({ name, kind: 'EntitySet', url: name }))
  const singles = [...(container?.singletons.keys() ?? [])].map((name) => ({ name, kind: 'Singleton', url: name }))
  const functions = [...(container?.operationImports.values() ?? [])].filter((one) => one.kind === 'functionImport' && one.includeInServiceDocument).map(({ name }) => ({ name, kind: 'FunctionImport', url: name }))
  return jsonReply(asked, { status: 200 }, { ...(format.metadata === 'none' ? {} : { [control(format, 'context')]: `${format.root}$metadata` }), value: [...sets, ...singles, ...functions] })
}
