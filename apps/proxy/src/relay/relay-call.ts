import { hubError } from '@tributary/errors'
import type { JsonFormat } from '@tributary/odata-wire'
import { relays, type Endpoints, type RemoteCall, type RemoteReply } from '@tributary/source'
import type { Timings } from '../odata/timings.js'

/** One call that only a source can answer. */
export interface SourceCall extends RemoteCall {
  /** Slug of the endpoint. */
  readonly endpoint: string
}

/** On whose behalf calls go to sources. */
export interface RelayWay {
  readonly endpoints: Endpoints
  readonly timings: Pick<Timings, 'observe'>
  readonly signal: AbortSignal
}

/**
 * Sends a call to its source, once.
 * @throws HUB_QUERY_UNSUPPORTED for sources that carry no calls, HUB_SOURCE_*
 */
export async function relayCall({ endpoint, ...call }: SourceCall, { endpoints, timings, signal }: RelayWay): Promise<RemoteReply> {
  const { source, target } = endpoints.endpoint(endpoint)
  if (!relays(source)) throw hubError('HUB_QUERY_UNSUPPORTED', { what: `${call.method} to the source ${endpoint}`, hint: `Sources of kind ${source.kind} can only be read.` })
  return source.relay(target, call, { signal, observe: timings.observe })
}

/** How a source is asked for JSON that a client wants in this format. */
export const acceptOf = ({ metadata, ieee754 }: JsonFormat): string => `application/json;odata.metadata=${metadata === 'full' ? 'full' : 'minimal'}${ieee754 ? ';IEEE754Compatible=true' : ''}`

/** A path with options behind it. */
export const withOptions = (path: string, options: readonly string[]): string => (options.length === 0 ? path : `${path}?${options.join('&')}`)
