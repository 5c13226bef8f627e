import { randomUUID } from 'node:crypto'
import { hubError } from '@tributary/errors'
import { batchAnswer, headerItems, negotiateVersion, parseBatch, parsePrefer, type BatchPart } from '@tributary/odata-wire'
import { header, type Exchange } from '../http/exchange.js'
import { withinTime } from '../odata/request-limits.js'
import type { ServiceRequest } from '../odata/service-request.js'
import { Timings } from '../odata/timings.js'
import { answerForm, withIds } from './batch-forms.js'
import type { BatchCourse, BatchServices } from './batch-course.js'
import { answerGroup } from './answer-group.js'
import { answerPart } from './answer-part.js'
import { KeptAnswers } from './kept-answers.js'

/**
 * Answers a `$batch`: its requests one after the other, each by the way every request goes, the answers streamed into one. Changes that
 * are to be done together go to their source together. A JSON batch goes on after an error unless told otherwise, a multipart batch
 * stops unless told otherwise. When its time is over, what has not been answered is answered so.
 * @throws HUB_CONTENT_UNSUPPORTED, HUB_REQUEST_INVALID, HUB_LIMIT_EXCEEDED, HUB_FORMAT_UNSUPPORTED
 * @see OData Protocol 4.01, section 11.7
 */
export async function answerBatch(asked: ServiceRequest, services: BatchServices): Promise<void> {
  const { exchange } = asked
  requireOfBatches(exchange)
  const { version } = negotiateVersion(header(exchange, 'odata-maxversion'))
  const read = parseBatch(header(exchange, 'content-type'), await exchange.readBody(), services.batchRequests)
  const form = answerForm(exchange, read)
  const batch = form === 'json' ? withIds(read) : read
  const { continueOnError } = parsePrefer(header(exchange, 'prefer'))
  const out = batchAnswer(form, `batch_${randomUUID()}`)
  const timed = withinTime(exchange, services.timeMs, new Timings())
  const course: BatchCourse = {
    asked: { ...asked, exchange: timed.exchange }, services, out, form, succeeded: new Map(), references: new Map(),
    kept: new KeptAnswers(batch.parts), gone: exchange.signal, meaningOf: timed.meaningOf,
  }
  exchange.response.writeHead(200, {
    'content-type': out.contentType, 'odata-version': version, 'cache-control': 'no-store',
    ...(continueOnError === undefined ? {} : { 'preference-applied': `continue-on-error=${continueOnError}` }),
  })
  try {
    await answerUnits(unitsOf(batch.parts), course, continueOnError ?? batch.form === 'json')
  } finally {
    timed.end()
  }
}

async function answerUnits(units: readonly Unit[], course: BatchCourse, goesOn: boolean): Promise<void> {
  const { response } = course.asked.exchange
  for (const [first, ...rest] of units) {
    const success = first.group === undefined ? await answerPart(first, course) : await answerGroup([first, ...rest], course)
    // Whoever went away gets no answer, and nothing more is changed for him.
    if (response.destroyed || course.gone.aborted) return
    if (!success && !goesOn) break
  }
  response.end(course.out.close())
}

/** Headers that may stand at the requests of a batch, and not at the batch. @see OData Protocol 4.01, sections 8.2.4 to 8.2.8 */
function requireOfBatches(exchange: Exchange): void {
  const conditional = ['if-match', 'if-none-match'].find((name) => header(exchange, name) !== undefined)
  if (conditional !== undefined) throw hubError('HUB_REQUEST_INVALID', { reason: `the header ${conditional} belongs to a request within the batch, not to the batch` }, { target: conditional })
  const returns = headerItems(header(exchange, 'prefer') ?? '').some((item) => item.keys().next().value === 'return')
  if (returns) throw hubError('HUB_REQUEST_INVALID', { reason: 'the preference return belongs to a request within the batch, not to the batch' }, { target: 'Prefer' })
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
