import { indexTokens, searchFields, type SearchTerm } from '@tributary/catalog'
import type { Dialect } from './dialect.js'

const quoted = (token: string): string => `"${token}"`

/** All parts must be met, the last one perhaps as a beginning. */
const form = (parts: readonly string[], prefix: boolean): string =>
  parts.map((part, index) => (prefix && index === parts.length - 1 ? `${quoted(part)}*` : quoted(part))).join(' AND ')

function term({ whole, parts, prefix }: SearchTerm): string {
  return parts.length === 0 ? form([whole], prefix) : `(${form([whole], prefix)} OR (${form(parts, prefix)}))`
}

/** FTS5: one row per document in a contentless index, ranked with BM25 by field. @see https://www.sqlite.org/fts5.html */
export const sqliteDialect: Dialect = Object.freeze({
  placeholder: () => '?',
  arrayHolds: (column: string, placeholder: string) => `EXISTS (SELECT 1 FROM json_each(${column}) held WHERE held.value = ${placeholder})`,
  arrayRows: (column: string) => `json_each(${column}) AS held`,
  async addTokens(manager, documents) {
    const values = documents.flatMap(({ rowId, document }) => {
      const tokens = indexTokens(document)
      return [rowId, ...searchFields.map((field) => tokens[field].join(' '))]
    })
    const rows = documents.map(() => '(?, ?, ?, ?, ?, ?)').join(', ')
    await manager.query(`INSERT INTO search_text (rowid, name, title, tags, description, service) VALUES ${rows}`, values)
  },
  async removeTokens(manager, slug) {
    await manager.query('DELETE FROM search_text WHERE rowid IN (SELECT id FROM search_document WHERE slug = ?)', [slug])
  },
  textJoin: 'JOIN search_text t ON t.rowid = d.id',
  textQuery: (terms: readonly SearchTerm[]) => terms.map(term).join(' AND '),
  textMatches: (placeholder: string) => `search_text MATCH ${placeholder}`,
  textScore: () => '-bm25(search_text, 10, 8, 6, 3, 1)',
} satisfies Dialect)
