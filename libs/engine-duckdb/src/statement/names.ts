import type { Column } from '@tributary/plan'

/** Gives names that occur once in a statement. */
export class Names {
  private given = 0

  next(prefix: string): string {
    this.given += 1
    return `${prefix}${this.given}`
  }
}

/** Given rows in SQL. */
export interface TableSql {
  readonly columns: readonly Column[]
  /** The table expression with the texts of these columns. */
  rows(names: ReadonlySet<string>): string
  /** A column's name. */
  quoted(name: string): string
}
