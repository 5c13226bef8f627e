import type { IncomingHttpHeaders } from 'node:http'
import { hubError } from '@tributary/errors'
import { encodeQueryText, encodeSegmentText } from '@tributary/odata-url'
import { jsonTreeText, MalformedJson, readJsonTree, stringOf, type JsonTree } from '@tributary/odata-wire'
import { bodyValueOf, isPathOf, literalOf, valueIn, type AnswerValue, type Reference } from './answer-values.js'
import type { KeptAnswer } from './kept-answers.js'

/** What a request of a batch may refer to. */
export interface ReferredAnswers {
  /** Whether each request before this one succeeded, by id. */
  readonly met: ReadonlyMap<string, boolean>
  readonly kept: { get(id: string): KeptAnswer | undefined }
  /** Ids of requests done together with this one: nobody knows their answers yet. */
  readonly own: ReadonlySet<string>
}

/** Quotes, and a reference that does not continue a name: `$1`, `$1/Address/City`, `$1/Lines/$count`. */
const token = /'|%27|"|%22|(?:(?<=%(?!2F)[\dA-F]{2})|(?<![\w.~$/@-]))(?:\$|%24)([\w.~-]+)((?:(?:\/|%2F)[\w.~-]+)*(?:(?:\/|%2F)(?:\$|%24)count\b)?)(?!\s*=|\(|[\w.~-])/gi

/**
 * A raw query in which the values of earlier answers stand for references to them. What stands in quotes is text.
 * @throws HUB_DEPENDENCY_FAILED, HUB_QUERY_UNSUPPORTED
 * @see OData Protocol 4.01, section 11.7.6
 */
export const queryWithValues = (query: string, answers: ReferredAnswers): string => withValues(query, answers, encodeQueryText)

/** A raw path in which values stand for references in keys and parameters. @throws HUB_DEPENDENCY_FAILED, HUB_QUERY_UNSUPPORTED */
export const pathWithValues = (path: string, answers: ReferredAnswers): string =>
  path.replace(/\(.*$/s, (behind) => withValues(behind, answers, encodeSegmentText))

function withValues(text: string, answers: ReferredAnswers, encode: (literal: string) => string): string {
  let quote: string | undefined
  return text.replace(token, (found, id: string | undefined, rest: string | undefined) => {
    if (id === undefined) {
      const mark = found === '%27' || found === "'" ? "'" : '"'
      if (quote === undefined) quote = mark
      else if (quote === mark) quote = undefined
      return found
    }
    if (quote !== undefined || !isKnown(id, answers)) return found
    const reference: Reference = { id, path: (rest ?? '').replaceAll(/%2F/gi, '/').replaceAll(/%24/g, '$').slice(1) }
    const { answer, value } = referred(reference, answers)
    return encode(literalOf(value, answer.exposure.model))
  })
}

/** Literals of the language that begin with `$` mean what they always mean. */
const literals: ReadonlySet<string> = new Set(['it', 'root', 'this'])
const isKnown = (id: string, { met, own }: ReferredAnswers): boolean => !literals.has(id) && (met.has(id) || own.has(id))

function referred(reference: Reference, answers: ReferredAnswers): { readonly answer: KeptAnswer; readonly value: AnswerValue } {
  const answer = answerOf(reference, answers)
  return { answer, value: valueIn(answer, reference) }
}

/** @throws HUB_QUERY_UNSUPPORTED for a request of the same group, HUB_DEPENDENCY_FAILED for one that failed */
function answerOf({ id, path }: Reference, { met, kept, own }: ReferredAnswers): KeptAnswer {
  if (own.has(id)) throw hubError('HUB_QUERY_UNSUPPORTED', { what: `The value $${id}${path === '' ? '' : `/${path}`} of an answer of the same change set`, hint: 'What is done together has no answers before it is done: refer to it from behind the change set.' })
  const answer = met.get(id) === true ? kept.get(id) : undefined
  if (answer === undefined) throw hubError('HUB_DEPENDENCY_FAILED', { id: `$${id}`, reason: `the request ${id} failed` })
  return answer
}

/**
 * The condition of a request, values in the places of references. Whether a request succeeded is left to be found out.
 * @throws HUB_DEPENDENCY_FAILED
 */
export function conditionWithValues(condition: string, answers: ReferredAnswers): string {
  const succeeded = condition.replaceAll(/\$([\w.~-]+)\/\$succeeded/gi, (found, id: string) => String(answers.met.get(id) ?? found))
  return withValues(succeeded, answers, (literal) => literal)
}

const reference = /^\$([\w.~-]+)((?:\/[\w.~$-]+)*)$/

/**
 * A JSON body in which values stand for strings that refer to them: `{"City": "$1/Address/City"}`. A text is a reference only where an
 * earlier request has that id and the model such a path; members that name entities are not looked at.
 * @throws HUB_DEPENDENCY_FAILED, HUB_QUERY_UNSUPPORTED
 */
export function bodyWithValues(body: Buffer, contentType: string | undefined, answers: ReferredAnswers): Buffer {
  if (!body.includes('"$') || !/^\s*application\/(?:[\w.-]+\+)?json\b/i.test(contentType ?? '')) return body
  const ieee754 = /IEEE754Compatible\s*=\s*true/i.test(contentType ?? '')
  const tree = treeOf(body)
  if (tree === undefined) return body
  const filled = fill(tree, (text) => valueFor(text, answers, ieee754))
  return filled === tree ? body : Buffer.from(jsonTreeText(filled))
}

/** Undefined: it is no JSON, which is told where it is read. */
function treeOf(body: Buffer): JsonTree | undefined {
  try {
    return readJsonTree(body)
  } catch (error) {
    if (error instanceof MalformedJson) return undefined
    throw error
  }
}

function valueFor(text: string, answers: ReferredAnswers, ieee754: boolean): JsonTree | undefined {
  const [, id = '', rest = ''] = reference.exec(text) ?? []
  // Text that only looks like the whole answer of a request stays text: prices begin with a dollar sign, too.
  if (rest === '' || !isKnown(id, answers)) return undefined
  const path = rest.slice(1)
  const kept = answers.kept.get(id)
  if (kept !== undefined && !isPathOf(kept, path)) return undefined
  const { answer, value } = referred({ id, path }, answers)
  return bodyValueOf(value, answer.exposure.model, ieee754)
}

/** The tree with every string replaced that has a replacement; the same tree where none has. */
function fill(tree: JsonTree, replacement: (text: string) => JsonTree | undefined): JsonTree {
  switch (tree.kind) {
    case 'string': return replacement(stringOf(tree) ?? '') ?? tree
    case 'array': {
      const items = tree.items.map((item) => fill(item, replacement))
      return items.every((item, index) => item === tree.items[index]) ? tree : { kind: 'array', items }
    }
    case 'object': {
      const members = tree.members.map((member) => (/@(?:odata\.)?(?:bind|id)$/.test(member.name) ? member : { ...member, value: fill(member.value, replacement) }))
      return members.every(({ value }, index) => value === tree.members[index]?.value) ? tree : { kind: 'object', members }
    }
    default: return tree
  }
}

const etagReference = /^\$([\w.~-]+)$/

/**
 * The version that an earlier answer told, for a header that refers to it: `If-Match: $1`. Any other header stays as it is, and so does a
 * reference to a request of the same group, which its source may resolve.
 * @throws HUB_DEPENDENCY_FAILED
 * @see OData Protocol 4.01, section 11.7.5
 */
function etagFor(header: string, answers: ReferredAnswers): string {
  const id = etagReference.exec(header.trim())?.[1]
  if (id === undefined || answers.own.has(id)) return header
  if (!answers.met.has(id)) throw hubError('HUB_DEPENDENCY_FAILED', { id: header.trim(), reason: `no request before it has the id ${id}` })
  const answer = answerOf({ id, path: '' }, answers)
  const etag = answer.headers['etag'] ?? etagIn(answer)
  if (etag === undefined) throw hubError('HUB_DEPENDENCY_FAILED', { id: header.trim(), reason: `the answer to ${id} tells no ETag` })
  return etag
}

/** Conditional headers with the versions they refer to. @throws HUB_DEPENDENCY_FAILED */
export const withEtags = (headers: IncomingHttpHeaders, answers: ReferredAnswers): IncomingHttpHeaders =>
  ({ ...headers, ...Object.fromEntries((['if-match', 'if-none-match'] as const).flatMap((name) => (headers[name] === undefined ? [] : [[name, etagFor(headers[name], answers)]]))) })

function etagIn({ body, headers }: KeptAnswer): string | undefined {
  const tree = body === undefined || !/json/i.test(headers['content-type'] ?? '') ? undefined : treeOf(body)
  return tree?.kind === 'object' ? stringOf(tree.members.find(({ name }) => name === '@odata.etag' || name === '@etag')?.value) : undefined
}
