import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { admitted, type ServedAuth } from './odata-server-auth.js'
import { answerBatch, innerHeader, type BatchObedience } from './odata-server-batch.js'
import { csdlOf, type ServedProperty, type ServedSet, type ServedSets } from './odata-server-contract.js'
import { orderOf, predicateOf, Refusal, type LanguageOptions, type Row, type TypeOf } from './odata-server-language.js'
import { expandingOf, expandedMembers, relatedRows, type Expanding, type ExpandFlaw } from './odata-server-expand.js'
import { drainedOrClosed, writeRow } from './odata-server-writing.js'

export type { ServedAuth } from './odata-server-auth.js'
export type { ServedNavigation, ServedProperty, ServedSet, ServedSets } from './odata-server-contract.js'
export type { Row } from './odata-server-language.js'
export { customersAndOrders, randomOf } from './odata-server-data.js'

/** honour: as the protocol says. refuse: 501. ignore: as if the option were not there. */
export type Obedience = 'honour' | 'refuse' | 'ignore'

/** How the server behaves; what is not given is honoured. */
export interface Behaviour {
  readonly filter?: Obedience
  readonly orderby?: Obedience
  readonly top?: Obedience
  readonly skip?: Obedience
  readonly count?: Obedience
  readonly select?: Obedience
  readonly in?: Obedience
  /** `$expand`: ignored unless told. */
  readonly expand?: Obedience
  /** What `$expand` gets wrong. */
  readonly expandFlaw?: ExpandFlaw
  readonly maxpagesize?: Obedience
  /** What `$apply` gives; passed over unless told. */
  readonly apply?: 'refuse' | ((text: string, set: string) => readonly object[])
  readonly ieee754?: 'honour' | 'ignore'
  /** refuse: 501. break: 500, as a server does that hands on to its database what that cannot do. */
  readonly functions?: 'honour' | 'refuse' | 'break'
  /** refuse: 400. */
  readonly arithmetic?: 'honour' | 'refuse'
  /** Strings compare without regard to case, as many databases do. */
  readonly caseInsensitive?: boolean
  /** Guids compare as the text they are written as, as in databases that keep them as text. */
  readonly guidsAsText?: boolean
  /** Of numbers in filters only what stands before the point is read. */
  readonly wholeNumbers?: boolean
  readonly latencyMs?: number
  /** Rows of a page; undefined: everything in one response. */
  readonly pageSize?: number
  readonly nextLinks?: 'absolute' | 'relative'
  /** What `@odata.count` is wrong by. */
  readonly countError?: number
  /** The members of the envelope in another order: `value` first. */
  readonly valueFirst?: boolean
  /** A `$filter` with more of `and` and `or` is answered with 400, as by servers that count nodes. */
  readonly filterTerms?: number
  /** Longer URLs are answered with 414. */
  readonly urlLimit?: number
  /** How longer URLs are answered; 414 unless told. */
  readonly overlong?: 404 | 'reset'
  readonly encoding?: 'gzip' | 'br'
  readonly auth?: ServedAuth
  /** This many requests are answered with `status` before the server answers. */
  readonly throttle?: { readonly status: number; readonly times: number; readonly retryAfter?: string }
  /** The first requests that reach the server are not answered at all. */
  readonly silent?: { readonly times: number }
  /** Options in the body of a POST to /$query: refused with 405 unless told. */
  readonly querySegment?: 'honour' | 'refuse'
  /** `$batch`: refused with 405 unless told. */
  readonly batch?: BatchObedience
  /** Collections have this ETag, and are not sent again to whoever has it. */
  readonly etag?: string
  readonly fault?: ServedFault
  /** How many times the fault strikes; always unless told. */
  readonly faultTimes?: number
  /** The first page the fault strikes; 0 unless told. */
  readonly faultFromPage?: number
}

export type ServedFault = 'truncate' | 'html' | 'reset' | 'missing-value' | 'in-stream-error' | 'loop' | 'repeat' | 'foreign-link' | 'redirect' | 'hang' | 'failure' | 'empty-page'

export interface ServerOptions {
  readonly sets: ServedSets
  readonly behaviour?: Behaviour
  /** Behaviour of single sets, over that of the server. */
  readonly behaviourOf?: Readonly<Record<string, Behaviour>>
  /** Over all others, for one request. */
  readonly behaviourFor?: (request: ServedRequest) => Behaviour
  readonly namespace?: string
  /** Path of the service root; `/odata/` unless told. */
  readonly root?: string
  /** Where `foreign-link` and `redirect` lead to. */
  readonly elsewhere?: string
}

export interface ServedRequest {
  readonly method: string
  readonly url: string
  /** The query options, decoded. */
  readonly options: Readonly<Record<string, string>>
  readonly headers: IncomingHttpHeaders
}

export interface ODataServer {
  /** Service root, ends in `/`. */
  readonly url: string
  /** Every request so far, `$metadata` included. */
  readonly requests: ServedRequest[]
  /** The requests within batches so far. */
  readonly batched: ServedRequest[]
  /** Requests whose connection closed before their answer had ended: by the client, or by a fault that resets it. */
  readonly cancelled: ServedRequest[]
  /** Rows written so far. */
  rowsSent(): number
  /** Requests being answered now, and the most there ever were at once. */
  inFlight(): { readonly now: number; readonly most: number }
  behave(behaviour: Behaviour, set?: string): void
  stop(): Promise<void>
}

interface State {
  readonly options: ServerOptions
  readonly requests: ServedRequest[]
  readonly batched: ServedRequest[]
  readonly cancelled: ServedRequest[]
  behaviour: Behaviour
  readonly behaviourOf: Map<string, Behaviour>
  throttled: number
  silenced: number
  struck: number
  rowsSent: number
  now: number
  most: number
  url: string
}

/** Starts an OData v4 server on a free port of 127.0.0.1. */
export async function startODataServer(options: ServerOptions): Promise<ODataServer> {
  const state: State = {
    options, requests: [], batched: [], cancelled: [], behaviour: options.behaviour ?? {}, behaviourOf: new Map(Object.entries(options.behaviourOf ?? {})), throttled: 0, silenced: 0, struck: 0, rowsSent: 0, now: 0, most: 0, url: '',
  }
  const server = createServer((request, response) => void answer(state, request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${options.root ?? '/odata/'}`
  return {
    url: state.url,
    requests: state.requests,
    batched: state.batched,
    cancelled: state.cancelled,
    rowsSent: () => state.rowsSent,
    inFlight: () => ({ now: state.now, most: state.most }),
    behave: (behaviour, set) => {
      state.throttled = 0
      state.silenced = 0
      state.struck = 0
      if (set === undefined) state.behaviour = behaviour
      else state.behaviourOf.set(set, behaviour)
    },
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  state.now++
  state.most = Math.max(state.most, state.now)
  const url = new URL(request.url ?? '/', state.url)
  const options = Object.fromEntries([...url.searchParams].map(([name, value]) => [name, value]))
  const asked = { method: request.method ?? 'GET', url: request.url ?? '', options, headers: request.headers }
  ;(innerHeader in request.headers ? state.batched : state.requests).push(asked)
  response.on('close', () => {
    state.now--
    if (!response.writableEnded) state.cancelled.push(asked)
  })
  try {
    await route(state, { request, response, path: decodeURIComponent(url.pathname), options })
  } catch (error) {
    if (response.headersSent) response.destroy()
    else fail(response, error instanceof Refusal ? error.status : 500, error instanceof Error ? error.message : 'failed')
  }
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly path: string
  readonly options: Readonly<Record<string, string>>
}

async function route(state: State, exchange: Exchange): Promise<void> {
  const { request, response, path } = exchange
  const root = state.options.root ?? '/odata/'
  const resource = path.startsWith(root) ? path.slice(root.length) : undefined
  const [, name = '', key, link] = /^([^(/]+)(?:\((.*)\))?(?:\/\$query|\/([\p{L}_][\p{L}\p{N}_]*))?$/u.exec(resource ?? '') ?? []
  const behaviour = behaviourOf(state, name, exchange)
  if (behaviour.latencyMs !== undefined) await new Promise((resolve) => setTimeout(resolve, behaviour.latencyMs))
  if (behaviour.auth !== undefined && !admitted(behaviour.auth, exchange)) return fail(response, 401, 'who are you')
  if (behaviour.silent !== undefined && state.silenced < behaviour.silent.times) return void state.silenced++
  if (behaviour.throttle !== undefined && state.throttled < behaviour.throttle.times) {
    state.throttled++
    if (behaviour.throttle.retryAfter !== undefined) response.setHeader('Retry-After', behaviour.throttle.retryAfter)
    return fail(response, behaviour.throttle.status, 'too much')
  }
  if (request.method === 'POST' && path.endsWith('/$query') && behaviour.querySegment === 'honour') return answerPosted(state, exchange)
  if (request.method === 'POST' && resource === '$batch' && behaviour.batch !== undefined) return answerBatch(request, response, { url: state.url, obedience: behaviour.batch })
  if (request.method === 'GET' && resource === '' && behaviour.batch === 'token') return void response.writeHead(200, { 'x-csrf-token': 'T1', 'content-type': 'application/json' }).end('{"value":[]}')
  if (request.method !== 'GET') return fail(response, 405, `${request.method} is not allowed`)
  // a server answers the links it gave
  if (behaviour.urlLimit !== undefined && (request.url ?? '').length > behaviour.urlLimit && !(innerHeader in request.headers) && !('$skiptoken' in exchange.options)) return behaviour.overlong === 'reset' ? void response.destroy() : fail(response, behaviour.overlong ?? 414, 'the URL is too long')
  if (resource === '$metadata') {
    response.writeHead(200, { 'content-type': 'application/xml', 'odata-version': '4.0' }).end(csdlOf(state.options.sets, state.options.namespace ?? 'Test'))
    return
  }
  const set = state.options.sets[name]
  if (set === undefined) return fail(response, 404, `no ${resource}`)
  if (key !== undefined && link !== undefined) await answerLink(state, { ...exchange, sets: state.options.sets, name, set, behaviour }, key, link)
  else if (key === undefined) await answerSet(state, { ...exchange, sets: state.options.sets, name, set, behaviour })
  else answerEntity({ ...exchange, sets: state.options.sets, name, set, behaviour }, key)
}

const behaviourOf = (state: State, name: string, { request, options }: Pick<Exchange, 'request' | 'options'>): Behaviour => ({
  ...state.behaviour, ...state.behaviourOf.get(name),
  ...state.options.behaviourFor?.({ method: request.method ?? 'GET', url: request.url ?? '', options, headers: request.headers }),
})

async function answerPosted(state: State, exchange: Exchange): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of exchange.request as AsyncIterable<Buffer>) chunks.push(chunk)
  const options = { ...exchange.options, ...Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8'))) }
  const name = exchange.path.slice((state.options.root ?? '/odata/').length).split('/')[0] ?? ''
  const set = state.options.sets[name]
  if (set === undefined) return fail(exchange.response, 404, `no ${name}`)
  await answerSet(state, { ...exchange, sets: state.options.sets, options, name, set, behaviour: behaviourOf(state, name, exchange) })
}

function fail(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { code: String(status), message } }))
}

interface SetExchange extends Exchange {
  readonly sets: ServedSets
  readonly name: string
  readonly set: ServedSet
  readonly behaviour: Behaviour
}

interface Wanted {
  readonly rows: readonly Row[]
  readonly count: number | undefined
  readonly properties: readonly ServedProperty[]
  readonly pageRows: number
  readonly offset: number
  readonly ieee754: boolean
  readonly expanding: readonly Expanding[]
}

function option(exchange: SetExchange, name: string, obedience: Obedience | undefined): string | undefined {
  const value = exchange.options[name]
  if (value !== undefined && obedience === 'refuse') throw new Refusal(501, `${name} is not supported`)
  return obedience === 'ignore' ? undefined : value
}

const typesOf = (set: ServedSet): TypeOf => (path) => (path.length === 1 ? set.properties.find(({ name }) => name === path[0])?.type : undefined)

interface Result {
  readonly matching: readonly Row[]
  readonly ordered: readonly Row[]
}

interface Asked {
  readonly filter: string | undefined
  readonly orderby: string | undefined
  readonly language: LanguageOptions
}

/** The last results of each array of rows: the pages of one query are not filtered and sorted again and again. */
const results = new WeakMap<readonly Row[], Map<string, Result>>()
const keptResults = 4

function resultOf(set: ServedSet, { filter, orderby, language }: Asked): Result {
  const id = JSON.stringify([filter, orderby, language, set.rows.length])
  const kept = results.get(set.rows) ?? new Map<string, Result>()
  results.set(set.rows, kept)
  const known = kept.get(id)
  if (known !== undefined) return known
  const matching = filter === undefined ? set.rows : set.rows.filter(predicateOf(filter, typesOf(set), language))
  const found = { matching, ordered: orderby === undefined ? matching : matching.toSorted(orderOf(orderby, typesOf(set), language)) }
  const [oldest] = kept.keys()
  if (kept.size >= keptResults && oldest !== undefined) kept.delete(oldest)
  kept.set(id, found)
  return found
}

function languageOf(behaviour: Behaviour): LanguageOptions {
  return { in: behaviour.in ?? 'honour', functions: behaviour.functions ?? 'honour', arithmetic: behaviour.arithmetic ?? 'honour', caseInsensitive: behaviour.caseInsensitive ?? false, guidsAsText: behaviour.guidsAsText ?? false, wholeNumbers: behaviour.wholeNumbers ?? false }
}

function wanted(exchange: SetExchange): Wanted {
  const { set, behaviour, options, request } = exchange
  const language = languageOf(behaviour)
  const filter = option(exchange, '$filter', behaviour.filter)
  const orderby = option(exchange, '$orderby', behaviour.orderby)
  const top = option(exchange, '$top', behaviour.top)
  const skip = option(exchange, '$skip', behaviour.skip)
  const count = option(exchange, '$count', behaviour.count)
  const select = option(exchange, '$select', behaviour.select)
  if (behaviour.filterTerms !== undefined && (filter ?? '').split(/ (?:and|or) /).length > behaviour.filterTerms) throw new Refusal(400, 'the node count limit is exceeded')
  const { matching, ordered } = resultOf(set, { filter, orderby, language })
  const from = Number(skip ?? 0)
  const expand = behaviour.expand === undefined ? undefined : option(exchange, '$expand', behaviour.expand)
  const names = select?.split(',').map((name) => name.trim())
  for (const name of names ?? []) if (!set.properties.some((property) => property.name === name)) throw new Refusal(400, `no property ${name}`)
  const asked = behaviour.maxpagesize === 'ignore' ? undefined : /odata\.maxpagesize=(\d+)/.exec(String(request.headers.prefer))?.[1]
  const expanding = expand === undefined ? [] : expandingOf(expand, { sets: exchange.sets, set, flaw: behaviour.expandFlaw, language, typesOf })
  const told = expanding.reduce((left, one) => one.outer(left), ordered)
  return {
    expanding,
    rows: told.slice(from, top === undefined ? undefined : from + Number(top)),
    count: count === 'true' ? matching.length + (behaviour.countError ?? 0) : undefined,
    properties: names === undefined ? set.properties : set.properties.filter(({ name }) => names.includes(name) || name.startsWith('@')),
    pageRows: Math.min(behaviour.pageSize ?? Infinity, Number(asked ?? Infinity)),
    offset: Number(options['$skiptoken'] ?? 0),
    ieee754: behaviour.ieee754 !== 'ignore' && /IEEE754Compatible=true/i.test(String(request.headers.accept)),
  }
}

async function answerSet(state: State, exchange: SetExchange): Promise<void> {
  const { response, behaviour } = exchange
  const apply = exchange.options['$apply']
  if (apply !== undefined && behaviour.apply !== undefined) return answerApplied(state, exchange, apply)
  const want = wanted(exchange)
  const page = Number.isFinite(want.pageRows) ? Math.floor(want.offset / want.pageRows) : 0
  const fault = page >= (behaviour.faultFromPage ?? 0) && state.struck < (behaviour.faultTimes ?? Infinity) ? behaviour.fault : undefined
  if (fault !== undefined) state.struck++
  if (fault === 'html') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<!DOCTYPE html><h1>Sign in</h1>')
  if (fault === 'reset') return void response.destroy()
  if (fault === 'failure') return fail(response, 500, 'the database is gone')
  if (fault === 'redirect') return void response.writeHead(302, { location: state.options.elsewhere ?? '/' }).end()
  if (fault === 'hang') return
  if (behaviour.etag !== undefined && exchange.request.headers['if-none-match'] === behaviour.etag) return void response.writeHead(304, { etag: behaviour.etag }).end()
  response.writeHead(200, {
    'content-type': `application/json;odata.metadata=minimal${want.ieee754 ? ';IEEE754Compatible=true' : ''};charset=utf-8`, 'odata-version': '4.0',
    ...(behaviour.encoding === undefined ? {} : { 'content-encoding': behaviour.encoding }),
    ...(behaviour.etag === undefined ? {} : { etag: behaviour.etag }),
  })
  const chunks = body(state, exchange, want, fault)
  if (behaviour.encoding !== undefined) {
    const whole = Buffer.from([...chunks].join(''))
    return void response.end(behaviour.encoding === 'gzip' ? gzipSync(whole) : brotliCompressSync(whole))
  }
  for (const chunk of chunks) {
    if (response.destroyed) return
    if (!response.write(chunk)) await drainedOrClosed(response)
  }
  if (fault === 'truncate') response.destroy()
  else response.end()
}

/** Results in pages, as rows are; faults strike them as they strike rows. */
function answerApplied(state: State, exchange: SetExchange, text: string): void {
  const { response, behaviour, name } = exchange
  if (behaviour.apply === undefined || behaviour.apply === 'refuse') return fail(response, 501, '$apply is not supported')
  const all = behaviour.apply(text, name)
  const from = Number(exchange.options['$skiptoken'] ?? 0)
  const end = Math.min(all.length, from + (behaviour.pageSize ?? all.length))
  const page = behaviour.pageSize === undefined ? 0 : Math.floor(from / behaviour.pageSize)
  const fault = page >= (behaviour.faultFromPage ?? 0) && state.struck < (behaviour.faultTimes ?? Infinity) ? behaviour.fault : undefined
  if (fault !== undefined) state.struck++
  if (fault === 'failure') return fail(response, 500, 'the database is gone')
  if (fault === 'reset') return void response.destroy()
  state.rowsSent += end - from
  response.writeHead(200, { 'content-type': 'application/json;odata.metadata=minimal', 'odata-version': '4.0' })
  const link = end < all.length || fault === 'loop' ? { '@odata.nextLink': nextLink(state, exchange, fault === 'loop' ? from : end, fault) } : {}
  const written = JSON.stringify({ '@odata.context': `${state.url}$metadata#${name}`, value: all.slice(from, end), ...link })
  response.end(fault === 'truncate' ? written.slice(0, -Math.ceil(written.length / 2)) : written)
}

function* body(state: State, exchange: SetExchange, want: Wanted, fault: ServedFault | undefined): Generator<string> {
  const { behaviour, name } = exchange
  const end = Math.min(want.offset + want.pageRows, want.rows.length)
  const context = `"@odata.context":"${state.url}$metadata#${name}"`
  const count = want.count === undefined || want.offset > 0 ? '' : `,"@odata.count":${want.ieee754 ? `"${want.count}"` : want.count}`
  yield behaviour.valueFirst === true ? '{' : `{${context}${count},`
  if (fault === 'missing-value') return yield '"values":[]}'
  yield '"value":['
  const last = fault === 'truncate' || fault === 'in-stream-error' ? want.offset + Math.floor((end - want.offset) / 2) : fault === 'empty-page' ? want.offset : end
  for (let at = want.offset; at < last; at += 500) {
    const until = Math.min(at + 500, last)
    state.rowsSent += until - at
    yield want.rows.slice(at, until).map((row, index) => `${at + index > want.offset ? ',' : ''}${writeRow(row, want.properties, want.ieee754, expandedMembers(row, want))}`).join('')
  }
  if (fault === 'truncate') return yield ',{"Cut'
  yield ']'
  if (behaviour.valueFirst === true) yield `,${context}${count}`
  if (fault === 'in-stream-error') yield ',"error":{"code":"boom","message":"the cursor was lost"}'
  if (end < want.rows.length || fault === 'loop') yield `,"@odata.nextLink":${JSON.stringify(nextLink(state, exchange, fault === 'repeat' ? want.offset : end, fault))}`
  yield '}'
}

function nextLink(state: State, exchange: SetExchange, offset: number, fault: ServedFault | undefined): string {
  if (fault === 'loop') return new URL(exchange.request.url ?? '/', state.url).href
  const options = { ...exchange.options, $skiptoken: String(offset) }
  const query = Object.entries(options).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
  if (fault === 'foreign-link') return `${state.options.elsewhere ?? 'http://127.0.0.1:9/'}${exchange.name}?${query}`
  return `${exchange.behaviour.nextLinks === 'relative' ? '' : state.url}${exchange.name}?${query}`
}

/** What a row's link leads to: `Orders(1)/Items`. */
async function answerLink(state: State, exchange: SetExchange, key: string, link: string): Promise<void> {
  const { set, sets, response, request, behaviour } = exchange
  const navigation = set.navigation?.find((one) => one.name === link)
  const target = sets[navigation?.target ?? '']
  const row = set.rows.find(predicateOf(keyPredicate(set, key), typesOf(set), languageOf({ ...behaviour, in: 'honour' })))
  if (navigation === undefined || target === undefined || row === undefined) return fail(response, 404, `no ${link}`)
  const rows = relatedRows(row, navigation, sets)
  if (navigation.collection) return answerSet(state, { ...exchange, name: navigation.target, set: { ...target, rows } })
  const [one] = rows
  if (one === undefined) return void response.writeHead(204).end()
  const ieee754 = behaviour.ieee754 !== 'ignore' && /IEEE754Compatible=true/i.test(String(request.headers.accept))
  response.writeHead(200, { 'content-type': `application/json;odata.metadata=minimal${ieee754 ? ';IEEE754Compatible=true' : ''}`, 'odata-version': '4.0' }).end(writeRow(one, target.properties, ieee754))
}

const keyPredicate = (set: ServedSet, key: string): string => (key.includes('=') ? key.replaceAll(/,(?=\w+=)/g, ' and ').replaceAll(/(\w+)=/g, '$1 eq ') : `${set.key[0]} eq ${key}`)

function answerEntity(exchange: SetExchange, key: string): void {
  const { set, response, request, behaviour } = exchange
  const row = set.rows.find(predicateOf(keyPredicate(set, key), typesOf(set), languageOf({ ...behaviour, in: 'honour' })))
  if (row === undefined) return fail(response, 404, 'no such entity')
  const ieee754 = behaviour.ieee754 !== 'ignore' && /IEEE754Compatible=true/i.test(String(request.headers.accept))
  response.writeHead(200, { 'content-type': `application/json;odata.metadata=minimal${ieee754 ? ';IEEE754Compatible=true' : ''}`, 'odata-version': '4.0' })
  response.end(writeRow(row, set.properties, ieee754))
}
