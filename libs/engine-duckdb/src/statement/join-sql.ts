import type { Expand, SemiJoin } from '@tributary/plan'
import type { SqlValue } from './column-sql.js'
import type { Dialect } from './dialect.js'
import { Refused } from './refused.js'
import { type PrintRelation, type Printing, type Relation, required, selectedAs, type Wanted } from './relation-sql.js'

/** What ends a statement whose to-one relationship met two rows. */
export const notUniqueMark = 'tributary:not-unique'

/**
 * A to-one expand: at most one related row a key, and none for null. A key that several related rows have ends the statement once a row
 * seeks it.
 */
export function joinedRelation({ input, navigation, on, related }: Expand, wanted: Wanted, printing: Printing, print: PrintRelation): Relation {
  if (navigation.expanded?.toMany !== false) throw new Refused('rows of to-many navigations stay in memory')
  const prefix = `${navigation.name}/`
  const own = [...wanted].filter((path) => !path.startsWith(prefix))
  const theirs = [...wanted].filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length))
  if (own.includes(navigation.name)) throw new Refused('whole related rows stay in memory')
  const left = print(input, new Set([...own, ...on.map(({ from }) => from)]), printing)
  const right = print(related, new Set([...theirs, ...on.map(({ to }) => to)]), printing)
  const keys = on.map(({ from, to }) => matching(left.columns.get(from), right.columns.get(to)))
  const { names, dialect } = printing
  const count = names.next('u')
  const found: string[] = []
  const shown = theirs.map((path) => [`${prefix}${path}`, selectedAs(anyOf(required(right.columns.get(path)), dialect), found, printing)] as const)
  const grouped = keys.map(({ to }) => ({ to, alias: names.next('k') }))
  const single = `SELECT ${[...grouped.map(({ to, alias }) => `${to} AS ${alias}`), `count(*) AS ${count}`, ...found].join(', ')} FROM (${right.sql}) GROUP BY ${keys.map(({ to }) => to).join(', ')}`
  const unique = `CASE WHEN ${count} > 1 THEN ${dialect.fails(dialect.texts.concatenated(dialect.textLiteral(`${notUniqueMark}:${navigation.name}:`), dialect.arrayOf(grouped.map(({ alias }) => dialect.asText(alias)))))} END`
  const [l, r, check] = [names.next('l'), names.next('r'), names.next('x')]
  const condition = keys.map(({ from }, index) => `${l}.${from} = ${r}.${grouped[index]?.alias ?? ''}`).join(' AND ')
  const sql = `SELECT ${l}.*, ${[...shown.flatMap(([, { sql: alias, text }]) => [alias, ...(text === undefined ? [] : [text])].map((one) => `${r}.${one}`)), `${unique} AS ${check}`].join(', ')} FROM (${left.sql}) ${l} LEFT JOIN (${single}) ${r} ON ${condition}`
  return { sql: `SELECT * FROM (${sql}) WHERE ${check} IS NULL`, columns: new Map([...left.columns, ...shown]) }
}

/** Of the one row that a key has. */
const anyOf = (value: SqlValue, { any }: Dialect): SqlValue => ({ ...value, sql: any(value.sql), ...(value.text === undefined ? {} : { text: any(value.text) }) })

/** The rows that have a related row, or with `anti` those that have none: null is related to nothing. */
export function semiJoinedRelation({ input, on, related, anti }: SemiJoin, wanted: Wanted, printing: Printing, print: PrintRelation): Relation {
  const left = print(input, new Set([...wanted, ...on.map(({ from }) => from)]), printing)
  const right = print(related, new Set(on.map(({ to }) => to)), printing)
  const [l, r] = [printing.names.next('l'), printing.names.next('r')]
  const condition = on.map((pair) => matching(left.columns.get(pair.from), right.columns.get(pair.to))).map(({ from, to }) => `${l}.${from} = ${r}.${to}`)
  return { sql: `SELECT * FROM (${left.sql}) ${l} WHERE ${anti ? 'NOT ' : ''}EXISTS (SELECT 1 FROM (${right.sql}) ${r} WHERE ${condition.join(' AND ')})`, columns: left.columns }
}

/** Both sides of a join pair: of one kind, or whole numbers of any size. */
function matching(from: SqlValue | undefined, to: SqlValue | undefined): { readonly from: string; readonly to: string } {
  const [a, b] = [required(from), required(to)]
  if (a.form !== b.form || a.form === 'decimal' || a.form === 'double' || a.form === 'quotient' || (a.form === 'exact' && a.type.base !== b.type.base)) throw new Refused(`a join of ${a.type.name} with ${b.type.name}`)
  return { from: a.sql, to: b.sql }
}
