import { indexTokens, searchFields, type SearchDocument, type SearchField, type SearchTerm } from '@tributary/catalog'
import type { Dialect } from './dialect.js'

const quoted = (token: string): string => `'${token}'`

const form = (parts: readonly string[], prefix: boolean): string =>
  parts.map((part, index) => (prefix && index === parts.length - 1 ? `${quoted(part)}:*` : quoted(part))).join(' & ')

function term({ whole, parts, prefix }: SearchTerm): string {
  return parts.length === 0 ? form([whole], prefix) : `(${form([whole], prefix)} | (${form(parts, prefix)}))`
}

/** Weights of the fields; PostgreSQL has four. */
const weights: Readonly<Record<SearchField, 'A' | 'B' | 'C' | 'D'>> = Object.freeze({ name: 'A', title: 'A', tags: 'B', description: 'C', service: 'D' })
/** The highest position a tsvector keeps. */
const lastPosition = 16_383

/** A tsvector's text: our own tokens with position and weight, so that no parser or dictionary of the server has a say. */
function vectorText(document: SearchDocument): string {
  const tokens = indexTokens(document)
  const entries = searchFields.flatMap((field) => tokens[field].map((token) => ({ token, weight: weights[field] })))
  return entries.map(({ token, weight }, index) => `${quoted(token)}:${Math.min(index + 1, lastPosition)}${weight}`).join(' ')
}

/** Full text over a GIN index. @see PostgreSQL documentation, chapter 12 */
export const postgresDialect: Dialect = Object.freeze({
  readIsolation: 'REPEATABLE READ',
  placeholder: (position: number) => `$${position}`,
  arrayHolds: (column: string, placeholder: string) => `jsonb_exists(${column}::jsonb, ${placeholder})`,
  arrayRows: (column: string) => `jsonb_array_elements_text(${column}::jsonb) AS held(value)`,
  async addTokens(manager, documents) {
    const values = documents.flatMap(({ rowId, document }) => [rowId, vectorText(document)])
    const rows = documents.map((_, index) => `($${index * 2 + 1}, $${index * 2 + 2}::tsvector)`).join(', ')
    await manager.query(`INSERT INTO search_text (document_id, tokens) VALUES ${rows}`, values)
  },
  async removeTokens(manager, slug) {
    await manager.query('DELETE FROM search_text WHERE document_id IN (SELECT id FROM search_document WHERE slug = $1)', [slug])
  },
  textJoin: 'JOIN search_text t ON t.document_id = d.id',
  textQuery: (terms: readonly SearchTerm[]) => terms.map(term).join(' & '),
  textMatches: (placeholder: string) => `t.tokens @@ ${placeholder}::tsquery`,
  textScore: (bindQuery: () => string) => `ts_rank('{0.1, 0.2, 0.5, 1.0}', t.tokens, ${bindQuery()}::tsquery)`,
} satisfies Dialect)
