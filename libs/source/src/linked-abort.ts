/** A signal that is aborted with another, or by itself. */
export interface LinkedAbort {
  readonly signal: AbortSignal
  /** Aborts it; without a reason, because nobody wants more. Does nothing once it is aborted. */
  abort(reason?: unknown): void
  /** Forgets the other signal, which may live longer. */
  unlink(): void
}

/** Made once, because a fresh one costs a stack trace. */
const unwanted = new DOMException('No more is wanted.', 'AbortError')

/** Links a signal to another. `AbortSignal.any` does the same for several times the price: it registers each signal with the collector. */
export function linkedAbort(other: AbortSignal): LinkedAbort {
  const own = new AbortController()
  const follow = (): void => own.abort(other.reason)
  if (other.aborted) follow()
  else other.addEventListener('abort', follow, { once: true })
  return {
    signal: own.signal,
    abort: (reason = unwanted) => own.abort(reason),
    unlink: () => other.removeEventListener('abort', follow),
  }
}
