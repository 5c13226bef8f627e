import { hubError } from '@tributary/errors'
import { headerItems, negotiateVersion, type Batch, type BatchForm } from '@tributary/odata-wire'
import { header, type Exchange } from '../http/exchange.js'

const types: Readonly<Record<BatchForm, string>> = { multipart: 'multipart/mixed', json: 'application/json' }

/**
 * The form a batch is answered in: that of the batch where the client takes it, else the other one. Clients of 4.0 know no other form than
 * multipart, and may send the `Accept` of all their requests with it.
 * @throws HUB_FORMAT_UNSUPPORTED where it takes neither
 * @see OData Protocol 4.01, section 11.7.5
 */
export function answerForm(exchange: Exchange, { form }: Batch): BatchForm {
  const accept = header(exchange, 'accept')?.toLowerCase()
  if (accept === undefined || accept.trim() === '') return form
  if (form === 'multipart' && negotiateVersion(header(exchange, 'odata-maxversion')).version === '4.0') return form
  const ranges = headerItems(accept).filter((item) => item.get('q') === undefined || Number(item.get('q')) > 0).map((item) => item.keys().next().value ?? '')
  const other: BatchForm = form === 'json' ? 'multipart' : 'json'
  const found = [form, other].find((one) => [types[one], `${types[one].split('/')[0] ?? ''}/*`, '*/*'].some((range) => ranges.includes(range)))
  if (found === undefined) throw hubError('HUB_FORMAT_UNSUPPORTED', { format: accept, known: `${types[form]}, the form of the batch itself, and ${types[other]}` }, { target: 'Accept' })
  return found
}

/** The batch with an id for every request, as an answer in JSON needs it. */
export function withIds(batch: Batch): Batch {
  const taken = new Set(batch.parts.map(({ id }) => id))
  let next = 0
  const fresh = (): string => {
    do next += 1
    while (taken.has(String(next)))
    return String(next)
  }
  return { ...batch, parts: batch.parts.map((part) => (part.id === undefined ? { ...part, id: fresh() } : part)) }
}
