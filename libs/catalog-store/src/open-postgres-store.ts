import type { CatalogStore } from '@tributary/catalog'
import { hubError } from '@tributary/errors'
import { DataSource } from 'typeorm'
import { postgresDialect } from './dialects/postgres.js'
import { entities } from './entities.js'
import { migrate, migrations } from './migrate.js'
import { allAtOnce } from './one-at-a-time.js'
import { TypeormCatalogStore } from './typeorm-catalog-store.js'

/** Any number all replicas agree on: whoever holds this lock migrates. */
const migrationLock = 7_412_908

/**
 * Opens the store in a PostgreSQL database; the schema is brought up to date, by one replica at a time.
 * @param options `url` as `postgres://user:password@host:port/database`
 * @throws HUB_UNAVAILABLE if the database cannot be reached, HUB_START_STORE_NEWER
 */
export async function openPostgresStore(options: { readonly url: string; readonly poolSize?: number }): Promise<CatalogStore> {
  const database = new DataSource({ type: 'postgres', url: options.url, poolSize: options.poolSize ?? 10, entities, migrations, installExtensions: false })
  try {
    await database.initialize()
  } catch (cause) {
    throw hubError('HUB_UNAVAILABLE', { reason: 'the catalog\'s PostgreSQL database cannot be reached' }, { cause })
  }
  try {
    await migrateAlone(database)
  } catch (error) {
    await database.destroy()
    throw error
  }
  return new TypeormCatalogStore(database, postgresDialect, allAtOnce)
}

async function migrateAlone(database: DataSource): Promise<void> {
  const runner = database.createQueryRunner()
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [migrationLock])
    await migrate(database)
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [migrationLock])
    await runner.release()
  }
}
