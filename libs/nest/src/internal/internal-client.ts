import { hubError } from '@tributary/errors'
import { z } from 'zod'
import { errorOfInternalProblem } from '../http/problem.js'

/** Where the other service of a split deployment is, and how to enter. */
export interface InternalClientOptions {
  /** Without trailing slash. */
  readonly baseUrl: string
  readonly token: string
  /** How errors name it: `the catalog`, `the proxy`. */
  readonly name: string
}

/** One request to the other service. */
export interface InternalRequest<Schema extends z.ZodType> {
  readonly path: string
  /** Sent as JSON by POST; left out: GET. */
  readonly body?: unknown
  readonly answer: Schema
  /** 30 s where left out. */
  readonly timeoutMs?: number
}

/** Asks the other service and reads its answer. */
export interface InternalClient {
  /** @throws the error the other service threw; HUB_UNAVAILABLE if it cannot be reached or understood */
  ask<Schema extends z.ZodType>(request: InternalRequest<Schema>): Promise<z.output<Schema>>
}

/** The answer of a request that is answered 204. */
export const noAnswer = z.undefined()

/** Speaks `/internal/v1` with the internal token. */
export const createInternalClient = (options: InternalClientOptions): InternalClient => Object.freeze({
  async ask<Schema extends z.ZodType>({ path, body, answer, timeoutMs = 30_000 }: InternalRequest<Schema>): Promise<z.output<Schema>> {
    const response = await send(options, { path, body, timeoutMs })
    const content = await contentOf(response, options)
    if (!response.ok) throw errorOfInternalProblem(content) ?? unavailable(options, `it answered ${response.status}`)
    const read = answer.safeParse(content)
    if (!read.success) throw unavailable(options, 'it answered what is not understood; both services must have the same version', read.error)
    return read.data
  },
})

function send({ baseUrl, token, name }: InternalClientOptions, { path, body, timeoutMs }: { readonly path: string; readonly body: unknown; readonly timeoutMs: number }): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
  return fetch(`${baseUrl}${path}`, {
    headers,
    signal: AbortSignal.timeout(timeoutMs),
    redirect: 'error',
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw unavailable({ name }, 'it cannot be reached', cause)
  })
}

async function contentOf(response: Response, options: InternalClientOptions): Promise<unknown> {
  try {
    const text = await response.text()
    return text === '' ? undefined : JSON.parse(text)
  } catch (cause) {
    throw unavailable(options, `its answer (${response.status}) broke off or is no JSON`, cause)
  }
}

const unavailable = ({ name }: Pick<InternalClientOptions, 'name'>, reason: string, cause?: unknown) =>
  hubError('HUB_UNAVAILABLE', { reason: `${name}: ${reason}` }, { cause })
