import type { Exposure } from '@tributary/catalog'
import type { JsonStyle, Preferences, ProtocolVersion, TableFormat } from '@tributary/odata-wire'
import type { RequestLimits } from '@tributary/nest'
import type { BoundQuery } from '@tributary/planner'
import type { Plan } from '@tributary/plan'
import type { Endpoints } from '@tributary/source'
import type { Headers } from '../http/respond.js'
import type { Exchange } from '../http/exchange.js'
import type { PageToken, PageTokens, TokenScope } from './page-token.js'
import type { EmbeddedEngine } from '../data/embedded-engine.js'
import type { Timings } from './timings.js'

/** A query that is planned and now answered. */
export interface QueryRun {
  readonly exchange: Exchange
  /** Stands for the consumer's request in the queues to sources. */
  readonly asker: object
  readonly exposure: Exposure
  /** Absolute URL of the service root, ends in `/`. */
  readonly root: string
  readonly bound: BoundQuery
  /** The placed plan. */
  readonly plan: Plan
  readonly endpoints: Endpoints
  readonly style: JsonStyle
  /** The table a collection is wanted as; undefined: JSON. */
  readonly table?: TableFormat
  readonly protocol: ProtocolVersion
  readonly preferences: Preferences
  readonly timings: Timings
  readonly limits: RequestLimits
  readonly embedded: EmbeddedEngine | undefined
  readonly paging: {
    readonly tokens: PageTokens
    readonly scope: TokenScope
    /** Of the page asked for; undefined: the first. */
    readonly token?: PageToken
  }
}

/** The context URL of the answer. */
export const contextOf = ({ root, bound }: Pick<QueryRun, 'root' | 'bound'>): string => `${root}$metadata#${bound.contextFragment}`

/** Whether what a failing source does not give may be left out of the answer, and said so: only where the client asks for it, and JSON can say it. */
export const isPartial = ({ preferences, table, bound }: Pick<QueryRun, 'preferences' | 'table' | 'bound'>): boolean =>
  preferences.continueOnError === true && table === undefined && bound.unwrap.length === 0 && (bound.shape === 'collection' || bound.shape === 'entity')

/** Headers of every answer with data. */
export function dataHeaders(run: QueryRun, contentType: string): Headers {
  const { protocol, preferences, timings, exchange } = run
  const age = timings.ageSeconds()
  const applied = [
    ...(preferences.maxPageSize === undefined ? [] : [`${exchange.request.headers.prefer?.includes('odata.maxpagesize') === true ? 'odata.' : ''}maxpagesize=${preferences.maxPageSize}`]),
    ...(isPartial(run) ? [`${exchange.request.headers.prefer?.includes('odata.continue-on-error') === true ? 'odata.' : ''}continue-on-error`] : []),
    ...(preferences.omitNulls ? ['omit-values=nulls'] : []),
  ]
  return {
    'content-type': contentType,
    'odata-version': protocol.version,
    'vary': 'accept, prefer, odata-maxversion, authorization',
    'cache-control': 'no-store',
    'server-timing': timings.serverTiming(),
    ...(age === undefined ? {} : { age: String(age) }),
    ...(applied.length === 0 ? {} : { 'preference-applied': applied.join(', ') }),
  }
}
