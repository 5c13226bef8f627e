/** Runs what it is given one after the other, in the order it was given; a failure stops nobody behind it. */
export function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work)
    last = turn.catch((failed: unknown) => failed)
    return turn
  }
}

/** Runs what it is given at once. */
export const allAtOnce = <T>(work: () => Promise<T>): Promise<T> => work()
