import type { ErrorDetail, HubError } from '@tributary/errors'

const withTarget = ({ code, message, target }: ErrorDetail | HubError) => ({ code, message, ...(target === undefined ? {} : { target }) })

/**
 * The body of a failed request.
 * @see OData JSON Format 4.01, section 21
 */
export const errorBody = (error: HubError): string =>
  JSON.stringify({ error: { ...withTarget(error), ...(error.details.length === 0 ? {} : { details: error.details.map(withTarget) }) } })
