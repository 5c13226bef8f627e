import type { Compute, Expand, Expression, Filter, Plan } from '@tributary/plan'
import { textLiteral } from '../sql-text.js'
import { type DecimalWidth, readValue, type SqlValue } from './column-sql.js'
import { expressionSql, predicateSql, Refused, type Resolve } from './expression-sql.js'
import { Names, type TableSql } from './names.js'

/** Rows in SQL: a query, and what the paths of the plan's columns are called in it. */
export interface Relation {
  readonly sql: string
  /** By path, its steps joined by `/`. */
  readonly columns: ReadonlyMap<string, SqlValue>
}

/** What a plan is printed with. */
export interface Printing {
  /** The rows that are given, by the node they are the rows of. */
  readonly tables: ReadonlyMap<Plan, TableSql>
  readonly width: DecimalWidth
  readonly names: Names
}

/** Paths that somebody above reads. */
export type Wanted = ReadonlySet<string>

/** What ends a statement whose to-one relationship met two rows. */
export const notUniqueMark = 'tributary:not-unique'

/** Finds paths in a relation. */
export const resolver = ({ columns }: Relation): Resolve => (path) => columns.get(path.join('/'))

/**
 * Rows of a plan over given rows, with the wanted columns: filters, computed columns and to-one expands.
 * @throws Refused
 */
export function relationOf(plan: Plan, wanted: Wanted, printing: Printing): Relation {
  const table = printing.tables.get(plan)
  if (table !== undefined) return leaf(table, wanted, printing)
  switch (plan.kind) {
    case 'filter': return filtered(plan, wanted, printing)
    case 'compute': return computed(plan, wanted, printing)
    case 'expand': return joined(plan, wanted, printing)
    default: throw new Refused(`the node ${plan.kind} is done in memory`)
  }
}

/** The columns of a file, each as the value it is to us, and the number of the row. */
function leaf(table: TableSql, wanted: Wanted, { width, names }: Printing): Relation {
  const columns = new Map<string, SqlValue>()
  const selected: string[] = []
  for (const { name, type } of table.columns.filter((column) => wanted.has(column.name))) {
    const value = readValue(table.quoted(name), type, width)
    if (value === undefined) throw new Refused(`the column ${name} of type ${type.name} is not compared there`)
    const alias = names.next('c')
    selected.push(`${value.sql} AS ${alias}`)
    columns.set(name, { ...value, sql: alias })
  }
  const number = names.next('n')
  columns.set(rowNumber, { sql: number, type: { name: 'Edm.Int64', collection: false, base: 'Edm.Int64' }, form: 'integer' })
  return { sql: `SELECT ${[...selected, `row_number() OVER () AS ${number}`].join(', ')} FROM ${table.rows(wanted)}`, columns }
}

/** The path of the number by which rows of the first input came; no property has such a name. */
export const rowNumber = '~row'

const reading = (wanted: Wanted, expressions: readonly Expression[]): Wanted => new Set([...wanted, ...expressions.flatMap(pathsOf)])

/** The paths an expression reads. */
export function pathsOf(expression: Expression): readonly string[] {
  switch (expression.kind) {
    case 'column': return [expression.path.join('/')]
    case 'unary': return pathsOf(expression.operand)
    case 'binary': return [...pathsOf(expression.left), ...pathsOf(expression.right)]
    case 'in': return [...pathsOf(expression.operand), ...expression.items.flatMap(pathsOf)]
    case 'call': return expression.arguments.flatMap(pathsOf)
    default: return []
  }
}

function filtered({ input, predicate }: Filter, wanted: Wanted, printing: Printing): Relation {
  const rows = relationOf(input, reading(wanted, [predicate]), printing)
  return { sql: `SELECT * FROM (${rows.sql}) WHERE ${predicateSql(predicate, resolver(rows), printing.width)}`, columns: rows.columns }
}

function computed({ input, computed: all }: Compute, wanted: Wanted, printing: Printing): Relation {
  const added = all.filter(({ column }) => wanted.has(column.name))
  const rows = relationOf(input, reading(wanted, added.map(({ expression }) => expression)), printing)
  const values = added.map(({ column, expression }) => ({ name: column.name, alias: printing.names.next('c'), value: expressionSql(expression, resolver(rows), printing.width) }))
  const columns = new Map(rows.columns)
  for (const { name, alias, value } of values) columns.set(name, { ...value, sql: alias })
  return { sql: `SELECT ${['*', ...values.map(({ alias, value }) => `${value.sql} AS ${alias}`)].join(', ')} FROM (${rows.sql})`, columns }
}

/**
 * A to-one expand: at most one related row a key, and none for null. A key that several related rows have ends the statement once a row
 * seeks it.
 */
function joined({ input, navigation, on, related }: Expand, wanted: Wanted, printing: Printing): Relation {
  if (navigation.expanded?.toMany !== false) throw new Refused('rows of to-many navigations stay in memory')
  const prefix = `${navigation.name}/`
  const own = [...wanted].filter((path) => !path.startsWith(prefix))
  const theirs = [...wanted].filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length))
  if (own.includes(navigation.name)) throw new Refused('whole related rows stay in memory')
  const left = relationOf(input, new Set([...own, ...on.map(({ from }) => from)]), printing)
  const right = relationOf(related, new Set([...theirs, ...on.map(({ to }) => to)]), printing)
  const keys = on.map(({ from, to }) => matching(left.columns.get(from), right.columns.get(to)))
  const { names } = printing
  const [count, aliases] = [names.next('u'), theirs.map((path) => ({ path, alias: names.next('c'), value: required(right.columns.get(path)) }))]
  const grouped = keys.map(({ to }) => ({ to, alias: names.next('k') }))
  const single = `SELECT ${[...grouped.map(({ to, alias }) => `${to} AS ${alias}`), `count(*) AS ${count}`, ...aliases.map(({ alias, value }) => `any_value(${value.sql}) AS ${alias}`)].join(', ')} FROM (${right.sql}) GROUP BY ${keys.map(({ to }) => to).join(', ')}`
  const unique = `CASE WHEN ${count} > 1 THEN error(${textLiteral(`${notUniqueMark}:${navigation.name}:`)} || CAST(to_json([${grouped.map(({ alias }) => `CAST(${alias} AS VARCHAR)`).join(', ')}]) AS VARCHAR)) END`
  const [l, r, check] = [names.next('l'), names.next('r'), names.next('x')]
  const condition = keys.map(({ from }, index) => `${l}.${from} = ${r}.${grouped[index]?.alias ?? ''}`).join(' AND ')
  const sql = `SELECT ${l}.*, ${[...aliases.map(({ alias }) => `${r}.${alias}`), `${unique} AS ${check}`].join(', ')} FROM (${left.sql}) ${l} LEFT JOIN (${single}) ${r} ON ${condition}`
  const columns = new Map([...left.columns, ...aliases.map(({ path, alias, value }) => [`${prefix}${path}`, { ...value, sql: alias }] as const)])
  return { sql: `SELECT * FROM (${sql}) WHERE ${check} IS NULL`, columns }
}

const required = (value: SqlValue | undefined): SqlValue => {
  if (value === undefined) throw new Refused('a related column is not there')
  return value
}

/** Both sides of a join pair: of one kind, or whole numbers of any size. */
function matching(from: SqlValue | undefined, to: SqlValue | undefined): { readonly from: string; readonly to: string } {
  const [a, b] = [required(from), required(to)]
  if (a.form !== b.form || a.form === 'decimal' || (a.form === 'exact' && a.type.base !== b.type.base)) throw new Refused(`a join of ${a.type.name} with ${b.type.name}`)
  return { from: a.sql, to: b.sql }
}
