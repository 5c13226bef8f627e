/** At most this many requests are in flight to one source, over all requests of the process. */
export const LANES_PER_SOURCE = 8

export interface Lane {
  /** Milliseconds waited for the lane. */
  readonly queuedMs: number
  /** Gives the lane back; a second call does nothing. */
  release(): void
}

interface Waiting {
  readonly admit: () => void
}

interface Queue {
  busy: number
  /** By asker, so that a request with many batches does not starve the others: askers take turns. */
  readonly waiting: Map<object, Waiting[]>
}

/** A fair queue in front of each source. */
export interface Lanes {
  /**
   * Waits for a lane to the source. `asker` is what takes turns: the signal of the consumer's request.
   * @throws the signal's reason if it aborts while waiting
   */
  enter(source: string, asker: AbortSignal): Promise<Lane>
}

export function createLanes(limit: number = LANES_PER_SOURCE): Lanes {
  const queues = new Map<string, Queue>()
  return {
    enter: async (source, asker) => {
      asker.throwIfAborted()
      const queue = queues.get(source) ?? { busy: 0, waiting: new Map<object, Waiting[]>() }
      queues.set(source, queue)
      const began = performance.now()
      if (queue.busy >= limit) await turn(queue, asker)
      else queue.busy++
      return laneOf(queue, performance.now() - began)
    },
  }
}

function turn(queue: Queue, asker: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const waiting: Waiting = {
      admit: () => {
        asker.removeEventListener('abort', give)
        resolve()
      },
    }
    const give = (): void => {
      const line = queue.waiting.get(asker)?.filter((other) => other !== waiting) ?? []
      if (line.length === 0) queue.waiting.delete(asker)
      else queue.waiting.set(asker, line)
      reject(asker.reason as Error)
    }
    asker.addEventListener('abort', give, { once: true })
    const line = queue.waiting.get(asker)
    if (line === undefined) queue.waiting.set(asker, [waiting])
    else line.push(waiting)
  })
}

function laneOf(queue: Queue, queuedMs: number): Lane {
  let held = true
  return {
    queuedMs,
    release: () => {
      if (!held) return
      held = false
      if (!admitNext(queue)) queue.busy--
    },
  }
}

/** Hands the lane to the next asker, which then goes to the end of the line. */
function admitNext(queue: Queue): boolean {
  const [first] = queue.waiting
  if (first === undefined) return false
  const [asker, line] = first
  const next = line.shift()
  queue.waiting.delete(asker)
  if (line.length > 0) queue.waiting.set(asker, line)
  next?.admit()
  return next !== undefined
}
