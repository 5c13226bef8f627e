/** Lets a number of tasks run at a time; the others wait in turn. */
export interface Lanes {
  run<Result>(task: () => Promise<Result>): Promise<Result>
}

/** `width` lanes, all free. */
export function lanes(width: number): Lanes {
  let busy = 0
  const waiting: (() => void)[] = []
  const enter = (): Promise<void> => {
    if (busy < width) {
      busy += 1
      return Promise.resolve()
    }
    // The lane of the task that ends is handed over: busy stays as it is.
    return new Promise((resolve) => { waiting.push(resolve) })
  }
  const leave = (): void => {
    const next = waiting.shift()
    if (next === undefined) busy -= 1
    else next()
  }
  return {
    async run(task) {
      await enter()
      try {
        return await task()
      } finally {
        leave()
      }
    },
  }
}
