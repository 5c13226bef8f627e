import { randomUUID } from 'node:crypto'
import { batchAnswer, negotiateVersion, parseBatch, parsePrefer, type BatchPart } from '@tributary/odata-wire'
import { header } from '../http/exchange.js'
import type { ServiceRequest } from '../odata/service-request.js'
import { answerForm, withIds } from './batch-forms.js'
import type { BatchCourse, BatchServices } from './batch-course.js'
import { answerGroup } from './answer-group.js'
import { answerPart } from './answer-part.js'

/**
 * Answers a `$batch`: its requests one after the other, each by the way every request goes, the answers streamed into one. Changes that
 * are to be done together go to their source together. A JSON batch goes on after an error unless told otherwise, a multipart batch
 * stops unless told otherwise.
 * @throws HUB_CONTENT_UNSUPPORTED, HUB_REQUEST_INVALID, HUB_LIMIT_EXCEEDED, HUB_FORMAT_UNSUPPORTED
 * @see OData Protocol 4.01, section 11.7
 */
export async function answerBatch(asked: ServiceRequest, services: BatchServices): Promise<void> {
  const { exchange } = asked
  const { version } = negotiateVersion(header(exchange, 'odata-maxversion'))
  const read = parseBatch(header(exchange, 'content-type'), await exchange.readBody(), services.batchRequests)
  const form = answerForm(exchange, read)
  const batch = form === 'json' ? withIds(read) : read
  const { continueOnError } = parsePrefer(header(exchange, 'prefer'))
  const out = batchAnswer(form, `batch_${randomUUID()}`)
  const course: BatchCourse = { asked, services, out, form, succeeded: new Map(), references: new Map() }
  exchange.response.writeHead(200, {
    'content-type': out.contentType, 'odata-version': version, 'cache-control': 'no-store',
    ...(continueOnError === undefined ? {} : { 'preference-applied': `continue-on-error=${continueOnError}` }),
  })
  const goesOn = continueOnError ?? batch.form === 'json'
  for (const [first, ...rest] of unitsOf(batch.parts)) {
    const success = first.group === undefined ? await answerPart(first, course) : await answerGroup([first, ...rest], course)
    if (exchange.response.destroyed) return
    if (!success && !goesOn) break
  }
  exchange.response.end(out.close())
}

type Unit = readonly [BatchPart, ...BatchPart[]]

/** Requests by themselves, and the requests of a group together, in their order. */
function unitsOf(parts: readonly BatchPart[]): readonly Unit[] {
  const units: [BatchPart, ...BatchPart[]][] = []
  for (const part of parts) {
    const last = units.at(-1)
    if (part.group !== undefined && last?.[0].group === part.group) last.push(part)
    else units.push([part])
  }
  return units
}
