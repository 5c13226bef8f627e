/** At most this many requests are in flight to one source, over all requests of the process. */
export const LANES_PER_SOURCE = 8

export interface Lane {
  /** Milliseconds waited for the lane. */
  readonly queuedMs: number
  /** The source answered: after as many answers as there are lanes, there is one more, up to the limit. */
  answered(): void
  /** The source has too much to do: half of the lanes are closed, and all of them for `pauseMs`. */
  pushedBack(pauseMs: number): void
  /** Gives the lane back; a second call does nothing. */
  release(): void
}

interface Waiting {
  readonly admit: () => void
}

interface Queue {
  busy: number
  /** Lanes open at present. */
  width: number
  /** Answers since the last lane was opened or closed. */
  answers: number
  /** Counts how often lanes were closed: what was sent before the last time is no news. */
  halvings: number
  pausedUntil: number
  /** By asker, so that a request with many batches does not starve the others: askers take turns. */
  readonly waiting: Map<object, Waiting[]>
}

/** A fair queue in front of each source. */
export interface Lanes {
  /**
   * Waits for a lane to the source. `asker` is what takes turns: whatever stands for the consumer's request; `signal` ends the wait.
   * @throws the signal's reason if it aborts while waiting
   */
  enter(source: string, signal: AbortSignal, asker?: object): Promise<Lane>
  /** A lane nobody else waits for; undefined: there is none. */
  spare(source: string): Lane | undefined
  /** Lanes open to the source at present. */
  width(source: string): number
}

/**
 * Lanes that adapt: one more after a round of answers, half of them where a source says that it has too much to do.
 * @param limit most lanes to one source
 */
export function createLanes(limit: number = LANES_PER_SOURCE): Lanes {
  const queues = new Map<string, Queue>()
  const queueOf = (source: string): Queue => {
    const queue = queues.get(source) ?? { busy: 0, width: limit, answers: 0, halvings: 0, pausedUntil: 0, waiting: new Map<object, Waiting[]>() }
    queues.set(source, queue)
    return queue
  }
  return {
    enter: async (source, signal, asker = signal) => {
      signal.throwIfAborted()
      const queue = queueOf(source)
      const began = performance.now()
      if (hasRoom(queue)) queue.busy++
      else await turn(queue, signal, asker)
      return laneOf(queue, limit, performance.now() - began)
    },
    spare: (source) => {
      const queue = queueOf(source)
      if (!hasRoom(queue) || queue.waiting.size > 0) return undefined
      queue.busy++
      return laneOf(queue, limit, 0)
    },
    width: (source) => queueOf(source).width,
  }
}

const hasRoom = (queue: Queue): boolean => queue.busy < queue.width && queue.pausedUntil <= performance.now()

function turn(queue: Queue, signal: AbortSignal, asker: object): Promise<void> {
  return new Promise((resolve, reject) => {
    const waiting: Waiting = {
      admit: () => {
        signal.removeEventListener('abort', give)
        resolve()
      },
    }
    const give = (): void => {
      const line = queue.waiting.get(asker)?.filter((other) => other !== waiting) ?? []
      if (line.length === 0) queue.waiting.delete(asker)
      else queue.waiting.set(asker, line)
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', give, { once: true })
    const line = queue.waiting.get(asker)
    if (line === undefined) queue.waiting.set(asker, [waiting])
    else line.push(waiting)
  })
}

function laneOf(queue: Queue, limit: number, queuedMs: number): Lane {
  const { halvings } = queue
  let held = true
  return {
    queuedMs,
    answered: () => {
      if (queue.width >= limit || ++queue.answers < queue.width) return
      queue.answers = 0
      queue.width++
      admitWaiting(queue)
    },
    pushedBack: (pauseMs) => {
      // Requests sent together are refused together: that is one sign of too much, not several.
      if (halvings === queue.halvings) {
        queue.halvings++
        queue.width = Math.max(1, queue.width >> 1)
        queue.answers = 0
      }
      pause(queue, pauseMs)
    },
    release: () => {
      if (!held) return
      held = false
      queue.busy--
      admitWaiting(queue)
    },
  }
}

function pause(queue: Queue, pauseMs: number): void {
  const until = performance.now() + pauseMs
  if (pauseMs <= 0 || until <= queue.pausedUntil) return
  queue.pausedUntil = until
  // A timer may end a little early by this clock.
  setTimeout(() => {
    if (queue.pausedUntil === until) queue.pausedUntil = 0
    admitWaiting(queue)
  }, pauseMs).unref()
}

/** Hands free lanes to the next askers, each of which then goes to the end of the line. */
function admitWaiting(queue: Queue): void {
  while (hasRoom(queue)) {
    const [first] = queue.waiting
    if (first === undefined) return
    const [asker, line] = first
    const next = line.shift()
    queue.waiting.delete(asker)
    if (line.length > 0) queue.waiting.set(asker, line)
    if (next === undefined) continue
    queue.busy++
    next.admit()
  }
}
