import type { JsonFormat } from './negotiate.js'

/** How JSON is written for one client: its format, and whether control information is prefixed. */
export interface JsonStyle extends JsonFormat {
  /** `@odata.count` instead of `@count`. */
  readonly prefixed: boolean
  /** Prefer: omit-values=nulls. */
  readonly omitNulls?: boolean
}

/** The name of a piece of control information: `@odata.nextLink`, or `@nextLink` for a client of 4.01. */
export const controlName = (name: 'context' | 'count' | 'nextLink', { prefixed }: Pick<JsonStyle, 'prefixed'>): string =>
  prefixed ? `@odata.${name}` : `@${name}`

/** True for columns that carry control information (`@odata.etag`, `Photo@odata.mediaReadLink`, `#Sales.Approve`) and no property. */
export const isControlColumn = (name: string): boolean => name.includes('@') || name.startsWith('#')

/** A control column's name as the client knows it. Annotations of other vocabularies (`@Org.…`) keep theirs. */
export const controlColumnName = (name: string, { prefixed }: Pick<JsonStyle, 'prefixed'>): string =>
  prefixed ? name : name.replace('@odata.', '@')
