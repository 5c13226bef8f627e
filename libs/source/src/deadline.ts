/** What is to be done once its time has come. */
interface Due {
  readonly at: number
  readonly act: () => void
}

/** What waits equally long, the first due first. One timer serves all of it, and goes on to the next where it finds that nothing is due yet. */
interface Line {
  readonly waiting: Set<Due>
  readonly ms: number
}

const lines = new Map<number, Line>()
/** A timer takes no more. */
const longestMs = 2 ** 31 - 1

/**
 * Calls `act` in `ms`, unless the result is called before. For limits that are hardly ever reached: setting one and lifting it costs next to
 * nothing, where a timer of its own would be inserted, started and removed. Does not keep the process running.
 */
export function deadline(ms: number, act: () => void): () => void {
  const known = lines.get(ms)
  const line = known ?? { waiting: new Set<Due>(), ms }
  const due: Due = { at: performance.now() + ms, act }
  line.waiting.add(due)
  if (known === undefined) {
    lines.set(ms, line)
    wake(line, ms)
  }
  return () => void line.waiting.delete(due)
}

const wake = (line: Line, ms: number): void => void setTimeout(() => look(line), Math.min(Math.ceil(ms), longestMs)).unref()

function look(line: Line): void {
  try {
    actOnDue(line.waiting, performance.now())
  } finally {
    // What acts may set a limit of its own, which stands at the end of this line, or throw.
    const [next] = line.waiting
    if (next === undefined) lines.delete(line.ms)
    else wake(line, Math.max(0, next.at - performance.now()))
  }
}

function actOnDue(waiting: Set<Due>, now: number): void {
  for (const due of waiting) {
    if (due.at > now) return
    waiting.delete(due)
    due.act()
  }
}
