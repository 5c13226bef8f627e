import { aggregate, binary, column, constantRows, decimalType, expand, expandedColumn, filter, int32Type, literal, stringType, type Column, type Plan } from '@tributary/plan'
import { aggregateSql } from '../src/fragment/aggregate-sql.js'
import { wide } from '../src/fragment/column-sql.js'
import type { TableSql } from '../src/fragment/names.js'
import { identifier, textLiteral } from '../src/sql-text.js'
import { sortQuery } from '../src/row-sorter.js'

const orders: readonly Column[] = [{ name: 'Customer', type: stringType }, { name: 'Amount', type: decimalType }, { name: 'Size', type: int32Type }]
const customers: readonly Column[] = [{ name: 'Id', type: stringType }, { name: 'Land', type: stringType }]
const [left, right] = [constantRows(orders, []), constantRows(customers, [])]
const table = (name: string, columns: readonly Column[]): TableSql => ({ columns, quoted: identifier, rows: (names) => `${name}(${[...names].filter((one) => columns.some((known) => known.name === one)).join(', ')})` })
const tables = new Map<Plan, TableSql>([[left, table('orders', orders)], [right, table('customers', customers)]])

describe('the SQL of an aggregation', () => {
  const land = column(stringType, '~Customer', 'Land')
  const joined = expand(left, { navigation: expandedColumn('~Customer', 'T.Customer', { toMany: false, columns: customers, visible: ['Land'] }), on: [{ from: 'Customer', to: 'Id' }], related: right })
  const plan = aggregate(filter(joined, binary('ne', land, literal(stringType, "l'Aquila"))), {
    groups: [{ path: ['Land'], expression: land }],
    measures: [{ column: { name: 'Total', type: decimalType }, method: 'sum', expression: column(decimalType, 'Amount') }, { column: { name: 'Mean', type: decimalType }, method: 'average', expression: column(int32Type, 'Size') }],
    columns: [],
  })

  it('joins each row with at most one, checks what it reads, and numbers the rows', () => {
    const amount = `CASE WHEN "Amount" IS NULL THEN NULL WHEN (strlen("Amount") <= 12 AND NOT contains(lower("Amount"), 'e') AND (strpos("Amount", '.') = 0 OR strlen("Amount") - strpos("Amount", '.') <= 6)) THEN CAST("Amount" AS DECIMAL(18, 6)) ELSE error('tributary:declined') END`
    const size = `CASE WHEN "Size" IS NULL THEN NULL WHEN (CAST(TRY_CAST("Size" AS BIGINT) AS VARCHAR) = "Size") THEN CAST("Size" AS BIGINT) ELSE error('tributary:declined') END`
    const rows = `SELECT "Customer" AS c1, ${amount} AS c2, ${size} AS c3, row_number() OVER () AS n4 FROM orders(Amount, Size, Customer)`
    const related = `SELECT c5 AS k10, count(*) AS u8, any_value(c6) AS c9 FROM (SELECT "Id" AS c5, "Land" AS c6, row_number() OVER () AS n7 FROM customers(Land, Id)) GROUP BY c5`
    const unique = `CASE WHEN u8 > 1 THEN error('tributary:not-unique:~Customer:' || CAST(to_json([CAST(k10 AS VARCHAR)]) AS VARCHAR)) END`
    const both = `SELECT l11.*, r12.c9, ${unique} AS x13 FROM (${rows}) l11 LEFT JOIN (${related}) r12 ON l11.c1 = r12.k10`
    const kept = `SELECT * FROM (SELECT * FROM (${both}) WHERE x13 IS NULL) WHERE (NOT (c9 IS NOT DISTINCT FROM 'l''Aquila'))`
    expect(aggregateSql(plan, tables)).toEqual({
      sql: `SELECT CAST(to_json([CAST(c9 AS VARCHAR), CAST(sum(c2) AS VARCHAR), CAST(sum(c3) AS VARCHAR), CAST(count(c3) AS VARCHAR)]) AS VARCHAR) FROM (${kept}) GROUP BY c9 ORDER BY min(n4)`,
      groups: ['text'], measures: ['exact', 'quotient'],
    })
  })

  it('computes decimals in 128 bits when told to', () => {
    expect(aggregateSql(plan, tables, wide).sql).toContain('CAST("Amount" AS DECIMAL(38, 12))')
  })

  it('sorts with nulls lowest, and rows of equal keys as they came', () => {
    expect(sortQuery('spooled', { descending: [false, true], together: false })).toBe('SELECT "r" FROM spooled ORDER BY "k0" ASC NULLS FIRST, "k1" DESC NULLS LAST, "n" ASC')
  })

  it('takes any text for a name or a constant', () => {
    expect([identifier('a"; DROP TABLE x; --'), textLiteral("'; DROP TABLE x; --")]).toEqual(['"a""; DROP TABLE x; --"', "'''; DROP TABLE x; --'"])
  })
})
