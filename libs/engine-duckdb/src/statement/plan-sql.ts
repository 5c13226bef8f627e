import { type Column, outputColumns, type Plan } from '@tributary/plan'
import { aggregatedRelation } from './aggregate-sql.js'
import { narrow, type ShownForm, type Writing } from './column-sql.js'
import { duckdbDialect } from './duckdb-dialect.js'
import { Refused } from './refused.js'
import { joinedRelation, semiJoinedRelation } from './join-sql.js'
import { Names } from './names.js'
import { concatenatedRelation, limitedRelation, sortedRelation } from './order-sql.js'
import { computedRelation, filteredRelation, givenRelation, numberOf, type Printing, type Relation, type Wanted } from './relation-sql.js'

/** A statement whose one column is a JSON array of texts a row, and how these make rows. */
export interface PlanSql {
  readonly sql: string
  readonly parts: readonly RowPart[]
}

/** One value of a row; a `quotient` takes two texts, all others one. Or values within one. */
export type RowPart = ShownForm | readonly RowPart[]

/**
 * A plan over given rows as one statement: its rows by the plan's columns, in the plan's order.
 * @throws Refused
 */
export function planSql(plan: Plan, tables: Printing['tables'], { width = narrow, dialect = duckdbDialect }: Partial<Writing> = {}): PlanSql {
  if (!endsInGroups(plan)) throw new Refused('whole rows are carried as they are')
  const columns = outputColumns(plan)
  const rows = relationOf(plan, new Set(columns.flatMap((column) => pathsIn(column, ''))), { tables, width, dialect, names: new Names() })
  const texts: string[] = []
  const parts = columns.map((column) => partOf(column, '', { rows, texts }))
  return { sql: `SELECT ${dialect.arrayOf(texts.map((text) => dialect.asText(text)))} FROM (${rows.sql}) ORDER BY ${numberOf(rows)} ASC`, parts }
}

/** Rows of a plan over given rows, with the wanted columns. @throws Refused */
export function relationOf(plan: Plan, wanted: Wanted, printing: Printing): Relation {
  const table = printing.tables.get(plan)
  if (table !== undefined) return givenRelation(table, wanted, printing)
  switch (plan.kind) {
    case 'filter': return filteredRelation(plan, wanted, printing, relationOf)
    case 'compute': return computedRelation(plan, wanted, printing, relationOf)
    case 'expand': return joinedRelation(plan, wanted, printing, relationOf)
    case 'semiJoin': return semiJoinedRelation(plan, wanted, printing, relationOf)
    case 'sort': return sortedRelation(plan, wanted, printing, relationOf)
    case 'limit': return limitedRelation(plan, wanted, printing, relationOf)
    case 'concat': return concatenatedRelation(plan, wanted, printing, relationOf)
    case 'aggregate': return aggregatedRelation(plan, wanted, printing, relationOf)
    case 'transformation': case 'given': case 'remote': case 'remoteScan': case 'scan': case 'constantRows': throw new Refused(`the node ${plan.kind} is done in memory`)
  }
}

/** Groups and measures are values that the statement makes; what a source sent beside them is not read. */
function endsInGroups(plan: Plan): boolean {
  switch (plan.kind) {
    case 'aggregate': return true
    case 'filter': case 'sort': case 'limit': case 'compute': return endsInGroups(plan.input)
    case 'concat': return plan.inputs.every(endsInGroups)
    case 'expand': case 'semiJoin': case 'transformation': case 'given': case 'remote': case 'remoteScan': case 'scan': case 'constantRows': return false
  }
}

/** The values a column consists of. */
const pathsIn = ({ name, expanded }: Column, prefix: string): readonly string[] =>
  (expanded === undefined ? [`${prefix}${name}`] : expanded.columns.flatMap((inner) => pathsIn(inner, `${prefix}${name}/`)))

interface Texts {
  readonly rows: Relation
  /** What the statement selects, by and by. */
  readonly texts: string[]
}

function partOf({ name, expanded }: Column, prefix: string, { rows, texts }: Texts): RowPart {
  if (expanded !== undefined) return expanded.columns.map((inner) => partOf(inner, `${prefix}${name}/`, { rows, texts }))
  const value = rows.columns.get(`${prefix}${name}`)
  if (value?.shown === undefined) throw new Refused(`the text of ${prefix}${name} is not known there`)
  texts.push(value.text ?? value.sql, ...(value.count === undefined ? [] : [value.count]))
  return value.shown
}
