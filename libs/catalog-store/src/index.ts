/** The catalog's store: TypeORM over the SQLite built into Node, or over PostgreSQL, with full-text search and migrations. */
export { databaseFileName, openSqliteStore } from './open-sqlite-store.js'
export { openPostgresStore } from './open-postgres-store.js'
export { NodeSqliteDatabase, NodeSqliteStatement, type NodeSqliteOptions, type SqliteChange, type SqliteRow } from './node-sqlite.js'
