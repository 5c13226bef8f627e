import { rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Engine, EngineWork, SpooledTable } from '@tributary/operators'
import { database, type Database } from './database.js'
import { rowKeeper } from './row-keeper.js'
import { rowLog } from './row-log.js'
import { rowSorter, type Place } from './row-sorter.js'
import { planRows, refusalOf } from './statement/statement-rows.js'
import { type JsonLines, jsonLines } from './statement/spooled-table.js'
import { queryLines } from './query-lines.js'
import { createSpoolFile, type SpoolFile } from './spool-file.js'
import { requestQuota, spoolQuota, type SpoolQuota } from './spool-quota.js'
import { openSpoolRoom, type SpoolRoom } from './spool-room.js'
import { statements, turns, type Turns } from './statements.js'

/** What the embedded engine may use. */
export interface DuckdbOptions {
  /** A directory for rows that find no room in memory: private, and left empty. Processes may share it. */
  readonly spoolDirectory: string
  /** Bytes on disk, over all requests: half for rows, half for what the database itself puts aside. */
  readonly spoolBytes: number
  /** Memory of the database, over all requests, beside that of this process. */
  readonly memoryBytes: number
  /** Default: half of the processors, at most 4. */
  readonly threads?: number
}

/** The engine of one process. */
export interface DuckdbEngine extends Engine {
  /** Bytes on disk at present. */
  spooledBytes(): number
  /** Requests that went on beyond memory so far. */
  requests(): number
  /** Whether the spool can be written. @throws what writing fails with */
  check(): Promise<void>
  /** Ends everything and removes the spool. */
  close(): Promise<void>
}

interface Parts {
  readonly room: SpoolRoom
  readonly quota: SpoolQuota
  readonly database: Database
  readonly turn: Turns
  readonly options: DuckdbOptions
}

/** The others go on answering requests; threads that wait for a processor only cost, and each needs memory of its own. */
const standardThreads = (): number => Math.max(1, Math.min(4, availableParallelism() >> 1))

/** The driver is asked for by what it loads, and not loaded yet: most processes never need it. @throws if this platform has none */
function requireBuild(): void {
  const { resolve } = createRequire(import.meta.url)
  const platform = `@duckdb/node-bindings-${process.platform}-${process.arch}`
  const found = [platform, `${platform}-musl`].some((name) => {
    try {
      return resolve(`${name}/duckdb.node`) !== ''
    } catch {
      return false
    }
  })
  if (!found) throw new Error(`There is no build of DuckDB for ${process.platform}-${process.arch}`)
}

/**
 * Opens the engine: what crashed processes left in the spool is removed. The database is loaded with the first work.
 * @throws if there is no build of DuckDB for this platform, or the spool cannot be written
 */
export async function openDuckdb(options: DuckdbOptions): Promise<DuckdbEngine> {
  requireBuild()
  const room = await openSpoolRoom(options.spoolDirectory)
  const spillBytes = Math.floor(options.spoolBytes / 2)
  const parts: Parts = {
    room, options,
    quota: spoolQuota(spillBytes),
    database: database({ directory: room.directory, spillDirectory: `${room.directory}/spill`, memoryBytes: options.memoryBytes, spillBytes, threads: options.threads ?? standardThreads() }),
    // Two sorts at a time would each have half of the memory.
    turn: turns(1),
  }
  const open = new Set<() => Promise<void>>()
  return {
    begin: (signal) => begin(parts, signal, open),
    refusal: refusalOf,
    spooledBytes: () => parts.quota.used,
    requests: () => room.requests(),
    async check() {
      await room.check()
    },
    async close() {
      await Promise.all([...open].map((end) => end()))
      parts.database.close()
      await room.close()
    },
  }
}

interface Begun {
  readonly place: Place
  end(): Promise<void>
}

/** Costs nothing until something is put aside. */
function begin(parts: Parts, signal: AbortSignal, open: Set<() => Promise<void>>): EngineWork {
  let begun: Promise<Begun> | undefined
  let ended = false
  let made = 0
  const end = async (): Promise<void> => {
    ended = true
    open.delete(end)
    await (await begun)?.end()
  }
  const place = async (): Promise<Place> => {
    if (ended) throw new Error('The work for this request has ended')
    signal.throwIfAborted()
    open.add(end)
    begun ??= begunIn(parts, signal)
    return (await begun).place
  }
  return {
    sorter: async (descending, together) => rowSorter(await place(), `s${++made}`, { descending, together: together !== undefined }),
    keeper: async () => rowKeeper(await place(), `k${++made}`),
    log: async () => rowLog(await place(), `l${++made}`),
    async table(columns) {
      const { file } = await place()
      return jsonLines(await file(`t${++made}.json`), columns)
    },
    async *rows(plan, tables) {
      const own = await place()
      for (const table of tables.values()) await asLines(table).finish()
      yield* planRows(plan, new Map([...tables].map(([node, table]) => [node, asLines(table)])), (query) => queryLines(query, own, `g${++made}`))
    },
    end,
  }
}

/** Tables of this engine's making. */
function asLines(table: SpooledTable): JsonLines {
  if (!('rows' in table)) throw new Error('The table belongs to another engine')
  return table as JsonLines
}

/** A directory, a share of the quota and a connection for one request; all of it goes when it ends. */
async function begunIn({ room, quota, database: { connect, failed }, turn, options }: Parts, request: AbortSignal): Promise<Begun> {
  const directory = await room.request()
  const own = requestQuota(quota)
  const closing = new AbortController()
  const signal = AbortSignal.any([request, closing.signal])
  const running = statements({ connect, failed, turn, signal, spillBytes: Math.floor(options.spoolBytes / 2), memoryBytes: options.memoryBytes })
  const files = new Set<SpoolFile>()
  let ending: Promise<void> | undefined
  const remove = async (): Promise<void> => {
    closing.abort()
    await running.close()
    await Promise.all([...files].map((file) => file.finish()))
    await rm(directory, { recursive: true, force: true })
    own.giveAll()
  }
  const file = async (name: string): Promise<SpoolFile> => {
    const created = await createSpoolFile(join(directory, name), own)
    files.add(created)
    return created
  }
  return { place: { file, quota: own, statements: running, signal }, end: () => (ending ??= remove()) }
}
