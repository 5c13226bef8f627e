import { hubError, type HubError } from '@tributary/errors'

/** What the reader of a printed URL understands. */
export interface Dialect {
  readonly version: '4.0' | '4.01'
  /** Whether `in` with a list is understood; by default from 4.01 on. Otherwise an or-chain is printed. */
  readonly in?: boolean
}

/** OData 4.01 as the standard has it. */
export const dialect401: Dialect = Object.freeze({ version: '4.01' })
/** OData 4.0: no `in` (an or-chain says it); no `divby`, `case`, `$this`, no options of `$select` and `/$count` (refused). */
export const dialect40: Dialect = Object.freeze({ version: '4.0' })

/** True if `in` may be printed. */
export const understandsIn = (dialect: Dialect): boolean => dialect.in ?? dialect.version === '4.01'

/** The refusal to print what the dialect cannot say. */
export const inexpressible = (what: string, { version }: Dialect): HubError =>
  hubError('HUB_QUERY_UNSUPPORTED', { what: `${what} in OData ${version}`, hint: '' }, { target: what })
