import { randomOf, type Behaviour } from '../harness/odata-server.js'

/** What goes wrong with a request to a source, and how often: of a thousand requests. */
const troubles: readonly (readonly [number, string, Behaviour])[] = [
  [10, 'stalls', { fault: 'hang' }],
  [25, 'drops the connection', { fault: 'reset' }],
  [25, 'cuts its answer off', { fault: 'truncate' }],
  [30, 'asks for patience', { throttle: { status: 429, times: Infinity, retryAfter: '0' } }],
  [20, 'is not available', { throttle: { status: 503, times: Infinity } }],
  [20, 'fails', { fault: 'failure' }],
  [10, 'sends a web page', { fault: 'html' }],
  [10, 'fails within its answer', { fault: 'in-stream-error' }],
  [10, 'has no rows', { fault: 'missing-value' }],
  [5, 'runs in a circle', { fault: 'loop' }],
  [5, 'points elsewhere', { fault: 'foreign-link' }],
  [30, 'lies about its number of rows', { countError: 7 }],
  [40, 'answers slowly', { latencyMs: 15 }],
  [30, 'writes its rows first', { valueFirst: true }],
]

/** Decides for each request what goes wrong with it, the same for the same seed; counts what it has decided. */
export interface Trouble {
  readonly next: () => Behaviour
  readonly counts: ReadonlyMap<string, number>
}

export function troubleOf(seed: number): Trouble {
  const random = randomOf(seed)
  const counts = new Map<string, number>()
  return {
    counts,
    next: () => {
      let left = random() * 1000
      const struck = troubles.find(([share]) => (left -= share) < 0)
      if (struck === undefined) return {}
      counts.set(struck[1], (counts.get(struck[1]) ?? 0) + 1)
      return struck[2]
    },
  }
}
