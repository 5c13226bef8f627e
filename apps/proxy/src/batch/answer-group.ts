import { hubError } from '@tributary/errors'
import { asHubError } from '@tributary/nest'
import type { BatchPart } from '@tributary/odata-wire'
import { answerPart } from './answer-part.js'
import { noteOutcome, partExchange, partRequest, requireDependencies, writeAnswer, type BatchCourse } from './batch-course.js'
import type { TogetherAnswer } from './change-set.js'
import { PartReply } from './part-reply.js'
import { note } from './note-answer.js'
import { errorReply, type WholeReply } from './whole-reply.js'

type Group = readonly [BatchPart, ...BatchPart[]]

const isRead = ({ method }: BatchPart): boolean => method === 'GET' || method === 'HEAD'

/**
 * Answers a change set or atomicity group: all of it is done, or nothing. One change is sent by itself; several are sent to their source
 * as one. True if it succeeded.
 * @see OData Protocol 4.01, section 11.7.1; OData JSON Format 4.01, section 19.1
 */
export async function answerGroup(group: Group, course: BatchCourse): Promise<boolean> {
  const [first, ...rest] = group
  // an id that an earlier change set had is this one's from here on
  for (const { id } of group) if (id !== undefined) course.references.delete(id)
  // Reading changes nothing: there is nothing that could be done by half.
  if (group.every(isRead)) return answerReads(group, course)
  if (rest.length === 0) return answerPart(first, course, { open: () => course.out.openGroup(), close: () => course.out.closeGroup() })
  const answers = await together(group, course)
  return answers.kind === 'done' ? answerDone(group, answers.replies, course) : answerFailed(group, answers, course)
}

async function answerReads(group: Group, course: BatchCourse): Promise<boolean> {
  let success = true
  for (const part of group) success = (await answerPart(part, course)) && success
  return success
}

async function together(group: Group, course: BatchCourse): Promise<TogetherAnswer> {
  const { asked, services } = course
  try {
    const read = group.find(isRead)
    if (read !== undefined) throw hubError('HUB_REQUEST_INVALID', { reason: `${read.method} ${read.url.slice(0, 100)} stands among changes that are to be done together` })
    const own = new Set(group.flatMap(({ id }) => id ?? []))
    for (const part of group) requireDependencies(part, course, own)
    const requests = group.map((part, index) => {
      const before = new Set(group.slice(0, index).flatMap(({ id }) => id ?? []))
      return { part, request: (url: string) => partRequest({ ...part, url }, partExchange(part, course, new PartReply(nowhere)), course, before) }
    })
    return await services.together(requests, asked)
  } catch (thrown) {
    const error = asHubError(course.meaningOf(thrown), asked.exchange.requestId)
    if (error.status >= 500 && error.status !== 501) services.log.warn({ err: error.cause ?? error, code: error.code, requestId: asked.exchange.requestId }, error.message)
    return { kind: 'failed', ...errorReply(error) }
  }
}

/** Nothing is answered here: what became of the changes comes back with their source's answer. */
const nowhere = { begin: async () => undefined, body: async () => undefined, end: async () => undefined }

async function answerDone(group: Group, replies: Extract<TogetherAnswer, { kind: 'done' }>['replies'], course: BatchCourse): Promise<boolean> {
  const { out } = course
  await writeAnswer(course, out.openGroup())
  for (const [index, part] of group.entries()) {
    const reply = replies[index]
    if (reply === undefined) throw new Error('a change that was done has no answer')
    await writeWhole(part, reply, course)
    noteOutcome(part, true, course)
    if (part.id !== undefined) note({ ...part, id: part.id }, reply, course)
  }
  await writeAnswer(course, out.closeGroup())
  return true
}

/** In JSON every request has its answer: that of the one that failed is the error, the others failed with it. */
async function answerFailed(group: Group, failed: Extract<TogetherAnswer, { kind: 'failed' }>, course: BatchCourse): Promise<boolean> {
  const culprit = group[failed.index ?? 0] ?? group[0]
  for (const part of group) noteOutcome(part, false, course)
  if (course.form === 'multipart') {
    await writeWhole(failed.index === undefined ? { ...culprit, id: undefined } : culprit, failed, course)
    return false
  }
  for (const part of group) {
    const reason = failed.index === undefined ? undefined : hubError('HUB_DEPENDENCY_FAILED', { id: part.id ?? '', reason: `${culprit.id ?? 'another request'} of its group failed, and nothing of the group was done` })
    await writeWhole(part, part === culprit || reason === undefined ? failed : errorReply(reason), course)
  }
  return false
}

async function writeWhole(part: Omit<BatchPart, 'id'> & { readonly id?: string | undefined }, { status, headers, body }: WholeReply, course: BatchCourse): Promise<void> {
  const { id, ...rest } = part
  await writeAnswer(course, course.out.begin(id === undefined ? rest : { ...rest, id }, status, headers))
  await writeAnswer(course, course.out.body(body))
  await writeAnswer(course, course.out.end())
}
