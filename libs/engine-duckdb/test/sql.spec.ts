import {
  aggregate, binary, call, column, concat, constantRows, decimalType, expand, expandedColumn, filter, int32Type, limit, literal, orderKey, semiJoin, sort, stringType, type Aggregate, type Column, type Plan,
} from '@tributary/plan'
import { wide } from '../src/statement/column-sql.js'
import { Refused } from '../src/statement/refused.js'
import type { Dialect } from '../src/statement/dialect.js'
import { duckdbDialect } from '../src/statement/duckdb-dialect.js'
import type { TableSql } from '../src/statement/names.js'
import { planSql } from '../src/statement/plan-sql.js'
import { identifier, textLiteral } from '../src/sql-text.js'
import { sortQuery } from '../src/row-sorter.js'

const orders: readonly Column[] = [{ name: 'Customer', type: stringType }, { name: 'Amount', type: decimalType }, { name: 'Size', type: int32Type }]
const customers: readonly Column[] = [{ name: 'Id', type: stringType }, { name: 'Land', type: stringType }]
const [left, right] = [constantRows(orders, []), constantRows(customers, [])]
const table = (name: string, columns: readonly Column[]): TableSql => ({ columns, quoted: identifier, rows: (names) => `${name}(${[...names].filter((one) => columns.some((known) => known.name === one)).join(', ')})` })
const tables = new Map<Plan, TableSql>([[left, table('orders', orders)], [right, table('customers', customers)]])

const land = column(stringType, '~Customer', 'Land')
const joined = expand(left, { navigation: expandedColumn('~Customer', 'T.Customer', { toMany: false, columns: customers, visible: ['Land'] }), on: [{ from: 'Customer', to: 'Id' }], related: right })
const text = (name: string): Column => ({ name, type: stringType })
const number = (name: string): Column => ({ name, type: decimalType })
/** How many rows each customer has. */
const counted = (input: Plan): Aggregate => aggregate(input, {
  groups: [{ path: ['Customer'], expression: column(stringType, 'Customer') }], measures: [{ column: number('N'), method: 'count' }], columns: [text('Customer'), number('N')],
})
const size = `CASE WHEN "Size" IS NULL THEN NULL WHEN (CAST(TRY_CAST("Size" AS BIGINT) AS VARCHAR) = "Size") THEN CAST("Size" AS BIGINT) ELSE error('tributary:declined') END`
const whole = (rows: string, number: string, columns: readonly string[]): string => `SELECT CAST(to_json([${columns.map((one) => `CAST(${one} AS VARCHAR)`).join(', ')}]) AS VARCHAR) FROM (${rows}) ORDER BY ${number} ASC`

describe('the SQL of a plan', () => {
  const plan = aggregate(filter(joined, binary('ne', land, literal(stringType, "l'Aquila"))), {
    groups: [{ path: ['Land'], expression: land }],
    measures: [{ column: number('Total'), method: 'sum', expression: column(decimalType, 'Amount') }, { column: number('Mean'), method: 'average', expression: column(int32Type, 'Size') }],
    columns: [text('Land'), number('Total'), number('Mean')],
  })

  it('joins each row with at most one, checks what it reads, and numbers the rows', () => {
    const amount = `CASE WHEN "Amount" IS NULL THEN NULL WHEN (length("Amount") <= 12 AND NOT contains(lower("Amount"), 'e') AND (strpos("Amount", '.') = 0 OR length("Amount") - strpos("Amount", '.') <= 6)) THEN CAST("Amount" AS DECIMAL(18, 6)) ELSE error('tributary:declined') END`
    const rows = `SELECT "Customer" AS c1, ${amount} AS c2, "Amount" AS c3, ${size} AS c4, row_number() OVER () AS n5 FROM orders(Amount, Size, Customer)`
    const related = `SELECT c6 AS k11, count(*) AS u9, any_value(c7) AS c10 FROM (SELECT "Id" AS c6, "Land" AS c7, row_number() OVER () AS n8 FROM customers(Land, Id)) GROUP BY c6`
    const unique = `CASE WHEN u9 > 1 THEN error(('tributary:not-unique:~Customer:' || CAST(to_json([CAST(k11 AS VARCHAR)]) AS VARCHAR))) END`
    const both = `SELECT l12.*, r13.c10, ${unique} AS x14 FROM (${rows}) l12 LEFT JOIN (${related}) r13 ON l12.c1 = r13.k11`
    const kept = `SELECT * FROM (SELECT * FROM (${both}) WHERE x14 IS NULL) WHERE (NOT (c10 IS NOT DISTINCT FROM 'l''Aquila'))`
    const groups = `SELECT c10 AS c15, sum(c2) AS c16, sum(c4) AS c17, count(c4) AS c18, min(n5) AS n19 FROM (${kept}) GROUP BY c10`
    expect(planSql(plan, tables)).toEqual({ sql: whole(groups, 'n19', ['c15', 'c16', 'c17', 'c18']), parts: ['text', 'exact', 'quotient'] })
  })

  it('shows the text of the first row of a group, and of an extreme, where equal values may be written in several ways', () => {
    const amounts = aggregate(left, {
      groups: [{ path: ['Amount'], expression: column(decimalType, 'Amount') }], measures: [{ column: number('Most'), method: 'max', expression: column(decimalType, 'Amount') }], columns: [number('Amount'), number('Most')],
    })
    const { sql, parts } = planSql(amounts, tables)
    expect(parts).toEqual(['text', 'text'])
    expect(sql).toContain("arg_min(CASE WHEN CASE WHEN c1 IS NULL THEN NULL ELSE 0 END IS NULL THEN NULL ELSE c2 END, {'v': CASE WHEN c1 IS NULL THEN NULL ELSE 0 END, 'n': n3})")
    expect(sql).toContain("max(c1) AS c6, arg_max(CASE WHEN c1 IS NULL THEN NULL ELSE c2 END, {'v': c1, 'n': -n3})")
  })

  it('is written in the words of its dialect', () => {
    const other: Dialect = { ...duckdbDialect, identifier: (name) => `[${name}]`, fails: (message) => `RAISE ${message}`, decimal: (value, { digits }) => `DEC(${value}, ${digits})`, arrayOf: (texts) => `ARRAY(${texts.join(', ')})` }
    const { sql } = planSql(plan, tables, { dialect: other })
    for (const word of ['RAISE ', 'DEC("Amount", 18)', 'ARRAY(']) expect(sql).toContain(word)
    for (const word of ['error(', 'AS DECIMAL', 'to_json']) expect(sql).not.toContain(word)
    expect(Object.isFrozen(duckdbDialect)).toBe(true)
  })

  it('computes decimals in 128 bits when told to', () => {
    expect(planSql(plan, tables, { width: wide }).sql).toContain('CAST("Amount" AS DECIMAL(38, 12))')
  })

  it('sorts groups with nulls lowest, and keeps the first of them', () => {
    const top = limit(sort(counted(left), [orderKey(column(decimalType, 'N'), true), orderKey(column(stringType, 'Customer'))]), 5, 10)
    const groups = 'SELECT c1 AS c3, count(*) AS c4, min(n2) AS n5 FROM (SELECT "Customer" AS c1, row_number() OVER () AS n2 FROM orders(Customer)) GROUP BY c1'
    const order = 'c4 DESC NULLS LAST, c3 ASC NULLS FIRST, n5 ASC'
    expect(planSql(top, tables).sql).toBe(whole(`SELECT *, row_number() OVER (ORDER BY ${order}) AS n6 FROM (SELECT * FROM (${groups}) ORDER BY ${order} LIMIT 10 OFFSET 5)`, 'n6', ['c3', 'c4']))
    const rest = limit(counted(left), 5)
    expect(planSql(rest, tables).sql).toBe(whole(`SELECT * FROM (${groups}) ORDER BY n5 ASC OFFSET 5`, 'n5', ['c3', 'c4']))
  })

  it.each([[false, ''], [true, 'NOT ']])('keeps rows by those they are related to (anti: %s)', (anti, not) => {
    const kept = semiJoin(left, { on: [{ from: 'Customer', to: 'Id' }], related: right, anti })
    const rows = `SELECT * FROM (SELECT "Customer" AS c1, row_number() OVER () AS n2 FROM orders(Customer)) l5 WHERE ${not}EXISTS (SELECT 1 FROM (SELECT "Id" AS c3, row_number() OVER () AS n4 FROM customers(Id)) r6 WHERE l5.c1 = r6.c3)`
    expect(planSql(counted(kept), tables).sql).toBe(whole(`SELECT c1 AS c7, count(*) AS c8, min(n2) AS n9 FROM (${rows}) GROUP BY c1`, 'n9', ['c7', 'c8']))
  })

  it('puts rows behind one another, and numbers them anew', () => {
    const both = concat([sort(left, [orderKey(column(int32Type, 'Size'))]), left], orders)
    const sorted = `SELECT *, row_number() OVER (ORDER BY c5 ASC NULLS FIRST, n6 ASC) AS n7 FROM (SELECT "Customer" AS c4, ${size} AS c5, row_number() OVER () AS n6 FROM orders(Customer, Size))`
    const union = `SELECT c4 AS c1, 0 AS p2, n7 AS n3 FROM (${sorted}) UNION ALL SELECT c9 AS c1, 1 AS p2, n10 AS n3 FROM (SELECT "Customer" AS c9, row_number() OVER () AS n10 FROM orders(Customer))`
    const rows = planSql(counted(both), tables).sql
    expect(rows).toContain('UNION ALL')
    expect(rows.replaceAll(/\b([cpnlr])\d+/g, '$1')).toBe(whole(`SELECT c1 AS c1, count(*) AS c1, min(n1) AS n1 FROM (SELECT *, row_number() OVER (ORDER BY p2 ASC, n3 ASC) AS n1 FROM (${union})) GROUP BY c1`, 'n1', ['c1', 'c1']).replaceAll(/\b([cpnlr])\d+/g, '$1'))
  })

  it('groups groups', () => {
    const distinct = aggregate(left, { groups: [{ path: ['Customer'], expression: column(stringType, 'Customer') }], measures: [], columns: [text('Customer')] })
    const all = aggregate(distinct, { groups: [], measures: [{ column: number('N'), method: 'count' }], columns: [number('N')] })
    const inner = 'SELECT c1 AS c3, min(n2) AS n4 FROM (SELECT "Customer" AS c1, row_number() OVER () AS n2 FROM orders(Customer)) GROUP BY c1'
    expect(planSql(all, tables).sql).toBe(whole(`SELECT count(*) AS c5, min(n4) AS n6 FROM (${inner})`, 'n6', ['c5']))
  })

  it.each<[string, Plan, RegExp]>([
    ['rows that are carried as they are', sort(left, [orderKey(column(stringType, 'Customer'))]), /whole rows/],
    ['a count beside rows', limit(sort(counted(left), [orderKey(column(decimalType, 'N'))]), 0, 5, true), /count/],
    ['an order by a mean', sort(plan, [orderKey(column(decimalType, 'Mean'))]), /Mean/],
    ['cases of letters', aggregate(left, { groups: [{ path: ['Lower'], expression: call('tolower', stringType, column(stringType, 'Customer')) }], measures: [], columns: [text('Lower')] }), /tolower/],
    ['columns that not all rows have', counted(concat([left, right], [...orders, ...customers])), /Customer/],
  ])('refuses %s', (_, refused, why) => {
    expect(() => planSql(refused, tables)).toThrow(Refused)
    expect(() => planSql(refused, tables)).toThrow(why)
  })

  it('sorts with nulls lowest, and rows of equal keys as they came', () => {
    expect(sortQuery('spooled', { descending: [false, true], together: false })).toBe('SELECT "r" FROM spooled ORDER BY "k0" ASC NULLS FIRST, "k1" DESC NULLS LAST, "n" ASC')
  })

  it('takes any text for a name or a constant', () => {
    expect([identifier('a"; DROP TABLE x; --'), textLiteral("'; DROP TABLE x; --")]).toEqual(['"a""; DROP TABLE x; --"', "'''; DROP TABLE x; --'"])
  })
})
