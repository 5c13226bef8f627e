import type { HubError } from '@tributary/errors'
import { errorBody } from '@tributary/odata-wire'
import type { WholeReply } from './change-set.js'

/** An error as the answer to one request of a batch. */
export const errorReply = (error: HubError): WholeReply => ({
  status: error.status,
  headers: { 'content-type': 'application/json;charset=utf-8', 'odata-version': '4.0', ...(error.params['allowed'] === undefined ? {} : { allow: String(error.params['allowed']) }) },
  body: Buffer.from(errorBody(error)),
})
