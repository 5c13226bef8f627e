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

/** Headers of every answer with data. */
export function dataHeaders({ protocol, preferences, timings, exchange }: QueryRun, contentType: string): Headers {
  const age = timings.ageSeconds()
  const applied = [
    ...(preferences.maxPageSize === undefined ? [] : [`${exchange.request.headers.prefer?.includes('odata.maxpagesize') === true ? 'odata.' : ''}maxpagesize=${preferences.maxPageSize}`]),
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
