import type { ServerResponse } from 'node:http'

/** Why the signal of an exchange that went well is aborted: what still reads ahead stops. Made once, because a fresh reason costs a stack trace. */
const answered = new DOMException('The request has been answered.', 'AbortError')

/** Knows whether the client is still there. */
export interface WatchedClient {
  /** Aborted when the client has gone away, or has its answer. Made when it is first asked for: most of what is answered from memory needs none. */
  signal(): AbortSignal
}

/** Watches the other end of a response from now on. */
export function watchClient(response: ServerResponse): WatchedClient {
  let controller: AbortController | undefined
  let left = false
  const leave = (): void => {
    left = true
    controller?.abort(response.writableFinished ? answered : undefined)
  }
  response.on('close', leave)
  response.on('error', leave)
  return {
    signal: () => {
      controller ??= new AbortController()
      if (left) leave()
      return controller.signal
    },
  }
}
