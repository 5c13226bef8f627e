import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { hubError } from '@tributary/errors'
import { textLiteral } from './sql-text.js'

/** How the one database of this process is opened. */
export interface DatabaseOptions {
  /** The only directory it may read and write. */
  readonly directory: string
  /** Where it spills, within `directory`. */
  readonly spillDirectory: string
  readonly memoryBytes: number
  readonly spillBytes: number
  readonly threads: number
}

/** The embedded database: opened when it is first needed, opened anew when it broke. */
export interface Database {
  connect(): Promise<DuckDBConnection>
  /** Forgets an instance that says of itself that it cannot be used any more. */
  failed(error: unknown): void
  close(): void
}

/** Nothing is loaded before the first connection is asked for. */
export function database(options: DatabaseOptions): Database {
  let opened: Promise<DuckDBInstance> | undefined
  const forget = (): void => {
    const closing = opened
    opened = undefined
    closing?.then((instance) => instance.closeSync(), () => undefined)
  }
  return {
    async connect() {
      opened ??= openLocked(options)
      try {
        return await (await opened).connect()
      } catch (error) {
        opened = undefined
        throw error
      }
    },
    failed(error) {
      if (/database has been invalidated|FATAL Error|INTERNAL Error/.test(String(error))) forget()
    },
    close: forget,
  }
}

/**
 * Opens a database in memory that loads no extension, reaches nothing but its directory, keeps to its memory and its spill quota, and whose
 * configuration cannot be changed any more.
 */
async function openLocked({ directory, spillDirectory, memoryBytes, spillBytes, threads }: DatabaseOptions): Promise<DuckDBInstance> {
  const { DuckDBInstance } = await import('@duckdb/node-api').catch((error: unknown) => {
    throw hubError('HUB_UNAVAILABLE', { reason: 'the embedded engine could not be loaded' }, { cause: error })
  })
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    memory_limit: `${memoryBytes}B`,
    threads: String(threads),
    temp_directory: spillDirectory,
    max_temp_directory_size: `${spillBytes}B`,
    preserve_insertion_order: 'true',
    default_collation: 'binary',
  })
  const connection = await instance.connect()
  try {
    await connection.run(`SET allowed_directories = [${textLiteral(`${directory}/`)}]`)
    await connection.run('SET enable_external_access = false')
    await connection.run('SET lock_configuration = true')
  } finally {
    connection.closeSync()
  }
  return instance
}
