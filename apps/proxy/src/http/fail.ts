import { asHubError, type Log } from '@tributary/nest'
import type { Exchange } from './exchange.js'
import { respondWithError } from './respond.js'

/** Ends an exchange that failed: an error object, or, where an answer has begun, a broken connection; what is worth it is logged. */
export function fail(thrown: unknown, exchange: Pick<Exchange, 'request' | 'response' | 'path' | 'requestId' | 'signal'>, log: Log): void {
  const { requestId, path, response } = exchange
  if (exchange.signal.aborted) return log.debug({ requestId, path }, 'the client went away')
  const error = asHubError(thrown, requestId)
  const fields = { err: error.cause ?? error, code: error.code, requestId, path }
  if (error.status === 500) log.error(fields, error.message)
  else if (error.status > 501 || response.headersSent) log.warn(fields, error.message)
  respondWithError(exchange, error)
}
