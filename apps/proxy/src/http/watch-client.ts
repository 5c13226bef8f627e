import { getEventListeners } from 'node:events'
import type { ServerResponse } from 'node:http'

/** Why the signal of an exchange that went well is aborted: what still reads ahead stops. Made once, because a fresh reason costs a stack trace. */
const answered = new DOMException('The request has been answered.', 'AbortError')

/** A client that waits for its answer. */
export interface Watched {
  /** Aborted when the client has gone away, and, where somebody listens for it, when it has its answer and nobody works for that any more. */
  readonly signal: AbortSignal
  /** To be called when nobody works for the answer any more. */
  readonly done: () => void
}

/** Watches whether the client of a response stays. */
export function watchClient(response: ServerResponse): Watched {
  const gone = new AbortController()
  const { signal } = gone
  const open = { response: true, work: true }
  const end = (): void => {
    // Telling nobody costs as much as telling somebody.
    if (!open.response && !open.work && getEventListeners(signal, 'abort').length > 0) gone.abort(answered)
  }
  const leave = (): void => {
    open.response = false
    if (response.writableFinished) end()
    else gone.abort()
  }
  response.on('close', leave)
  response.on('error', leave)
  return {
    signal,
    done: () => {
      open.work = false
      end()
    },
  }
}
