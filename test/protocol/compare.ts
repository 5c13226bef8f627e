import type { Exchange } from './exchanges.js'
import { encoded } from './exchanges.js'

/** An answer in terms that do not depend on where the service is. */
export interface Seen {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  /** The body as it came, for people. */
  readonly told: string
}

const compared = ['content-type', 'location', 'etag', 'odata-entityid', 'odata-version', 'preference-applied', 'content-range', 'content-language', 'allow']
/** Entities have no order unless one is asked for; collections of values have theirs. */
const entityCollections = new Set(['Calls', 'Crew', 'Vessels', 'Pupils', 'Berths', 'Notices'])

class NumberText {
  constructor(readonly text: string) {}
}

type Reviver = (this: unknown, name: string, value: unknown) => unknown
const keepDigits = ((_: string, value: unknown, { source }: { readonly source?: string }) => (typeof value === 'number' ? new NumberText(source ?? '') : value)) as unknown as Reviver

/** Digits and power of a number, so that every way to write it is the same. */
function numeral(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const bare = digits.replace(/0+$/, '')
  return bare === '' ? '#0' : `#${sign}${bare}e${Number(exponent) - fraction.length + digits.length - bare.length}`
}

/** Control information that says no more than how to change is told apart from the rest. */
const tags = /"[\w.]*@(odata\.)?(etag|media\w+)":"(\\.|[^"])*",?/g

/** The text that orders a set: the same with and without control information. */
const bare = (item: unknown): string => JSON.stringify(item).replaceAll(tags, '')

interface View {
  readonly root: string
  readonly ordered: boolean
}

function shown(value: unknown, { root, ordered }: View, name = ''): unknown {
  if (value instanceof NumberText) return numeral(value.text)
  if (typeof value === 'string') return /(^|[@.])nextLink$/.test(name) ? '(next)' : value.replaceAll(root, '~/').replaceAll(new URL(root).pathname, '~/')
  if (Array.isArray(value)) {
    const items = value.map((item) => shown(item, { root, ordered: name === 'value' && ordered }))
    const isSet = (name === 'value' && !ordered) || entityCollections.has(name)
    return isSet ? items.toSorted((a, b) => (bare(a) < bare(b) ? -1 : 1)) : items
  }
  if (typeof value !== 'object' || value === null) return value
  const links = value as Readonly<Record<string, unknown>>
  // a read link that is the id says nothing; announcing what may be called (`#Port.Load`) is each service's own
  const entries = Object.entries(value).filter(([key, inner]) => !key.startsWith('#') && !(/^@(odata\.)?readLink$/.test(key) && inner === links[key.replace('readLink', 'id')])).map(([key, inner]) => [key, shown(inner, { root, ordered }, key)] as const)
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** Parameters in any order; that an answer is written as it is made says nothing of what is in it. */
const mediaType = (type: string): string => type.toLowerCase().split(';').map((part) => part.trim()).filter((part) => !/^(odata\.)?streaming=/.test(part)).toSorted().join(';')

function headersOf(headers: Headers, { root }: View): Readonly<Record<string, string>> {
  return Object.fromEntries(compared.flatMap((name) => {
    const value = headers.get(name)
    if (value === null) return []
    return [[name, name === 'content-type' ? mediaType(value).replace(/boundary=\S+/, 'boundary=…') : value.replaceAll(root, '~/')]]
  }))
}

function bodyOf(text: string, headers: Headers, status: number, view: View): unknown {
  const type = headers.get('content-type') ?? ''
  if (text === '') return ''
  if (/multipart/.test(type)) return multipart(text, view)
  if (!/json/.test(type)) return text.replaceAll(view.root, '~/')
  const json: unknown = JSON.parse(text, keepDigits)
  if (status >= 400) return errorShape(json)
  if (isBatch(json)) return { responses: json.responses.map((one) => partOf(one, view)) }
  return shown(json, view)
}

interface JsonPart {
  readonly status: NumberText
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

const isBatch = (json: unknown): json is { readonly responses: readonly JsonPart[] } => typeof json === 'object' && json !== null && 'responses' in json

function partOf({ status, headers = {}, body, ...rest }: JsonPart, view: View): unknown {
  const given = new Headers(Object.entries(headers).map(([name, value]) => [name, String(value)]))
  const known = Number(status.text)
  return { ...(shown(rest, view) as object), status: known, headers: partHeaders(given, known, view), ...(body === undefined ? {} : { body: known >= 400 ? errorShape(body) : shown(body, { ...view, ordered: true }) }) }
}

/** Of a part: the version is that of the batch, and what an error is written in besides its shape is each service's own. */
const partHeaders = (headers: Headers, status: number, view: View) => ({ ...headersOf(headers, view), 'odata-version': undefined, ...(status >= 400 ? { 'content-type': undefined } : {}) })

/** An error says its code and a message; which ones is each service's own. */
function errorShape(json: unknown): unknown {
  const error = (json as { readonly error?: { readonly code?: unknown; readonly message?: unknown } }).error
  return { error: { code: typeof error?.code, message: typeof error?.message } }
}

/** The parts of a multipart answer: their framing is not compared, what they say is. */
function multipart(text: string, view: View): unknown {
  return text.split(/HTTP\/1\.1 /).slice(1).map((part) => {
    const [head = '', ...rest] = part.split(/\r?\n\r?\n/)
    const [line = '', ...lines] = head.split(/\r?\n/)
    const headers = new Headers(lines.filter((one) => one.includes(':')).map((one) => [one.slice(0, one.indexOf(':')), one.slice(one.indexOf(':') + 1).trim()]))
    const status = Number(line.slice(0, 3))
    const body = rest.join('\n\n').replaceAll(/\r?\n--[^\n]*(\n|$)[^]*$/g, '').trim()
    return { status, headers: partHeaders(headers, status, view), body: bodyOf(body, headers, status, { ...view, ordered: true }) }
  })
}

/** Sends a request to a service root and reads the answer. */
export async function see(root: string, exchange: Exchange): Promise<Seen> {
  const { method, path, headers, body, ordered, paged } = exchange
  const placed = (text: string) => text.replaceAll('~/', root)
  const view: View = { root, ordered }
  const sent = typeof body === 'string' ? placed(body) : body
  const response = await fetch(root + encoded(placed(path)), {
    method, headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, placed(value)])), redirect: 'manual',
    ...(sent === undefined ? {} : { body: typeof sent === 'string' ? sent : Buffer.from(sent) }),
  })
  const bytes = Buffer.from(await response.arrayBuffer())
  const binary = /octet-stream|image\//.test(response.headers.get('content-type') ?? '')
  const seen: Seen = { status: response.status, headers: headersOf(response.headers, view), body: binary ? bytes.toString('base64') : bodyOf(bytes.toString('utf8'), response.headers, response.status, view), told: bytes.toString('utf8') }
  return paged === true && response.status === 200 ? { ...seen, body: await everyPage(bytes.toString('utf8'), view, headers) } : seen
}

async function everyPage(first: string, view: View, headers: Exchange['headers']): Promise<unknown> {
  const rows: unknown[] = []
  for (let text = first, pages = 0; pages < 100; pages++) {
    const page = JSON.parse(text, keepDigits) as { readonly 'value': readonly unknown[]; readonly '@odata.nextLink'?: string; readonly '@nextLink'?: string }
    rows.push(...page.value)
    const next = page['@odata.nextLink'] ?? page['@nextLink']
    if (next === undefined) break
    text = await (await fetch(next, { headers })).text()
  }
  return shown({ value: rows }, view)
}

/** What two answers differ in, aspect by aspect; undefined: nothing. */
export function difference(expected: Seen, actual: Seen): string | undefined {
  if (expected.status !== actual.status) return `status ${expected.status} ⇒ ${actual.status} ${actual.told.slice(0, 200)}`
  const told = compared.flatMap((name) => {
    // what an error is written in besides its shape, and `Allow` where the source says nothing, is each service's own
    if (expected.headers[name] === actual.headers[name] || (expected.status >= 400 && name === 'content-type') || expected.headers[name] === undefined && name === 'allow') return []
    return [`${name} ${expected.headers[name]} ⇒ ${actual.headers[name]}`]
  })
  const all = [...told, ...bodyDifference(expected.body, actual.body)]
  return all.length === 0 ? undefined : all.join(' ; ')
}

function bodyDifference(expected: unknown, actual: unknown): readonly string[] {
  const [a, b] = [JSON.stringify(expected), JSON.stringify(actual)]
  if (a === b) return []
  const [bareA, bareB] = [a.replaceAll(tags, ''), b.replaceAll(tags, '')].map((text) => text.replaceAll(',}', '}'))
  return bareA === bareB ? ['etags in the body'] : [`body ${around(bareA ?? a, bareB ?? b)}`]
}

function around(a: string, b: string): string {
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  const from = Math.max(0, at - 60)
  return `${a.slice(from, at + 120)} ⇒ ${b.slice(from, at + 120)}`
}
