import { hubError } from '@tributary/errors'

/** The ETag of a record: its revision. */
export const entityTag = (revision: number): string => `"${revision}"`

/**
 * The revision an If-Match header names; none for `*`.
 * @param what is to be changed, for the error: `the service sales`
 * @throws HUB_PRECONDITION_REQUIRED without the header, HUB_PRECONDITION_FAILED if it names no revision
 * @see RFC 9110, section 13.1.1
 */
export function revisionMeant(ifMatch: string | undefined, what: string): { readonly revision?: number } {
  if (ifMatch === undefined || ifMatch.trim() === '') throw hubError('HUB_PRECONDITION_REQUIRED', { what })
  if (ifMatch.trim() === '*') return {}
  const revision = /^\s*"(\d{1,15})"\s*$/.exec(ifMatch)?.[1]
  if (revision === undefined) throw hubError('HUB_PRECONDITION_FAILED', { what: `${what.charAt(0).toUpperCase()}${what.slice(1)}` })
  return { revision: Number(revision) }
}
