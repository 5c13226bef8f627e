import type { DuckDBConnection } from '@duckdb/node-api'
import { hubError } from '@tributary/errors'
import { isDiskFull } from './spool-file.js'
import { spoolFull } from './spool-quota.js'

/** Statements of one request, one after the other, and ended with it. */
export interface Statements {
  run<Result>(statement: (connection: DuckDBConnection) => Promise<Result>): Promise<Result>
  /** Interrupts what runs, and waits for its end. */
  close(): Promise<void>
}

export interface StatementOptions {
  readonly connect: () => Promise<DuckDBConnection>
  readonly failed: (error: unknown) => void
  /** Lets a statement run when others have ended: memory is for few at a time. */
  readonly turn: Turns
  readonly signal: AbortSignal
  readonly spillBytes: number
  readonly memoryBytes: number
}

/** A connection that is opened with the first statement. */
export function statements(options: StatementOptions): Statements {
  const { signal } = options
  let connection: DuckDBConnection | undefined
  let running: Promise<unknown> = Promise.resolve()
  const interrupt = (): void => connection?.interrupt()
  signal.addEventListener('abort', interrupt, { once: true })
  const execute = async <Result>(statement: (connection: DuckDBConnection) => Promise<Result>): Promise<Result> => {
    signal.throwIfAborted()
    connection ??= await options.connect()
    try {
      return await options.turn(async () => {
        signal.throwIfAborted()
        return statement(connection as DuckDBConnection)
      })
    } catch (error) {
      signal.throwIfAborted()
      options.failed(error)
      throw named(error, options)
    }
  }
  return {
    run(statement) {
      const result = running.then(() => execute(statement))
      running = result.catch(() => undefined)
      return result
    },
    async close() {
      interrupt()
      await running
      signal.removeEventListener('abort', interrupt)
      connection?.closeSync()
      connection = undefined
    },
  }
}

/** What DuckDB reports, by the names of our errors; the rest is a fault of ours. */
function named(error: unknown, { spillBytes, memoryBytes }: StatementOptions): unknown {
  const text = String(error)
  if (/max_temp_directory_size|failed to offload/i.test(text) || isDiskFull(error)) return spoolFull(spillBytes, error)
  if (/Out of Memory/i.test(text)) return hubError('HUB_ENGINE_MEMORY', { limit: memoryBytes }, { cause: error })
  return error
}

/** Lets work wait for its turn. */
export type Turns = <Result>(work: () => Promise<Result>) => Promise<Result>

/** So many at a time, first come, first served. */
export function turns(width: number): Turns {
  const waiting: (() => void)[] = []
  let free = width
  return async (work) => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) free += 1
      else next()
    }
  }
}
