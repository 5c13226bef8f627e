import type { BatchPart } from '@tributary/odata-wire'
import type { BatchCourse } from './batch-course.js'
import { answeredEntity } from './answered-entity.js'
import type { KeptAnswer } from './kept-answers.js'
import { createdPath } from './references.js'

/** Notes what a request that succeeded addressed or created, and its answer, for those that refer to it. */
export function note({ id, method }: Pick<BatchPart, 'method'> & { readonly id: string }, { path, headers, body }: Pick<KeptAnswer, 'path' | 'headers' | 'body'>, course: BatchCourse): void {
  const { asked: { root, exposure }, references, kept } = course
  const answer: KeptAnswer = { path, method, exposure, headers, body }
  kept.put(id, answer)
  references.set(id, answeredEntity(answer, root) ?? createdPath(path, root, headers))
}
