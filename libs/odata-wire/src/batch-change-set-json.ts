import { formatRange } from './media.js'
import { jsonTreeText, MalformedJson, memberOf, readJsonTree, stringOf, type JsonTree } from './json-tree.js'
import type { Change, ChangeReply, ChangeSetReply, WrittenChangeSet } from './batch-change-set.js'

const group = 'changes'

/**
 * Writes a batch of one atomicity group, for services that take batches in JSON only: all of it is done, or nothing.
 * @see OData JSON Format 4.01, section 19.1
 */
export function writeJsonChangeSet(changes: readonly Change[]): WrittenChangeSet {
  const requests = changes.map((change, index) => {
    const { id, method, url, headers, body } = change
    const dependsOn = changes.slice(0, index).map((one) => one.id).filter((one) => refersTo(change, one))
    const head = JSON.stringify({ id, atomicityGroup: group, ...(dependsOn.length === 0 ? {} : { dependsOn }), method: method.toLowerCase(), url, headers })
    return body === undefined ? head : `${head.slice(0, -1)},"body":${bodyText(body, headers['content-type'])}}`
  })
  return { contentType: 'application/json', body: Buffer.from(`{"requests":[${requests.join(',')}]}`) }
}

/** What refers to another request has to say that it depends on it. */
const refersTo = ({ url, body }: Change, id: string): boolean => url === `$${id}` || url.startsWith(`$${id}/`) || url.startsWith(`$${id}?`) || body?.includes(`"$${id}"`) === true || body?.includes(`"$${id}/`) === true

const isJson = (contentType: string | undefined): boolean => /^application\/(?:[\w.-]+\+)?json$/.test(formatRange(contentType ?? '').type)
const isText = (contentType: string | undefined): boolean => formatRange(contentType ?? '').type.startsWith('text/')

/** JSON stands as it is, digit by digit. */
const bodyText = (body: Buffer, contentType: string | undefined): string =>
  isJson(contentType) ? body.toString('utf8') : JSON.stringify(body.toString(isText(contentType) ? 'utf8' : 'base64url'))

/**
 * Reads the answer to a batch of one atomicity group.
 * @param ids of the changes, in their order
 * @param malformed makes the error for an answer that is none to these changes
 * @see OData JSON Format 4.01, section 19.4
 */
export function readJsonChangeSetReply(body: Buffer, ids: readonly string[], malformed: (reason: string) => Error): ChangeSetReply {
  const replies = responsesOf(body, malformed).map((response) => replyOf(response, malformed))
  const failed = replies.filter(({ status }) => status >= 400)
  const [cause] = [...failed.filter(({ status }) => status !== 424), ...failed]
  if (cause !== undefined) return { kind: 'failed', reply: cause }
  const known = new Map(replies.map((reply) => [reply.id, reply]))
  const found = ids.flatMap((id) => known.get(id) ?? [])
  if (found.length !== ids.length) throw malformed(`${ids.length} changes have ${found.length} answers`)
  return { kind: 'done', replies: found }
}

function responsesOf(body: Buffer, malformed: (reason: string) => Error): readonly JsonTree[] {
  const responses = memberOf(parsed(body, malformed), 'responses')
  if (responses?.kind !== 'array') throw malformed('it has no array "responses"')
  return responses.items
}

function parsed(body: Buffer, malformed: (reason: string) => Error): JsonTree {
  try {
    return readJsonTree(body)
  } catch (error) {
    if (error instanceof MalformedJson) throw malformed(error.message)
    throw error
  }
}

function replyOf(response: JsonTree, malformed: (reason: string) => Error): ChangeReply {
  const id = stringOf(memberOf(response, 'id'))
  const status = memberOf(response, 'status')
  if (status?.kind !== 'number' || !/^[1-5]\d\d$/.test(status.text)) throw malformed('an answer has no status')
  const given = memberOf(response, 'headers')
  const headers = given?.kind === 'object' ? Object.fromEntries(given.members.map(({ name, value }) => [name.toLowerCase(), stringOf(value) ?? ''])) : {}
  const body = memberOf(response, 'body')
  return { status: Number(status.text), headers: body === undefined || headers['content-type'] !== undefined ? headers : { ...headers, 'content-type': 'application/json' }, body: bodyOf(body, headers['content-type']), ...(id === undefined ? {} : { id }) }
}

function bodyOf(body: JsonTree | undefined, contentType: string | undefined): Buffer {
  if (body === undefined) return Buffer.alloc(0)
  const text = stringOf(body)
  if (contentType === undefined || isJson(contentType) || text === undefined) return Buffer.from(jsonTreeText(body))
  return Buffer.from(text, isText(contentType) ? 'utf8' : 'base64url')
}
