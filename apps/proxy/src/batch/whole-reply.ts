import type { HubError } from '@tributary/errors'
import { errorBody } from '@tributary/odata-wire'

/** An answer whose body is whole. */
export interface WholeReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** An error as the answer to one request of a batch, in the version of the batch. @see OData Protocol 4.01, section 8.1.5 */
export const errorReply = (error: HubError): WholeReply => ({
  status: error.status,
  headers: { 'content-type': 'application/json', ...(error.params['allowed'] === undefined ? {} : { allow: String(error.params['allowed']) }) },
  body: Buffer.from(errorBody(error)),
})
