import type { Exchange } from './exchange.js'

/** The way out of an answer that is written piece by piece. */
export interface Outlet {
  /** Writes a piece; where the client reads slowly, the result is to be waited for before the next. @throws the signal's reason if the client goes away instead */
  write(chunk: Buffer): Promise<void> | undefined
  /** Ends the answer, and waits until all of it has left. @throws as `write` */
  end(): Promise<void>
}

/** One set of listeners serves all waits of an answer; they go with the response, which lives no longer than the exchange. */
export function outletOf({ response, signal }: Pick<Exchange, 'response' | 'signal'>): Outlet {
  let waiting: PromiseWithResolvers<void> | undefined
  let listens = false
  const goOn = (): void => waiting?.resolve()
  const giveUp = (reason: unknown): void => waiting?.reject(reason)
  const leave = (): void => giveUp(signal.reason)
  const finish = (): void => {
    // Nobody is told any more, so that the signal need not be aborted when the exchange is over.
    signal.removeEventListener('abort', leave)
    goOn()
  }
  const listen = (): void => {
    listens = true
    response.on('drain', goOn).on('finish', finish).on('error', giveUp).on('close', () => giveUp(signal.reason ?? new Error('The response was closed before its end')))
    signal.addEventListener('abort', leave, { once: true })
  }
  const wait = (): Promise<void> => {
    signal.throwIfAborted()
    if (!listens) listen()
    waiting = Promise.withResolvers<void>()
    return waiting.promise
  }
  return {
    write: (chunk) => (response.write(chunk) ? undefined : wait()),
    end: () => {
      const left = wait()
      response.end()
      return left
    },
  }
}
