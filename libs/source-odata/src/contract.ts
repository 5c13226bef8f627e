import { hubError } from '@tributary/errors'
import { requireSuccess } from './answer.js'
import type { Place } from './links.js'
import { bodyError, type Transport } from './transport.js'

/** A contract as text, not yet read. */
export interface FetchedContract {
  readonly content: string
  readonly contentType: string
}

const LARGEST_CONTRACT = 256 * 1024 * 1024

/**
 * Fetches `$metadata` below the service root; XML is preferred, JSON taken.
 * @throws HUB_SOURCE_UNREACHABLE, HUB_SOURCE_DENIED, HUB_SOURCE_FAILED, HUB_SOURCE_TIMEOUT, HUB_CONTRACT_INVALID
 */
export async function fetchContract(transport: Transport, place: Place, signal: AbortSignal): Promise<FetchedContract> {
  const outgoing = { place, url: `${place.url}$metadata`, headers: { accept: 'application/xml, application/json;q=0.5', 'odata-maxversion': '4.01' }, signal, observe: () => undefined, insists: true }
  const incoming = await transport.send(outgoing)
  await requireSuccess(incoming, { place, entitySet: '', features: [] })
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of incoming.body as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      size += chunk.length
      if (size > LARGEST_CONTRACT) throw hubError('HUB_CONTRACT_INVALID', { reason: 'it is larger than 256 MB' })
    }
  } catch (error) {
    throw bodyError(outgoing, error)
  } finally {
    incoming.finish(0)
  }
  const content = Buffer.concat(chunks).toString('utf8')
  const contentType = (incoming.headers['content-type'] ?? '').split(';')[0]?.trim() ?? ''
  if (/html/i.test(contentType) || !/^[\uFEFF\s]*[<{]/.test(content)) throw hubError('HUB_CONTRACT_INVALID', { reason: `${place.slug} answered ${contentType === '' ? 'something unknown' : contentType} to $metadata` })
  return { content, contentType }
}
