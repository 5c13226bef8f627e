import { hubError, type ErrorDetail, type HubError } from '@tributary/errors'
import { memberOf, readJsonTree, stringOf, type JsonTree } from '@tributary/odata-wire'
import type { RemoteReply, Target } from '@tributary/source'
import type { SourceLinks } from './source-links.js'

const longestBody = 64 * 1024
const longestText = 1_000
const mostDetails = 50

/** What a proxy or the source's own limits say, and nothing about what the client asked for. */
const notTheClients: ReadonlySet<number> = new Set([401, 403, 407, 408, 421, 425, 429])

/**
 * The error a refusal of a source becomes: what it says about the client's own request keeps its status, code and message; everything
 * else is a failure of the source. Of the body nothing else is passed on.
 */
export async function sourceError(reply: RemoteReply, target: Target, links: SourceLinks): Promise<HubError> {
  const { status } = reply
  const { slug } = target
  const body = await errorOf(reply)
  const say = (text: string | undefined): string | undefined => (text === undefined ? undefined : withoutSecrets(links.prose(text), target).slice(0, longestText))
  const reason = say(body?.message) ?? 'no reason given'
  const rejected = (status >= 400 && status < 500 && !notTheClients.has(status)) || status === 501
  if (!rejected) return hubError(status < 400 ? 'HUB_SOURCE_INVALID' : 'HUB_SOURCE_FAILED', { slug, status, reason: status < 400 ? `status ${status} where a request was to be answered` : reason })
  const details = [body, ...(body?.details ?? [])].flatMap((one): ErrorDetail[] => {
    if (one?.code === undefined) return []
    return [{ code: say(one.code) ?? '', message: say(one.message) ?? '', ...(one.target === undefined ? {} : { target: say(one.target) ?? '' }) }]
  })
  const allowed = reply.headers['allow']
  return hubError('HUB_SOURCE_REJECTED', { slug, status, reason, ...(allowed === undefined ? {} : { allowed }) }, { status, details: details.slice(0, mostDetails), ...(body?.target === undefined ? {} : { target: say(body.target) ?? '' }) })
}

interface SourceFault {
  readonly code?: string
  readonly message?: string
  readonly target?: string
  readonly details?: readonly SourceFault[]
}

async function errorOf({ body, headers }: RemoteReply): Promise<SourceFault | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    size += chunk.length
    if (size > longestBody) return undefined
  }
  // A page made for people is not shown.
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(headers['content-type'] ?? '')) return undefined
  try {
    const error = memberOf(readJsonTree(Buffer.concat(chunks)), 'error')
    return error === undefined ? undefined : faultOf(error)
  } catch {
    return undefined
  }
}

function faultOf(tree: JsonTree): SourceFault {
  const message = memberOf(tree, 'message')
  // Services of earlier versions wrap the text: { lang, value }.
  const text = stringOf(message) ?? stringOf(message === undefined ? undefined : memberOf(message, 'value'))
  const code = stringOf(memberOf(tree, 'code'))
  const target = stringOf(memberOf(tree, 'target'))
  const details = memberOf(tree, 'details')
  return {
    ...(code === undefined ? {} : { code }), ...(text === undefined ? {} : { message: text }), ...(target === undefined ? {} : { target }),
    ...(details?.kind === 'array' ? { details: details.items.map(faultOf) } : {}),
  }
}

/** What a connection holds must not come back in a message that repeats the request. */
function withoutSecrets(text: string, { connection: { auth, headers } }: Target): string {
  const own = auth.kind === 'basic' ? [auth.password, Buffer.from(`${auth.username}:${auth.password}`).toString('base64')] : auth.kind === 'bearer' ? [auth.token] : auth.kind === 'apiKey' ? [auth.value] : []
  return [...own, ...Object.values(headers)].filter((secret) => secret.length > 3).reduce((said, secret) => said.replaceAll(secret, '***'), text)
}
