/** Reads under way whose ends are waited for together. A failure is kept until it is asked for: no rejection goes unheard. */
export interface InFlight {
  readonly size: number
  start(read: () => Promise<void>): void
  /** Ends when a read under way ends, well or not. */
  settled(): Promise<void>
  /** @throws what the first failed read failed with */
  check(): void
}

/** No read is under way yet. */
export function inFlight(): InFlight {
  let size = 0
  let failure: { readonly error: unknown } | undefined
  let next = Promise.withResolvers<void>()
  const ended = (): void => {
    size -= 1
    next.resolve()
    next = Promise.withResolvers<void>()
  }
  return {
    get size() { return size },
    start(read) {
      size += 1
      read().then(ended, (error: unknown) => {
        failure ??= { error }
        ended()
      })
    },
    settled: () => next.promise,
    check() {
      if (failure !== undefined) throw failure.error
    },
  }
}
