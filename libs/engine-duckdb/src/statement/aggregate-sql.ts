import type { Aggregate, Measure } from '@tributary/plan'
import { type SqlValue } from './column-sql.js'
import { expressionSql } from './expression-sql.js'
import { Refused } from './refused.js'
import { numberOf, numbering, pathsOf, type PrintRelation, type Printing, type Relation, resolver, rowNumber, selectedAs, type Wanted } from './relation-sql.js'

/** One row per group, numbered by its first row; the values of groups stand at their paths, measures at their names. Only what is exact there is printed. */
export function aggregatedRelation({ input, groups, measures }: Aggregate, wanted: Wanted, printing: Printing, print: PrintRelation): Relation {
  const computed = measures.filter(({ column }) => wanted.has(column.name))
  const expressions = [...groups.map(({ expression }) => expression), ...computed.flatMap(({ expression, per }) => [expression, per])]
  const read = expressions.flatMap((expression) => (expression === undefined ? [] : pathsOf(expression)))
  const rows = print(input, new Set(read), printing)
  const measuring: Measuring = {
    printing, number: numberOf(rows),
    value(expression) {
      if (expression === undefined) throw new Refused('nothing is measured')
      return expressionSql(expression, resolver(rows), printing)
    },
  }
  const columns = new Map<string, SqlValue>()
  const selected: string[] = []
  const keys = groups.map(({ path, expression }) => {
    const key = measuring.value(expression)
    columns.set(path.join('/'), selectedAs({ ...key, ...shownOfGroup(key, measuring) }, selected, printing))
    return key.sql
  })
  for (const measure of computed) columns.set(measure.column.name, selectedAs(measureSql(measure, measuring), selected, printing))
  const number = printing.names.next('n')
  selected.push(`min(${numberOf(rows)}) AS ${number}`)
  columns.set(rowNumber, numbering(number))
  return { sql: `SELECT ${selected.join(', ')} FROM (${rows.sql})${keys.length === 0 ? '' : ` GROUP BY ${keys.join(', ')}`}`, columns }
}

interface Measuring {
  readonly printing: Printing
  /** The number of a row. */
  readonly number: string
  readonly value: (expression: Measure['expression']) => SqlValue
}

/** A group shows the text of its first row. */
const shownOfGroup = ({ sql, text }: SqlValue, { printing: { dialect }, number }: Measuring): Pick<SqlValue, 'text'> =>
  (text === undefined ? {} : { text: dialect.textOfExtreme('min', { text, value: `CASE WHEN ${sql} IS NULL THEN NULL ELSE 0 END`, number }) })

/** Averages are sums and counts, which we divide. An extreme shows the text of the first row that has it. */
function measureSql({ method, expression, per, column: { type: resultType } }: Measure, { value, printing: { dialect }, number }: Measuring): SqlValue {
  const counted = (sql: string): SqlValue => ({ sql, type: resultType, form: 'integer', shown: 'text' })
  if (method === 'count' || expression === undefined) return counted('count(*)')
  const measured = value(expression)
  const { sql, form, type, text } = measured
  switch (method) {
    case 'countdistinct': return counted(`count(DISTINCT ${sql})`)
    case 'min': case 'max': return { ...measured, sql: `${method}(${sql})`, ...(text === undefined ? {} : { text: dialect.textOfExtreme(method, { text, value: sql, number }) }) }
    case 'sum': case 'average': {
      if (form !== 'decimal' && form !== 'integer') throw new Refused(`the ${method} of ${type.name}`)
      if (method === 'sum') return { sql: `sum(${sql})`, type: resultType, form, shown: 'exact' }
      return { sql: `sum(${sql})`, type: resultType, form: 'quotient', shown: 'quotient', count: per === undefined ? `count(${sql})` : `sum(${value(per).sql})` }
    }
    default: throw new Refused(`the method ${String(method)}`)
  }
}
