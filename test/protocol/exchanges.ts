/** One request of the table, in words that name it. */
export interface Exchange {
  /** What it is known by: the request as text. */
  readonly name: string
  readonly method: string
  /** Below the service root; blanks and quotes as people write them. `~/` in a body or path stands for the service root. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Rows in the order they came count, not only their set. */
  readonly ordered: boolean
  /** Next links are followed, and all pages count as one. */
  readonly paged?: true
}

export type Headers = Readonly<Record<string, string>>

const named = (method: string, path: string, headers: Headers, body?: string | Uint8Array): string =>
  [`${method} ${path}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), ...(body === undefined ? [] : [typeof body === 'string' ? body.replaceAll(/\s*\r?\n\s*/g, ' ⏎ ') : `${body.length} bytes`])].join(' | ')

const exchange = (method: string, path: string, headers: Headers, body?: string | Uint8Array): Exchange =>
  ({ name: named(method, path, headers, body), method, path, headers, ordered: /\$?orderby=/i.test(path.replaceAll(/\([^()]*(\([^()]*\)[^()]*)*\)/g, '')), ...(body === undefined ? {} : { body }) })

/** Requests that read, one path a line. */
export const reads = (lines: string, headers: Headers = {}, method = 'GET'): readonly Exchange[] =>
  lines.split('\n').map((line) => line.trim()).filter((line) => line !== '').map((path) => exchange(method, path === '/' ? '' : path, headers))

/** A request whose pages are read to the end. */
export const paged = (path: string, headers: Headers = {}): Exchange => ({ ...exchange('GET', path, headers), paged: true })

/** A request with a body: an object is sent as JSON. */
export function send(line: string, body?: unknown, headers: Headers = {}): Exchange {
  const at = line.indexOf(' ')
  const isJson = body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array)
  const bytes = isJson ? JSON.stringify(body) : body as string | Uint8Array | undefined
  return exchange(line.slice(0, at), line.slice(at + 1), isJson ? { 'content-type': 'application/json', ...headers } : headers, bytes)
}

/** The path as a client percent-encodes it. */
export const encoded = (path: string): string => path.replaceAll(/[^\x21-\x7e]|["<>`{}^|\\]/gu, (character) => encodeURIComponent(character))
