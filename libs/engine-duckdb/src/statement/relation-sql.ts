import { type Compute, int64Type, type Expression, type Filter, type Plan } from '@tributary/plan'
import { readValue, type SqlValue, type Writing } from './column-sql.js'
import { expressionSql, predicateSql, type Resolve } from './expression-sql.js'
import { Refused } from './refused.js'
import { Names, type TableSql } from './names.js'

/** Rows in SQL: a query, and what the paths of the plan's columns are called in it. */
export interface Relation {
  readonly sql: string
  /** By path, its steps joined by `/`. */
  readonly columns: ReadonlyMap<string, SqlValue>
}

/** What a plan is printed with. */
export interface Printing extends Writing {
  /** The rows that are given, by the node they are the rows of. */
  readonly tables: ReadonlyMap<Plan, TableSql>
  readonly names: Names
}

/** Paths that somebody above reads. */
export type Wanted = ReadonlySet<string>

/** Finds paths in a relation. */
export const resolver = ({ columns }: Relation): Resolve => (path) => columns.get(path.join('/'))

/** Prints a part of a plan with the wanted columns. @throws Refused */
export type PrintRelation = (plan: Plan, wanted: Wanted, printing: Printing) => Relation

/** The columns of a file, each as the value it is to us, and the number of the row. */
export function givenRelation(table: TableSql, wanted: Wanted, printing: Printing): Relation {
  const { names } = printing
  const columns = new Map<string, SqlValue>()
  const selected: string[] = []
  for (const { name, type } of table.columns.filter((column) => wanted.has(column.name))) {
    const value = readValue(table.quoted(name), type, printing)
    if (value === undefined) throw new Refused(`the column ${name} of type ${type.name} is not compared there`)
    columns.set(name, selectedAs(value, selected, printing))
  }
  const number = names.next('n')
  columns.set(rowNumber, numbering(number))
  return { sql: `SELECT ${[...selected, `row_number() OVER () AS ${number}`].join(', ')} FROM ${table.rows(wanted)}`, columns }
}

/** The value under a name of its own, beside the text it is shown by. */
export function selectedAs(value: SqlValue, selected: string[], { names }: Pick<Printing, 'names'>): SqlValue {
  const as = (sql: string): string => {
    const alias = names.next('c')
    selected.push(`${sql} AS ${alias}`)
    return alias
  }
  return { ...value, sql: as(value.sql), ...(value.text === undefined ? {} : { text: as(value.text) }), ...(value.count === undefined ? {} : { count: as(value.count) }) }
}

/** The path of the number that rows are in the order of; no property has such a name. */
export const rowNumber = '~row'

/** The value of that path. */
export const numbering = (alias: string): SqlValue => ({ sql: alias, type: int64Type, form: 'integer', shown: undefined })

/** The number of a relation's rows. */
export const numberOf = (rows: Relation): string => required(rows.columns.get(rowNumber)).sql

/** A value that has to be there. @throws Refused */
export function required(value: SqlValue | undefined): SqlValue {
  if (value === undefined) throw new Refused('a column is not there as a value')
  return value
}

/** What is wanted, and what expressions read beside it. */
export const reading = (wanted: Wanted, expressions: readonly Expression[]): Wanted => new Set([...wanted, ...expressions.flatMap(pathsOf)])

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

/** The rows for which a predicate is true. */
export function filteredRelation({ input, predicate }: Filter, wanted: Wanted, printing: Printing, print: PrintRelation): Relation {
  const rows = print(input, reading(wanted, [predicate]), printing)
  return { sql: `SELECT * FROM (${rows.sql}) WHERE ${predicateSql(predicate, resolver(rows), printing)}`, columns: rows.columns }
}

/** Rows with computed columns more. */
export function computedRelation({ input, computed: all }: Compute, wanted: Wanted, printing: Printing, print: PrintRelation): Relation {
  const added = all.filter(({ column }) => wanted.has(column.name))
  const rows = print(input, reading(wanted, added.map(({ expression }) => expression)), printing)
  const selected = ['*']
  const columns = new Map(rows.columns)
  for (const { column, expression } of added) columns.set(column.name, selectedAs(expressionSql(expression, resolver(rows), printing), selected, printing))
  return { sql: `SELECT ${selected.join(', ')} FROM (${rows.sql})`, columns }
}
