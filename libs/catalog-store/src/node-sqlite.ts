import { existsSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'

/** A row as column name → value; a plain object. */
export type SqliteRow = Readonly<Record<string, SQLOutputValue>>

/** What a statement that answers no rows did. */
export interface SqliteChange {
  readonly changes: number | bigint
  readonly lastInsertRowid: number | bigint
}

export interface NodeSqliteOptions {
  readonly readonly?: boolean
  readonly fileMustExist?: boolean
  /** How long to wait for a lock, in milliseconds. */
  readonly timeout?: number
}

/** A prepared statement over Node's built-in SQLite, as TypeORM's `better-sqlite3` driver expects one. */
export class NodeSqliteStatement {
  /** True if it answers rows. */
  readonly reader: boolean
  readonly #statement: StatementSync
  constructor(statement: StatementSync, readonly source: string) {
    this.#statement = statement
    this.reader = statement.columns().length > 0
  }

  all(...parameters: readonly SQLInputValue[]): SqliteRow[] {
    return this.#statement.all(...parameters).map(plain)
  }

  get(...parameters: readonly SQLInputValue[]): SqliteRow | undefined {
    const row = this.#statement.get(...parameters)
    return row === undefined ? undefined : plain(row)
  }

  *iterate(...parameters: readonly SQLInputValue[]): IterableIterator<SqliteRow> {
    for (const row of this.#statement.iterate(...parameters)) yield plain(row)
  }

  run(...parameters: readonly SQLInputValue[]): SqliteChange {
    return this.#statement.run(...parameters)
  }
}

/**
 * A database over Node's built-in SQLite with the face of better-sqlite3, as far as TypeORM uses it: no compiler is needed to install it.
 * Booleans are bound by TypeORM as 0 and 1.
 */
export class NodeSqliteDatabase {
  readonly #database: DatabaseSync
  constructor(readonly name: string, options: NodeSqliteOptions = {}) {
    if (options.fileMustExist === true && name !== ':memory:' && !existsSync(name)) throw new Error(`there is no database file ${name}`)
    this.#database = new DatabaseSync(name, {
      readOnly: options.readonly ?? false,
      timeout: options.timeout ?? 5_000,
      enableForeignKeyConstraints: true,
    })
  }

  get open(): boolean {
    return this.#database.isOpen
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction
  }

  prepare(sql: string): NodeSqliteStatement {
    return new NodeSqliteStatement(this.#database.prepare(sql), sql)
  }

  exec(sql: string): this {
    this.#database.exec(sql)
    return this
  }

  /** Answers the rows of the pragma; with `simple` the first column of the first row. */
  pragma(text: string, options: { readonly simple?: boolean } = {}): SQLOutputValue | undefined | SqliteRow[] {
    const rows = this.prepare(`PRAGMA ${text}`).all()
    return options.simple === true ? Object.values(rows[0] ?? {})[0] : rows
  }

  /** Wraps `work` into a transaction: committed when it returns, rolled back when it throws. */
  transaction<A extends readonly unknown[], T>(work: (...input: A) => T): (...input: A) => T {
    return (...input) => {
      this.exec('BEGIN')
      try {
        const answer = work(...input)
        this.exec('COMMIT')
        return answer
      } catch (error) {
        if (this.inTransaction) this.exec('ROLLBACK')
        throw error
      }
    }
  }

  close(): this {
    if (this.#database.isOpen) this.#database.close()
    return this
  }
}

/** Rows of node:sqlite have no prototype; some of TypeORM's code asks for one. */
const plain = (row: Record<string, SQLOutputValue>): SqliteRow => ({ ...row })
