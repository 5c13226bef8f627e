import { hubError } from '@tributary/errors'
import { batchOfJson } from './batch-json.js'
import { batchOfMultipart } from './batch-multipart.js'
import type { Batch } from './batch-part.js'
import { formatRange } from './media.js'

const known = 'multipart/mixed;boundary=…, application/json'

/**
 * Reads the body of a `$batch`, by its Content-Type.
 * @param most requests it may hold
 * @throws HUB_CONTENT_UNSUPPORTED, HUB_REQUEST_INVALID for a body that is malformed, HUB_LIMIT_EXCEEDED
 * @see OData Protocol 4.01, section 11.7; OData JSON Format 4.01, section 19
 */
export function parseBatch(contentType: string | undefined, body: Buffer, most: number): Batch {
  const { type, parameters } = formatRange(contentType ?? '')
  if (type === 'application/json') return limited({ form: 'json', parts: batchOfJson(body) }, most)
  const boundary = parameters.get('boundary') ?? ''
  if (type !== 'multipart/mixed' || boundary === '') throw hubError('HUB_CONTENT_UNSUPPORTED', { type: contentType ?? 'none', known }, { target: 'Content-Type' })
  return limited({ form: 'multipart', parts: batchOfMultipart(body, boundary) }, most)
}

function limited(batch: Batch, most: number): Batch {
  if (batch.parts.length > most) throw hubError('HUB_LIMIT_EXCEEDED', { limit: most, what: 'requests in a batch', hint: 'Send several batches.' })
  return batch
}
