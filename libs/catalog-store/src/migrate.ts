import { hubError } from '@tributary/errors'
import type { DataSource } from 'typeorm'
import { CreateCatalog1763700000000 } from './migrations/create-catalog.js'

/** Every migration, oldest first. */
export const migrations = [CreateCatalog1763700000000]

const migrationsTable = 'migrations'

/**
 * Brings the schema up to date.
 * @throws HUB_START_STORE_NEWER if the store has a migration this version does not know
 */
export async function migrate(database: DataSource): Promise<void> {
  await refuseNewer(database)
  await database.runMigrations({ transaction: 'all' })
}

async function refuseNewer(database: DataSource): Promise<void> {
  const runner = database.createQueryRunner()
  try {
    if (!(await runner.hasTable(migrationsTable))) return
    const known = new Set(database.migrations.map((migration) => migration.name))
    const done = (await runner.query(`SELECT name FROM ${migrationsTable} ORDER BY id`)) as { name: string }[]
    const unknown = done.find(({ name }) => !known.has(name))
    if (unknown !== undefined) throw hubError('HUB_START_STORE_NEWER', { migration: unknown.name })
  } finally {
    await runner.release()
  }
}
