import { type Concat, type Limit, outputColumns, type Plan, type Sort } from '@tributary/plan'
import type { SqlValue } from './column-sql.js'
import { expressionSql } from './expression-sql.js'
import { Refused } from './refused.js'
import { numberOf, numbering, type PrintRelation, type Printing, reading, type Relation, required, resolver, rowNumber, type Wanted } from './relation-sql.js'

/** Rows numbered in the order of a sort: nulls lowest, text by code point, equal rows as they came. */
export function sortedRelation(node: Sort, wanted: Wanted, printing: Printing, print: PrintRelation): Relation {
  const { rows, order } = orderOf(node, wanted, printing, print)
  return renumbered(rows, rows.sql, order, printing)
}

/** The rows within a limit; over a sort those that are first by it, which only so many are kept for. */
export function limitedRelation(node: Limit, wanted: Wanted, printing: Printing, print: PrintRelation): Relation {
  const { input, skip, take, count } = node
  if (count) throw new Refused('a count beside rows')
  const within = `${take === undefined ? '' : `LIMIT ${take} `}OFFSET ${skip}`
  if (input.kind === 'sort') {
    const { rows, order } = orderOf(input, wanted, printing, print)
    return renumbered(rows, `SELECT * FROM (${rows.sql}) ORDER BY ${order} ${within}`, order, printing)
  }
  const rows = print(input, wanted, printing)
  return { ...rows, sql: `SELECT * FROM (${rows.sql}) ORDER BY ${numberOf(rows)} ASC ${within}` }
}

interface Ordered {
  readonly rows: Relation
  readonly order: string
}

function orderOf({ input, keys }: Sort, wanted: Wanted, printing: Printing, print: PrintRelation): Ordered {
  const rows = print(input, reading(wanted, keys.map(({ expression }) => expression)), printing)
  const order = keys.map(({ expression, descending }) => `${printing.dialect.ordered(expressionSql(expression, resolver(rows), printing).sql, descending)}`)
  return { rows, order: [...order, `${numberOf(rows)} ASC`].join(', ') }
}

function renumbered(rows: Relation, sql: string, order: string, { names }: Printing): Relation {
  const number = names.next('n')
  return { sql: `SELECT *, row_number() OVER (ORDER BY ${order}) AS ${number} FROM (${sql})`, columns: new Map([...rows.columns, [rowNumber, numbering(number)]]) }
}

/** The rows of all inputs, one after the other; a column that is wanted has to be in each of them, with one meaning. */
export function concatenatedRelation({ inputs, columns }: Concat, wanted: Wanted, printing: Printing, print: PrintRelation): Relation {
  const shown = new Set(columns.map(({ name }) => name))
  const paths = [...wanted].filter((path) => shown.has(path.split('/', 1)[0] ?? ''))
  const { names } = printing
  const aliases = new Map(paths.map((path) => [path, { value: names.next('c'), text: names.next('c') }]))
  const [part, row, number] = [names.next('p'), names.next('n'), names.next('n')]
  const meant = new Map<string, SqlValue>()
  const branches = inputs.map((input, index) => {
    const rows = print(input, wantedOf(input, paths), printing)
    const selected = [...aliases].flatMap(([path, alias]) => {
      const value = required(rows.columns.get(path))
      meant.set(path, sameMeaning(meant.get(path), { ...value, sql: alias.value, ...(value.text === undefined ? {} : { text: alias.text }) }))
      return [`${value.sql} AS ${alias.value}`, ...(value.text === undefined ? [] : [`${value.text} AS ${alias.text}`])]
    })
    return `SELECT ${[...selected, `${index} AS ${part}`, `${numberOf(rows)} AS ${row}`].join(', ')} FROM (${rows.sql})`
  })
  const sql = `SELECT *, row_number() OVER (ORDER BY ${part} ASC, ${row} ASC) AS ${number} FROM (${branches.join(' UNION ALL ')})`
  return { sql, columns: new Map([...meant, [rowNumber, numbering(number)]]) }
}

/** What an input has no column for is absent there, which is not null. @throws Refused */
function wantedOf(input: Plan, paths: readonly string[]): Wanted {
  const known = new Set(outputColumns(input).map(({ name }) => name))
  const missing = paths.find((path) => !known.has(path.split('/', 1)[0] ?? ''))
  if (missing !== undefined) throw new Refused(`${missing}, which not all rows have, is left to memory`)
  return new Set(paths)
}

function sameMeaning(a: SqlValue | undefined, b: SqlValue): SqlValue {
  if (b.form === 'quotient') throw new Refused('averages among other rows are left to memory')
  if (a === undefined) return b
  if (a.form !== b.form || a.type.base !== b.type.base || (a.text === undefined) !== (b.text === undefined)) throw new Refused(`${a.type.name} beside ${b.type.name} in one column`)
  return a.shown === b.shown ? a : { ...a, shown: undefined }
}
