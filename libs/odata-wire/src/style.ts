import type { AnnotationFilter } from './include-annotations.js'
import type { JsonFormat } from './negotiate.js'

/** Values that are left out: nulls, or what a property has where nothing else is said. */
export type OmittedValues = 'nulls' | 'defaults'

/** How JSON is written for one client: its format, and whether control information is prefixed. */
export interface JsonStyle extends JsonFormat {
  /** `@odata.count` instead of `@count`. */
  readonly prefixed: boolean
  /** Prefer: omit-values. */
  readonly omit?: OmittedValues | undefined
  /** Annotations of rows that are wanted; left out: none. */
  readonly annotations?: AnnotationFilter | undefined
}

/** The name of a piece of control information: `@odata.nextLink`, or `@nextLink` for a client of 4.01. */
export const controlName = (name: 'context' | 'count' | 'nextLink', { prefixed }: Pick<JsonStyle, 'prefixed'>): string =>
  prefixed ? `@odata.${name}` : `@${name}`

/** True for columns that carry control information (`@odata.etag`, `Photo@odata.mediaReadLink`, `#Sales.Approve`) and no property. */
export const isControlColumn = (name: string): boolean => name.includes('@') || name.startsWith('#')

/** Whether a client wants to be told such control information: counts stay where it wants none. @see OData JSON Format 4.01, section 3.1.3 */
export const isTold = (name: string, { metadata }: Pick<JsonStyle, 'metadata'>): boolean => metadata !== 'none' || name.endsWith('@odata.count') || name.endsWith('@odata.nextLink') || name === '@*'

/** Whether a member of a complex value that is no property is told: control information as always, annotations where some were asked for by their terms. */
export function isMemberTold(name: string, style: Pick<JsonStyle, 'metadata' | 'annotations'>): boolean {
  const term = name.slice(name.indexOf('@') + 1)
  const isAnnotation = name.includes('@') && term.replace(/^odata\./, '').includes('.')
  return isAnnotation && style.annotations !== undefined ? style.annotations(term) : isTold(name, style)
}

/** A control column's name as the client knows it. Annotations of other vocabularies (`@Org.…`) keep theirs. */
export const controlColumnName = (name: string, { prefixed }: Pick<JsonStyle, 'prefixed'>): string =>
  prefixed ? name : name.replace('@odata.', '@')

/**
 * Whether a value is left out of what is written. What has a default of its own is told where it is null.
 * @see OData Protocol 4.01, section 8.2.8.6
 */
export function isOmitted({ omit }: Pick<JsonStyle, 'omit'>, preset: unknown, value: unknown): boolean {
  if (omit === undefined) return false
  if (omit === 'nulls' || preset === undefined) return value === null
  return value === preset || (value !== null && plainNumber(value) !== undefined && plainNumber(value) === plainNumber(preset))
}

/** A number as text that equals that of every other spelling without exponent; undefined: it is none. */
function plainNumber(value: unknown): string | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined
  const [, sign, whole = '', , part = ''] = /^(-?)(\d+)(\.(\d*?)0*)?$/.exec(String(value)) ?? []
  return sign === undefined ? undefined : `${sign}${whole.replace(/^0+(?=\d)/, '')}${part === '' ? '' : `.${part}`}`
}
