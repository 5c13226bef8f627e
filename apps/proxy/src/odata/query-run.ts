import type { Exposure } from '@tributary/catalog'
import { appliedPreference, type JsonStyle, type Preferences, type ProtocolVersion, type TableFormat } from '@tributary/odata-wire'
import type { RequestLimits } from '@tributary/nest'
import type { ExpandItem } from '@tributary/odata-url'
import type { BoundQuery } from '@tributary/planner'
import { annotationsName, type Plan } from '@tributary/plan'
import type { Endpoints } from '@tributary/source'
import type { Headers } from '../http/respond.js'
import type { Exchange } from '../http/exchange.js'
import { languageHeader, type SpokenLanguages } from './spoken-languages.js'
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
  /** What is expanded of the rows, as it was asked for. */
  readonly expand?: readonly ExpandItem[]
  readonly endpoints: Endpoints
  readonly style: JsonStyle
  /** The table a collection is wanted as; undefined: JSON. */
  readonly table?: TableFormat
  readonly protocol: ProtocolVersion
  readonly preferences: Preferences
  readonly timings: Timings
  readonly limits: RequestLimits
  readonly languages: SpokenLanguages
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
  const { protocol, timings } = run
  const age = timings.ageSeconds()
  const applied = appliedTo(run)
  return {
    'content-type': contentType,
    'odata-version': protocol.version,
    'vary': 'accept, prefer, odata-maxversion, authorization, accept-language',
    'cache-control': 'no-store',
    'server-timing': timings.serverTiming(),
    ...(age === undefined ? {} : { age: String(age) }),
    ...languageHeader(run.languages),
    ...(applied.length === 0 ? {} : { 'preference-applied': applied.join(', ') }),
  }
}

/** Rows of services come with the annotations that were asked for; of others only what says that something is missing is ever given. */
function annotationsTold(run: QueryRun, wish: string): string {
  if (run.bound.columns.some(({ name }) => name === annotationsName)) return wish
  return isPartial(run) ? 'Org.OData.Core.V1.ResourceException' : '-*'
}

/** The preferences that shaped this very answer. @see OData Protocol 4.01, section 8.3.6 */
function appliedTo(run: QueryRun): readonly string[] {
  const { preferences, bound, table } = run
  const { maxPageSize, omit, includeAnnotations } = preferences
  const isJson = table === undefined && bound.shape !== 'count' && bound.shape !== 'itemCount' && bound.shape !== 'rawValue'
  return [
    ...(maxPageSize === undefined || table !== undefined || bound.shape !== 'collection' || bound.pageRows === 0 ? [] : [appliedPreference('maxpagesize', String(bound.pageRows), preferences)]),
    ...(isPartial(run) ? [appliedPreference('continue-on-error', undefined, preferences)] : []),
    ...(isJson && omit !== undefined ? [appliedPreference('omit-values', omit, preferences)] : []),
    ...(isJson && includeAnnotations !== undefined ? [appliedPreference('include-annotations', annotationsTold(run, includeAnnotations), preferences)] : []),
  ]
}
