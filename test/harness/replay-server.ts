import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { customersAndOrders, startODataServer, type Row, type ServedSet } from './odata-server.js'
import { writeRow } from './odata-server-writing.js'
import type { ReplayOptions, ReplayStats } from './replay.js'

/**
 * An OData source that costs next to nothing to ask, for benchmarks: what the loopback server once answered is replayed as bytes, and rows
 * asked for by their keys are found by an index. Runs as a process: `node replay-server.js '<ReplayOptions as JSON>'`; tells its address.
 */
const options = JSON.parse(process.argv[2] ?? '{}') as ReplayOptions
const set = servedSet(options)
const inner = await startODataServer({ sets: { [options.set]: set }, namespace: options.namespace, behaviour: options.pageRows === undefined ? {} : { pageSize: options.pageRows } })

interface Kept {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly rows: number
}

const kept = new Map<string, Promise<Kept>>()
const written = new Map<string, Map<unknown, string>>()
let stats: ReplayStats = { requests: 0, rows: 0, bytes: 0 }
let latencyMs = 0
let origin = ''

const server = createServer((request, response) => void answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined)))
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1')
await once(server, 'listening')
origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
process.stdout.write(`${origin}/odata/\n`)
process.on('SIGTERM', () => process.exit(0))

function servedSet({ customers, orders, set: name, oneToOne }: ReplayOptions): ServedSet {
  const found = customersAndOrders(customers, orders)[name]
  if (found === undefined) throw new Error(`there is no set ${name}`)
  if (oneToOne !== true || name !== 'Orders') return found
  return { ...found, rows: found.rows.map((row, index) => ({ ...row, CustomerID: `C${String(index % customers).padStart(5, '0')}` })) }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = request.url ?? '/'
  if (url.startsWith('/control/')) return control(url, response)
  const { status, headers, body, rows } = await answerOf(url, request)
  stats = { requests: stats.requests + 1, rows: stats.rows + rows, bytes: stats.bytes + body.length }
  if (latencyMs > 0) await new Promise((resolve) => { setTimeout(resolve, latencyMs) })
  response.writeHead(status, { ...headers, 'content-length': body.length }).end(body)
}

/** `/control/stats` tells and begins anew; `/control/latency/40` delays every answer by 40 ms. */
function control(url: string, response: ServerResponse): void {
  const latency = /^\/control\/latency\/(\d+)$/.exec(url)?.[1]
  if (latency !== undefined) latencyMs = Number(latency)
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(stats))
  stats = { requests: 0, rows: 0, bytes: 0 }
}

function answerOf(url: string, { headers }: IncomingMessage): Promise<Kept> | Kept {
  const accept = headers.accept ?? ''
  const keys = keysOf(url)
  if (keys !== undefined) return rowsOf(keys, accept)
  const id = `${url}\n${accept}\n${String(headers.prefer)}`
  // A set that is repeated comes in pages of its own size.
  const prefers = headers.prefer === undefined || options.repeat !== undefined ? {} : { prefer: String(headers.prefer) }
  const known = kept.get(id) ?? remember(url, { accept, ...prefers })
  kept.set(id, known)
  return known
}

/** Asks the loopback server; its address in contexts and next links becomes ours. */
async function remember(url: string, headers: Record<string, string>): Promise<Kept> {
  const repeated = /[?&]\$skiptoken=again(\d+)$/.exec(url)
  const from = new URL(repeated === null ? url : url.slice(0, repeated.index), inner.url)
  const remote = await fetch(from, { headers })
  const text = (await remote.text()).replaceAll(new URL(inner.url).origin, origin)
  const type = remote.headers.get('content-type') ?? 'application/octet-stream'
  const rows = type.startsWith('application/json') && remote.ok ? ((JSON.parse(text) as { value?: unknown[] }).value?.length ?? 1) : 0
  const page = Number(repeated?.[1] ?? 0)
  const again = options.repeat !== undefined && rows === set.rows.length && page + 1 < options.repeat
  const link = `${from.pathname}${from.search}${from.search === '' ? '?' : '&'}$skiptoken=again${page + 1}`
  const body = again ? `${text.slice(0, -1)},"@odata.nextLink":"${origin}${link}"}` : text
  return { status: remote.status, headers: { 'content-type': type, 'odata-version': '4.0' }, body: Buffer.from(body), rows }
}

interface Keys {
  readonly names: readonly string[]
  readonly values: readonly string[]
  /** One entity, not a collection. */
  readonly single: boolean
}

/** The keys of `$filter=Key in (…)` with at most a `$select` beside it, and of `Set('key')`. */
function keysOf(url: string): Keys | undefined {
  const { pathname, searchParams } = new URL(url, origin)
  const names = searchParams.get('$select')?.split(',') ?? set.properties.map(({ name }) => name)
  const one = /\('([^']*)'\)$/.exec(decodeURIComponent(pathname))?.[1]
  if (one !== undefined) return { names, values: [one], single: true }
  const list = /^(\w+) in \((.+)\)$/.exec(searchParams.get('$filter') ?? '')
  if (list?.[1] !== set.key[0] || [...searchParams.keys()].some((name) => name !== '$filter' && name !== '$select')) return undefined
  return { names, values: (list?.[2] ?? '').split(',').map((text) => text.replaceAll(/^'|'$/g, '')), single: false }
}

function rowsOf({ names, values, single }: Keys, accept: string): Kept {
  const ieee754 = /IEEE754Compatible=true/i.test(accept)
  const texts = writtenRows(names, ieee754)
  const found = values.flatMap((value) => texts.get(value) ?? [])
  const context = `"@odata.context":"${origin}/odata/$metadata#${options.set}${single ? '/$entity' : ''}"`
  const body = Buffer.from(single ? `{${context},${(found[0] ?? '{}').slice(1)}` : `{${context},"value":[${found.join(',')}]}`)
  return { status: 200, headers: { 'content-type': `application/json;odata.metadata=minimal${ieee754 ? ';IEEE754Compatible=true' : ''}`, 'odata-version': '4.0' }, body, rows: found.length }
}

/** Every row as JSON, by its key. */
function writtenRows(names: readonly string[], ieee754: boolean): ReadonlyMap<unknown, string> {
  const id = JSON.stringify([names, ieee754])
  const known = written.get(id)
  if (known !== undefined) return known
  const properties = set.properties.filter(({ name }) => names.includes(name))
  const [key = ''] = set.key
  const texts = new Map(set.rows.map((row: Row) => [row[key], writeRow(row, properties, ieee754)]))
  written.set(id, texts)
  return texts
}
