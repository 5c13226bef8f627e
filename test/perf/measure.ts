import { readFileSync } from 'node:fs'
import { Pool } from 'undici'

/** One figure measured against its target. */
export interface BenchResult {
  readonly name: string
  readonly measure: string
  readonly target: string
  readonly value: number
  readonly pass: boolean
  /** What else is worth knowing: both figures of a ratio, or why a target is missed. */
  readonly note?: string
}

/** A figure that must not exceed `most`. */
export const atMost = (most: number, result: Omit<BenchResult, 'target' | 'pass'>): BenchResult => ({ ...result, target: `≤ ${Number(most.toPrecision(3))}`, pass: result.value <= most })

/** One connection to an origin, kept alive. */
export interface Client {
  /** The body, and the milliseconds to its first and its last byte. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** Gives the body of a 200 piece by piece, and keeps nothing of it. */
  stream(path: string, take: (chunk: Buffer) => void): Promise<void>
  close(): Promise<void>
}

export interface Answer {
  readonly status: number
  readonly body: Buffer
  readonly firstMs: number
  readonly ms: number
}

export function clientOf(origin: string, connections = 1): Client {
  const pool = new Pool(origin, { connections, bodyTimeout: 60_000 })
  return {
    get: async (path, headers = {}) => {
      const began = performance.now()
      const { statusCode, body } = await pool.request({ method: 'GET', path, headers: { accept: 'application/json', ...headers } })
      const chunks: Buffer[] = []
      let firstMs = 0
      for await (const chunk of body as AsyncIterable<Buffer>) {
        if (chunks.length === 0) firstMs = performance.now() - began
        chunks.push(chunk)
      }
      return { status: statusCode, body: Buffer.concat(chunks), firstMs, ms: performance.now() - began }
    },
    stream: async (path, take) => {
      const { statusCode, body } = await pool.request({ method: 'GET', path, headers: { accept: 'application/json' } })
      if (statusCode !== 200) throw new Error(`${path} was answered with ${statusCode}: ${await body.text()}`)
      for await (const chunk of body as AsyncIterable<Buffer>) take(chunk)
    },
    close: () => pool.close(),
  }
}

/** The path and query of an absolute URL. */
export const pathOf = (url: string): string => url.slice(new URL(url).origin.length)

/** The JSON of a 200. */
export function jsonOf({ status, body }: Answer): { readonly value: readonly Readonly<Record<string, unknown>>[]; readonly '@odata.nextLink'?: string } {
  if (status !== 200) throw new Error(`answered ${status}: ${body.toString('utf8', 0, 500)}`)
  return JSON.parse(body.toString()) as ReturnType<typeof jsonOf>
}

/** Rows in one canonical form, whatever the order of their members. */
export const canonical = (rows: readonly Readonly<Record<string, unknown>>[]): string =>
  JSON.stringify(rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !name.includes('@')).toSorted(([a], [b]) => (a < b ? -1 : 1)))))

/** Two ways to one answer: what is timed must answer the same. */
export function requireSame(what: string, one: string, other: string): void {
  if (one === other) return
  const at = [...one].findIndex((sign, index) => sign !== other[index])
  throw new Error(`${what}: the answers differ at ${at}: ${one.slice(Math.max(0, at - 60), at + 60)} | ${other.slice(Math.max(0, at - 60), at + 60)}`)
}

export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

export interface Rounds {
  readonly rounds: number
  /** Runs of one way in a row, so that caches and governors treat all alike. */
  readonly block: number
}

/** Medians of ways that take turns, after a warm-up: what disturbs the machine disturbs them alike. */
export async function interleaved<Way extends string>(ways: Readonly<Record<Way, () => Promise<number>>>, { rounds, block }: Rounds): Promise<Readonly<Record<Way, number>>> {
  const names = Object.keys(ways) as Way[]
  const times = new Map<Way, number[]>(names.map((name) => [name, []]))
  for (let round = -1; round < rounds; round += 1) {
    for (const name of names) {
      for (let run = 0; run < block; run += 1) {
        const ms = await ways[name]()
        if (round >= 0) times.get(name)?.push(ms)
      }
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<Way, number>
}

/** CPU time a process has used, in milliseconds. */
export function cpuMs(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid ?? 0}/stat`, 'utf8').replace(/^.*\) /, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

export const round = (value: number, digits = 2): number => Number(value.toFixed(digits))
export const megabytes = (bytes: number): number => Math.round(bytes / 1_048_576)
