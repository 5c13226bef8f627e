import { Agent, request as open, type IncomingMessage } from 'node:http'
import { catalogue } from '@tributary/errors'
import type { FuzzRequest } from './fuzz-requests.js'

/** After this long an answer counts as one that never comes. */
const patienceMs = 20_000

/** Answers of connections that are kept; one for all of the fuzzing. */
export const openAgent = (): Agent => new Agent({ keepAlive: true, maxSockets: 16 })

/** What is wrong with the answer; undefined: nothing. */
export interface Verdict {
  readonly status: number
  readonly wrong?: string
}

/** Characters no request line can have are percent-encoded, all others are sent as they are. */
const line = (path: string): string => path.replaceAll(/[^\x21-\x7e]/gsu, (character) => encodeURIComponent(character.isWellFormed() ? character : '\ufffd')).replaceAll('#', '%23')

/** Sends a request and judges the answer. */
export function judge(agent: Agent, root: string, given: FuzzRequest): Promise<Verdict> {
  const { method, path, headers, body } = given
  const url = new URL(root)
  return new Promise((resolve) => {
    const sent = open({ agent, host: url.hostname, port: url.port, method, path: `${url.pathname}${line(path)}`, headers: { ...headers, ...(body === undefined ? {} : { 'content-length': String(body.length) }) }, timeout: patienceMs }, (response) => {
      void collect(response).then((text) => resolve(judged(response, text)), (error: unknown) => resolve({ status: response.statusCode ?? 0, wrong: `the answer broke off: ${String(error)}` }))
    })
    sent.on('timeout', () => sent.destroy(new Error('no answer came')))
    sent.on('error', (error) => resolve({ status: 0, wrong: String(error) }))
    sent.end(body)
  })
}

async function collect(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function judged(response: IncomingMessage, bytes: Buffer): Verdict {
  const status = response.statusCode ?? 0
  const type = response.headers['content-type'] ?? ''
  const encoded = response.headers['content-encoding'] !== undefined
  const wrong = status === 500 ? `500: ${bytes.toString('utf8').slice(0, 300)}` : encoded || bytes.length === 0 ? undefined : status >= 400 ? wrongError(bytes.toString('utf8')) : type.includes('multipart/mixed') ? wrongParts(bytes.toString('utf8')) : /json.*metadata=/.test(type) || type === 'application/json' ? wrongJson(bytes.toString('utf8')) : undefined
  return { status, ...(wrong === undefined ? {} : { wrong }) }
}

/** An error of ours has a code of the catalogue; one that a source gave has its own, and any text. */
function wrongError(text: string): string | undefined {
  const told = parsed(text) as { readonly error?: { readonly code?: unknown; readonly message?: unknown } } | undefined
  const { code, message } = told?.error ?? {}
  if (typeof code !== 'string' || typeof message !== 'string' || message === '') return `no error object: ${text.slice(0, 300)}`
  return code.startsWith('HUB_') && !(code in catalogue) ? `no code of the catalogue: ${code}` : undefined
}

function wrongJson(text: string): string | undefined {
  const json = parsed(text)
  if (json === undefined) return `no JSON: ${text.slice(0, 200)}`
  const { responses } = json as { readonly responses?: readonly { readonly status: number; readonly body?: unknown }[] }
  const failed = Array.isArray(responses) ? (responses as readonly { readonly status: number; readonly body?: unknown }[]).find(({ status }) => status === 500) : undefined
  return failed === undefined ? undefined : `500 in a batch: ${JSON.stringify(failed).slice(0, 300)}`
}

const wrongParts = (text: string): string | undefined => (/HTTP\/1\.1 500/.test(text) ? `500 in a batch: ${text.slice(Math.max(0, text.indexOf('HTTP/1.1 500')), text.indexOf('HTTP/1.1 500') + 600)}` : undefined)

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
