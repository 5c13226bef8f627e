import { finished } from 'node:stream/promises'
import type { BatchPart } from '@tributary/odata-wire'
import { fail } from '../http/fail.js'
import { note } from './note-answer.js'
import { noteOutcome, partExchange, partRequest, requireDependencies, writeAnswer, type BatchCourse } from './batch-course.js'
import { PartReply } from './part-reply.js'

/** What a change that is a change set by itself stands in, where it succeeds. */
interface Frame {
  readonly open: () => Buffer
  readonly close: () => Buffer
}

/** Answers one request of a batch by the way every request goes. True if it succeeded. */
export async function answerPart(part: BatchPart, course: BatchCourse, frame?: Frame): Promise<boolean> {
  const { asked: { exchange }, services, out } = course
  let framed = false
  const keeping = course.kept.keeping(part.id)
  const reply = new PartReply({
    begin: async (status, headers) => {
      framed = frame !== undefined && status < 400
      if (framed && frame !== undefined) await writeAnswer(course, frame.open())
      await writeAnswer(course, out.begin(part, status, headers))
    },
    body: (chunk) => {
      keeping?.add(chunk)
      return writeAnswer(course, out.body(chunk))
    },
    end: async () => {
      await writeAnswer(course, out.end())
      if (framed && frame !== undefined) await writeAnswer(course, frame.close())
    },
  })
  // A part that breaks off cannot be told from a whole one, so nothing follows it.
  reply.on('error', () => exchange.response.destroy())
  const own = partExchange(part, course, reply)
  let path = ''
  try {
    requireDependencies(part, course)
    const request = partRequest(part, own, course)
    path = request.path
    await services.answer(request)
  } catch (thrown) {
    fail(course.meaningOf(thrown), { ...own, signal: course.gone }, services.log)
  }
  // Nobody ends the reply to whoever went away: waiting for its end would be waiting for ever.
  if (course.gone.aborted || (reply.destroyed && !reply.writableFinished)) {
    exchange.response.destroy()
    return false
  }
  await finished(reply)
  const success = reply.status < 400
  noteOutcome(part, success, course)
  if (success && part.id !== undefined && path !== '') note({ ...part, id: part.id }, { path, headers: reply.headers, body: keeping?.whole() }, course)
  return success
}
