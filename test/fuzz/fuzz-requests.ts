import type { EdmModel } from '@tributary/edm'
import { batchRequests } from '../protocol/batch-requests.js'
import { changingRequests } from '../protocol/changing-requests.js'
import { readingRequests } from '../protocol/reading-requests.js'
import { mutateJson, mutateText, type Json } from './mutations.js'
import { randomOf, type Random } from './random.js'
import { urlGrammar } from './url-grammar.js'

/** One request of the fuzzing; the seed alone makes it again. */
export interface FuzzRequest {
  readonly seed: number
  readonly kind: 'url' | 'mutated url' | 'payload' | 'batch'
  readonly method: string
  /** Below the service root, with its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Buffer
}

const readings = Object.values(readingRequests).flat()
const changes = Object.values(changingRequests).flat()
const accepts = ['application/json', 'application/json;odata.metadata=full', 'application/json;odata.metadata=none;IEEE754Compatible=true', '*/*', 'text/csv', 'application/xml', 'x/y;q=2', '']

/** The request of a seed. */
export function fuzzRequest(model: EdmModel, seed: number): FuzzRequest {
  const random = randomOf(seed)
  const kind = random.below(10)
  if (kind < 4) return generated(model, random, seed)
  if (kind < 6) return mutated(random, seed)
  return kind < 8 ? payload(random, seed) : batch(random, seed)
}

function generated(model: EdmModel, random: Random, seed: number): FuzzRequest {
  const grammar = urlGrammar(model, random)
  const path = grammar.path()
  const query = random.chance(0.8) ? grammar.query() : ''
  const whole = query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`
  return { seed, kind: 'url', method: random.chance(0.97) ? 'GET' : random.pick(['HEAD', 'OPTIONS', 'DELETE', 'TRACE']), path: random.chance(0.1) ? mutateText(random, whole) : whole, headers: headersOf(random) }
}

function mutated(random: Random, seed: number): FuzzRequest {
  const { path, headers } = random.pick(readings)
  return { seed, kind: 'mutated url', method: 'GET', path: mutateQuery(random, path), headers: { ...headers, ...headersOf(random) } }
}

/** Mostly what is asked of a resource is changed, and the resource stays. */
function mutateQuery(random: Random, path: string): string {
  const mark = path.indexOf('?')
  return mark < 0 || random.chance(0.3) ? mutateText(random, path) : `${path.slice(0, mark + 1)}${mutateText(random, path.slice(mark + 1))}`
}

function headersOf(random: Random): Readonly<Record<string, string>> {
  const extra: readonly (readonly [string, string])[] = [
    ['accept', random.pick(accepts)], ['odata-maxversion', random.pick(['4.0', '4.01', '4.02', '3.0', 'x'])], ['prefer', random.pick(['odata.maxpagesize=2', 'maxpagesize=0', 'return=minimal', 'omit-values=nulls', 'respond-async', 'odata.include-annotations="*"', ',;=', 'maxpagesize=x'])], ['if-match', random.pick(['*', 'W/"1"', '"', 'x'])], ['if-none-match', random.pick(['*', 'W/"1"', '"m1"'])], ['range', random.pick(['bytes=0-1', 'bytes=-', 'x'])], ['accept-encoding', random.pick(['gzip', 'br', 'x', 'identity;q=0'])],
  ]
  return Object.fromEntries(extra.filter(() => random.chance(0.08)))
}

function payload(random: Random, seed: number): FuzzRequest {
  const { method, path, headers, body } = random.pick(changes)
  const text = typeof body === 'string' ? body : body === undefined ? undefined : Buffer.from(body).toString('latin1')
  const changed = text === undefined ? undefined : bodyOf(random, text, headers['content-type'] ?? '')
  const type = random.chance(0.05) ? { 'content-type': random.pick(['text/plain', 'application/json;charset=utf-16', 'x', 'multipart/mixed']) } : {}
  return { seed, kind: 'payload', method: random.chance(0.95) ? method : random.pick(['POST', 'PUT', 'PATCH', 'DELETE']), path: random.chance(0.2) ? mutateText(random, path) : path, headers: { ...headers, ...headersOf(random), ...type }, ...(changed === undefined ? {} : { body: Buffer.from(changed.replaceAll('~/', ''), 'utf8') }) }
}

function bodyOf(random: Random, text: string, type: string): string {
  if (!type.includes('json') || random.chance(0.2)) return mutateText(random, text)
  const json = parsed(text)
  return json === undefined ? mutateText(random, text) : JSON.stringify(mutateJson(random, json))
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function batch(random: Random, seed: number): FuzzRequest {
  const { method, path, headers, body } = random.pick(batchRequests)
  const text = typeof body === 'string' ? body : ''
  const json = (headers['content-type'] ?? '').includes('json') ? parsed(text) : undefined
  const changed = json !== undefined && random.chance(0.7) ? JSON.stringify(withUrls(random, mutateJson(random, json))) : mutateText(random, text)
  return { seed, kind: 'batch', method, path, headers: { ...headers, ...headersOf(random) }, body: Buffer.from(changed, 'utf8') }
}

/** The requests of a batch with other addresses in some of them. */
function withUrls(random: Random, json: Json): Json {
  if (typeof json !== 'object' || json === null || Array.isArray(json) || !('requests' in json) || !Array.isArray(json.requests)) return json
  const requests: readonly Json[] = json.requests
  return { ...json, requests: requests.map((one) => (typeof one === 'object' && one !== null && !Array.isArray(one) && random.chance(0.4) ? { ...one, url: mutateText(random, random.pick(readings).path) } : one)) }
}
