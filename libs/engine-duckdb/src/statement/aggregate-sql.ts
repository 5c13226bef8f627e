import type { Aggregate, Measure } from '@tributary/plan'
import { type ShownForm, type SqlValue } from './column-sql.js'
import { expressionSql, Refused } from './expression-sql.js'
import { numberOf, numbering, pathsOf, type PrintRelation, type Printing, type Relation, resolver, rowNumber, type Wanted } from './relation-sql.js'

/** One row per group, numbered by its first row; the values of groups stand at their paths, measures at their names. Only what is exact there is printed. */
export function aggregatedRelation({ input, groups, measures }: Aggregate, wanted: Wanted, printing: Printing, print: PrintRelation): Relation {
  const { width, names } = printing
  const computed = measures.filter(({ column }) => wanted.has(column.name))
  const expressions = [...groups.map(({ expression }) => expression), ...computed.flatMap(({ expression, per }) => [expression, per])]
  const read = expressions.flatMap((expression) => (expression === undefined ? [] : pathsOf(expression)))
  const rows = print(input, new Set(read), printing)
  const value = (expression: Measure['expression']): SqlValue => {
    if (expression === undefined) throw new Refused('nothing is measured')
    return expressionSql(expression, resolver(rows), width)
  }
  const columns = new Map<string, SqlValue>()
  const selected: string[] = []
  const select = (sql: string): string => {
    const alias = names.next('c')
    selected.push(`${sql} AS ${alias}`)
    return alias
  }
  const keys = groups.map(({ path, expression }) => {
    const key = value(expression)
    const sql = keySql(key)
    columns.set(path.join('/'), { ...key, sql: select(sql) })
    return sql
  })
  for (const measure of computed) {
    const { sql, count, ...meaning } = measureSql(measure, value)
    columns.set(measure.column.name, { ...meaning, sql: select(sql), ...(count === undefined ? {} : { count: select(count) }) })
  }
  const number = names.next('n')
  selected.push(`min(${numberOf(rows)}) AS ${number}`)
  columns.set(rowNumber, numbering(number))
  return { sql: `SELECT ${selected.join(', ')} FROM (${rows.sql})${keys.length === 0 ? '' : ` GROUP BY ${keys.join(', ')}`}`, columns }
}

/** Groups show the text of their first row: only where all rows of a group have the same one is it known here. */
const keySql = ({ sql, form, type }: SqlValue): string => {
  if (form === 'decimal') throw new Refused(`groups by ${type.name}`)
  return sql
}

/** Averages are sums and counts, which we divide. */
function measureSql({ method, expression, per, column: { type: resultType } }: Measure, value: (expression: Measure['expression']) => SqlValue): SqlValue {
  const counted = (sql: string): SqlValue => ({ sql, type: resultType, form: 'integer', shown: 'text' })
  if (method === 'count' || expression === undefined) return counted('count(*)')
  const measured = value(expression)
  const { sql, form, type } = measured
  switch (method) {
    case 'countdistinct': return counted(`count(DISTINCT ${sql})`)
    case 'min': case 'max':
      if (form === 'decimal' || form === 'boolean') throw new Refused(`the ${method} of ${type.name}`)
      return { ...measured, sql: `${method}(${sql})` }
    case 'sum': case 'average': {
      if (form !== 'decimal' && form !== 'integer') throw new Refused(`the ${method} of ${type.name}`)
      const exact: ShownForm = 'exact'
      return method === 'sum' ? { sql: `sum(${sql})`, type: resultType, form, shown: exact } : { sql: `sum(${sql})`, type: resultType, form: 'quotient', shown: 'quotient', count: per === undefined ? `count(${sql})` : `sum(${value(per).sql})` }
    }
    default: throw new Refused(`the method ${String(method)}`)
  }
}
