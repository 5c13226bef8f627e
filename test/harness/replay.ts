import { join } from 'node:path'
import { repository, run, until, type Running } from './running.js'

/** What a replaying source serves: one of the two sets of `customersAndOrders`. */
export interface ReplayOptions {
  readonly set: 'Customers' | 'Orders'
  readonly customers: number
  readonly orders: number
  readonly namespace: string
  /** Rows of a page; left out: everything in one response. */
  readonly pageRows?: number
  /** Order `n` belongs to customer `n`, so that every order has a key of its own. */
  readonly oneToOne?: boolean
  /** The whole set is given this many times over, one page after the other. */
  readonly repeat?: number
}

/** What was asked of it since the last look. */
export interface ReplayStats {
  readonly requests: number
  readonly rows: number
  readonly bytes: number
}

export interface ReplayServer {
  /** Service root, ends in `/`. */
  readonly url: string
  readonly running: Running
  /** Tells what was asked since the last time. */
  stats(): Promise<ReplayStats>
  /** Delays every answer from now on. */
  delay(latencyMs: number): Promise<void>
}

/** Starts a replaying source in a process of its own. */
export async function startReplay(options: ReplayOptions): Promise<ReplayServer> {
  const running = run(process.execPath, [join(repository, 'test', 'dist', 'harness', 'replay-server.js'), JSON.stringify(options)], {})
  const url = await until('The source\'s start', () => /(http:\/\/\S+)\n/.exec(running.output())?.[1], { told: running.output })
  const control = async (path: string): Promise<ReplayStats> => (await (await fetch(new URL(`/control/${path}`, url))).json()) as ReplayStats
  return { url, running, stats: () => control('stats'), delay: async (latencyMs) => void (await control(`latency/${latencyMs}`)) }
}
