import type { Aggregate, Measure } from '@tributary/plan'
import { narrow, type SqlValue, type DecimalWidth } from './column-sql.js'
import { expressionSql, Refused } from './expression-sql.js'
import { Names } from './names.js'
import { pathsOf, type Printing, relationOf, resolver, rowNumber } from './relation-sql.js'

/** A statement, and how its columns make groups. */
export interface AggregateSql {
  readonly sql: string
  readonly groups: readonly TextForm[]
  /** A `quotient` takes two columns, all others one. */
  readonly measures: readonly TextForm[]
}

/** What texts of a result stand for: themselves, an exact number, a number of few digits, a truth value, or a sum and a count. */
export type TextForm = 'text' | 'exact' | 'number' | 'truth' | 'quotient'

/**
 * An aggregation in SQL: one JSON array of texts a group, by the number of its first row. Only what is exact there is printed; averages are
 * sums and counts, which we divide.
 * @throws Refused
 */
export function aggregateSql({ input, groups, measures }: Aggregate, tables: Printing['tables'], width: DecimalWidth = narrow): AggregateSql {
  const printing: Printing = { tables, width, names: new Names() }
  const read = [...groups, ...measures].flatMap(({ expression }) => (expression === undefined ? [] : pathsOf(expression)))
  const rows = relationOf(input, new Set(read), printing)
  const value = (expression: Measure['expression']): SqlValue => {
    if (expression === undefined) throw new Refused('nothing is measured')
    return expressionSql(expression, resolver(rows), width)
  }
  const values = groups.map(({ expression }) => value(expression))
  const keys = values.map(keySql)
  const computed = measures.map((measure) => measureSql(measure, value))
  const first = rows.columns.get(rowNumber)?.sql
  const order = keys.length === 0 || first === undefined ? '' : ` GROUP BY ${keys.join(', ')} ORDER BY min(${first})`
  const columns = [...keys, ...computed.flatMap(({ sql }) => sql)].map((one) => `CAST(${one} AS VARCHAR)`)
  return { sql: `SELECT CAST(to_json([${columns.join(', ')}]) AS VARCHAR) FROM (${rows.sql})${order}`, groups: values.map(textForm), measures: computed.map(({ form }) => form) }
}

/** Groups show the text of their first row: only where all rows of a group have the same one is it known here. */
const keySql = ({ sql, form, type }: SqlValue): string => {
  if (form === 'decimal') throw new Refused(`groups by ${type.name}`)
  return sql
}

/** Int64 is its text, smaller integers are numbers. */
const textForm = ({ form, type }: SqlValue): TextForm => (form === 'boolean' ? 'truth' : form === 'integer' && type.base !== 'Edm.Int64' ? 'number' : 'text')

interface MeasureSql {
  readonly sql: readonly string[]
  readonly form: TextForm
}

function measureSql({ method, expression }: Measure, value: (expression: Measure['expression']) => SqlValue): MeasureSql {
  if (method === 'count' || expression === undefined) return { sql: ['count(*)'], form: 'text' }
  const measured = value(expression)
  const { sql, form, type } = measured
  switch (method) {
    case 'countdistinct': return { sql: [`count(DISTINCT ${sql})`], form: 'text' }
    case 'min': case 'max':
      if (form === 'decimal' || form === 'boolean') throw new Refused(`the ${method} of ${type.name}`)
      return { sql: [`${method}(${sql})`], form: textForm(measured) }
    case 'sum': case 'average': {
      if (form !== 'decimal' && form !== 'integer') throw new Refused(`the ${method} of ${type.name}`)
      return method === 'sum' ? { sql: [`sum(${sql})`], form: 'exact' } : { sql: [`sum(${sql})`, `count(${sql})`], form: 'quotient' }
    }
    default: throw new Refused(`the method ${String(method)}`)
  }
}
