import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { CatalogStore } from '@tributary/catalog'
import { hubError } from '@tributary/errors'
import { DataSource } from 'typeorm'
import { sqliteDialect } from './dialects/sqlite.js'
import { entities } from './entities.js'
import { migrate, migrations } from './migrate.js'
import { NodeSqliteDatabase } from './node-sqlite.js'
import { oneAtATime } from './one-at-a-time.js'
import { TypeormCatalogStore } from './typeorm-catalog-store.js'

/** Name of the database file inside the data directory. */
export const databaseFileName = 'catalog.sqlite'

/** How long a statement waits for another process's lock. */
const busyTimeoutMs = 10_000

/**
 * Opens the embedded store, and makes it where there is none; the schema is brought up to date.
 * @param options `dataDir` a directory, or `:memory:` for a store that ends with the process
 * @throws HUB_START_DATA_DIR, HUB_START_STORE_NEWER
 */
export async function openSqliteStore(options: { readonly dataDir: string }): Promise<CatalogStore> {
  const database = new DataSource({
    type: 'better-sqlite3',
    driver: NodeSqliteDatabase,
    database: fileIn(options.dataDir),
    timeout: busyTimeoutMs,
    enableWAL: options.dataDir !== ':memory:',
    entities,
    migrations,
  })
  try {
    await database.initialize()
  } catch (cause) {
    throw unusable(options.dataDir, cause)
  }
  try {
    await migrate(database)
  } catch (error) {
    await database.destroy()
    throw error
  }
  return new TypeormCatalogStore(database, sqliteDialect, oneAtATime())
}

function fileIn(dataDir: string): string {
  if (dataDir === ':memory:') return dataDir
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw unusable(dataDir, cause)
  }
  return join(dataDir, databaseFileName)
}

const unusable = (dir: string, cause: unknown) =>
  hubError('HUB_START_DATA_DIR', { dir, reason: cause instanceof Error ? cause.message : String(cause) }, { cause })
