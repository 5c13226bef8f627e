import type { FacetValue, SearchDocument, SearchFacets, SearchFilter, SearchMatches, SearchQuery } from '@tributary/catalog'
import type { EntityManager } from 'typeorm'
import type { Dialect } from './dialects/dialect.js'

/** A piece of SQL whose placeholders are numbered as they come. */
interface Condition {
  readonly sql: string
  readonly values: readonly unknown[]
}

/** A just name outranks every other match. */
const exactNameScore = 100

/** Searches the full-text index of the dialect. */
export async function searchRows(manager: EntityManager, dialect: Dialect, query: SearchQuery): Promise<SearchMatches> {
  const facets = {
    kind: await countBy(manager, dialect, query, 'kind'),
    environment: await countBy(manager, dialect, query, 'environment'),
    type: await countBy(manager, dialect, query, 'type'),
    tag: await countBy(manager, dialect, query, 'tag'),
  }
  const where = condition(dialect, query, 1, query.filter)
  const from = fromDocuments(dialect, query)
  const [counted] = await manager.query<{ count: number | string }[]>(`SELECT count(*) AS count FROM ${from} WHERE ${where.sql}`, [...where.values])
  return { total: Number(counted?.count ?? 0), documents: await bestRows(manager, dialect, query), facets }
}

async function bestRows(manager: EntityManager, dialect: Dialect, query: SearchQuery): Promise<SearchMatches['documents']> {
  const values: unknown[] = []
  const bind = (value: unknown): string => dialect.placeholder(values.push(value))
  const score = query.terms.length === 0 ? '0' : scoreOf(dialect, query, bind)
  const where = condition(dialect, query, values.length + 1, query.filter)
  values.push(...where.values)
  const page = `LIMIT ${bind(query.limit)} OFFSET ${bind(query.offset)}`
  const rows = await manager.query<{ document: string; score: number | string }[]>(
    `SELECT d.document AS document, ${score} AS score FROM ${fromDocuments(dialect, query)} WHERE ${where.sql} ORDER BY score DESC, d.name, d.document_id ${page}`,
    values,
  )
  return rows.map((row) => ({ document: JSON.parse(row.document) as SearchDocument, score: Number(row.score) }))
}

function scoreOf(dialect: Dialect, { terms }: SearchQuery, bind: (value: unknown) => string): string {
  const name = bind(terms.map(({ whole }) => whole).join(''))
  return `CASE WHEN d.folded_name = ${name} THEN ${exactNameScore} ELSE 0 END + ${dialect.textScore(() => bind(dialect.textQuery(terms)))}`
}

/** How many matches there are by value, the facet's own filter left aside. */
async function countBy(manager: EntityManager, dialect: Dialect, query: SearchQuery, facet: keyof SearchFacets): Promise<readonly FacetValue[]> {
  const { [facet]: _own, ...others } = query.filter
  const where = condition(dialect, query, 1, others)
  const rows = facet === 'tag' ? `, ${dialect.arrayRows('d.tags')}` : ''
  const value = facet === 'tag' ? 'held.value' : `d.${facet}`
  const counted = await manager.query<{ value: string; count: number | string }[]>(
    `SELECT ${value} AS value, count(*) AS count FROM ${fromDocuments(dialect, query)}${rows} WHERE ${where.sql} GROUP BY 1`,
    [...where.values],
  )
  const named = counted.filter((row) => row.value !== '').map((row) => ({ value: row.value, count: Number(row.count) }))
  return named.toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
}

const fromDocuments = (dialect: Dialect, query: SearchQuery): string =>
  query.terms.length === 0 ? 'search_document d' : `search_document d ${dialect.textJoin}`

function condition(dialect: Dialect, query: SearchQuery, firstPosition: number, filter: SearchFilter): Condition {
  const values: unknown[] = []
  const bind = (value: unknown): string => dialect.placeholder(firstPosition - 1 + values.push(value))
  const parts: string[] = []
  if (query.terms.length > 0) parts.push(dialect.textMatches(bind(dialect.textQuery(query.terms))))
  for (const column of ['kind', 'environment', 'type', 'owner', 'validated'] as const) {
    if (filter[column] !== undefined) parts.push(`d.${column} = ${bind(filter[column])}`)
  }
  if (filter.tag !== undefined) parts.push(dialect.arrayHolds('d.tags', bind(filter.tag)))
  if (filter.capability !== undefined) parts.push(dialect.arrayHolds('d.capabilities', bind(filter.capability)))
  return { sql: parts.length === 0 ? '1 = 1' : parts.join(' AND '), values }
}
