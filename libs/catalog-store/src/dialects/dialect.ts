import type { SearchDocument, SearchTerm } from '@tributary/catalog'
import type { EntityManager } from 'typeorm'

/** A document and its row. */
export interface StoredDocument {
  readonly rowId: number
  readonly document: SearchDocument
}

/** What differs between SQLite and PostgreSQL once the schema is there. */
export interface Dialect {
  /** How reads see one moment; undefined: they do anyway. */
  readonly readIsolation?: 'REPEATABLE READ'
  /** A placeholder: `?` or `$3` (counted from 1). */
  placeholder(position: number): string
  /** A condition: the JSON array in `column` holds the text bound to `placeholder`. */
  arrayHolds(column: string, placeholder: string): string
  /** A FROM item `held` that gives one row with the column `value` for each text of the JSON array in `column`. */
  arrayRows(column: string): string
  /** Adds the tokens of some documents (a few hundred) to the full-text index. */
  addTokens(manager: EntityManager, documents: readonly StoredDocument[]): Promise<void>
  /** Removes the tokens of every document of a slug; called before the documents go. */
  removeTokens(manager: EntityManager, slug: string): Promise<void>
  /** Joins `search_text t` to `search_document d`. */
  readonly textJoin: string
  /** The full-text query as one bound text. Terms hold letters and digits only, so nothing can be smuggled in. */
  textQuery(terms: readonly SearchTerm[]): string
  /** A condition on `t`, over the query bound to `placeholder`. */
  textMatches(placeholder: string): string
  /** A number that is higher for a better match; `bindQuery` binds the query once more, where it is needed. */
  textScore(bindQuery: () => string): string
}
