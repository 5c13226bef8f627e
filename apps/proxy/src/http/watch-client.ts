import { getEventListeners } from 'node:events'
import type { ServerResponse } from 'node:http'

/** Why the signal of an exchange that went well is aborted: what still reads ahead stops. Made once, because a fresh reason costs a stack trace. */
const answered = new DOMException('The request has been answered.', 'AbortError')

/** A signal that is aborted when the client has gone away, and, where somebody listens for it, when it has its answer. */
export function watchClient(response: ServerResponse): AbortSignal {
  const gone = new AbortController()
  const { signal } = gone
  const leave = (): void => {
    if (!response.writableFinished) gone.abort()
    // Telling nobody costs as much as telling somebody.
    else if (getEventListeners(signal, 'abort').length > 0) gone.abort(answered)
  }
  response.on('close', leave)
  response.on('error', leave)
  return signal
}
