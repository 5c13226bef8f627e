import type { EdmModel } from '@tributary/edm'
import type * as Url from '@tributary/odata-url'
import type { Names } from '@tributary/odata-url'
import type { Format } from './payload.js'
import type { Scope } from './evaluate.js'
import type { Store } from './store.js'
import { isObject, parseJson, Refusal, type JsonObject } from './values.js'

/** One request, of the network or of a batch. */
export interface Request {
  readonly method: string
  /** Below the service root, without leading slash, percent-encoded. */
  readonly path: string
  readonly query: string
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/** What the server knows of itself. */
export interface Service {
  readonly root: string
  readonly model: EdmModel
  readonly metadata: string
  readonly names: Names
  store: Store
  behaviour: Behaviour
}

/** Switches of a server; what is not given is as the protocol says. */
export interface Behaviour {
  /** Query options are read as if they were not there. */
  readonly ignoreQueryOptions?: boolean
  /** Answered with 501: names of query options without `$`, or `batch`, `ref`, `media`, `deep`, `upsert`, `each`, `delta`, `replace`, `functions`, `actions`. */
  readonly refuse?: readonly string[]
  /** Rows of a page; everything in one answer unless told. */
  readonly pageSize?: number
  /** Rows of its collections come in the opposite order where none is asked for. */
  readonly reversed?: boolean
  /** Sets that are reached only from the rows they belong to: paths that begin with one are answered with 405. */
  readonly unreadable?: readonly string[]
}

/** A request understood. */
export interface Asked {
  readonly service: Service
  readonly request: Request
  readonly url: Url.ODataUrl
  readonly format: Format
  readonly scope: Scope
}

export const refuses = ({ behaviour }: Service, feature: string): void => {
  if (behaviour.refuse?.includes(feature) === true) throw new Refusal(501, `${feature} is not supported`)
}

/** The body as a JSON object; an empty body is an empty object. @throws Refusal 400, 415 */
export function jsonBody({ request }: Pick<Asked, 'request'>): JsonObject {
  const text = new TextDecoder().decode(request.body)
  const type = request.headers['content-type'] ?? ''
  if (text === '' && type === '') return {}
  if (!/^application\/json\b/i.test(type)) throw new Refusal(415, `${type} is no JSON`)
  if (text === '') return {}
  const json = parseJson(text)
  if (!isObject(json)) throw new Refusal(400, 'the body is no object')
  return json
}

/** True where a preference is stated, with or without the prefix of 4.0. */
export function preference(headers: Readonly<Record<string, string>>, name: string): string | undefined {
  for (const part of (headers['prefer'] ?? '').split(/[,;]/)) {
    const [key = '', value = ''] = part.trim().split('=')
    if (key.trim().toLowerCase().replace(/^odata\./, '') === name) return value.trim().replaceAll('"', '')
  }
  return undefined
}
