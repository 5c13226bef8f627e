import { DuckDBInstance } from '@duckdb/node-api'
import { type Column, compareValues, compile, equalValues, type Value } from '@tributary/plan'
import * as fc from 'fast-check'
import { type Both, expressions, types } from './both.js'
import { durationText, type Kind, sqlOf, sqlTypes, typed } from './values.js'

const kinds = Object.keys(sqlTypes) as readonly Kind[]
const columns: readonly Column[] = kinds.flatMap((kind) => [1, 2].map((number) => ({ name: `${kind}${number}`, type: types[kind] })))
const rowArbitrary = fc.tuple(...kinds.flatMap((kind) => [1, 2].map(() => fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 4, arbitrary: typed[kind] }))))
const rows: readonly (readonly Value[])[] = fc.sample(rowArbitrary, { numRuns: 40, seed: 20_241 })

type Database = Awaited<ReturnType<DuckDBInstance['connect']>>

async function openDatabase(): Promise<Database> {
  const database = await (await DuckDBInstance.create(':memory:')).connect()
  await database.run(`create table given (id integer, ${columns.map(({ name }) => `${name} ${sqlTypes[name.slice(0, -1) as Kind]}`).join(', ')})`)
  for (const [id, row] of rows.entries()) await database.run(`insert into given values (${id}, ${row.map((value, index) => sqlOf(kinds[index >> 1] ?? 'int', value)).join(', ')})`)
  return database
}

const answers = async (database: Database, sql: string): Promise<readonly unknown[]> => (await database.runAndReadAll(sql)).getColumns()[0] ?? []

/** DuckDB's answer as the text our values have. */
function valueOf(kind: Kind, answer: unknown): Value {
  if (answer === null || answer === undefined) return null
  switch (kind) {
    case 'bool': return answer === true
    case 'dbl': return Number(answer)
    case 'span': return durationText(BigInt(String(answer)))
    case 'moment': return `${String(answer).replace(' ', 'T')}Z`
    default: return String(answer)
  }
}

const readable = (kind: Kind, sql: string): string => (kind === 'bool' || kind === 'dbl' || kind === 'span' ? sql : `cast(${sql} as varchar)`)

const runs: Readonly<Record<keyof typeof expressions, number>> = { bool: 700, int: 250, dec: 250, dbl: 150, text: 250, date: 120, moment: 120, clock: 60, span: 150 }

describe('expressions mean what DuckDB computes over the same rows', () => {
  let database: Database
  let cases = 0
  beforeAll(async () => {
    database = await openDatabase()
  })
  afterAll(() => {
    database.closeSync()
    console.info(`DuckDB: ${cases} values of expressions, and orders of ${rows.length} rows by ${columns.length} columns, are the same`)
  })

  it.each(Object.entries(runs) as readonly (readonly [keyof typeof expressions, number])[])('of type %s', async (kind, numRuns) => {
    await fc.assert(fc.asyncProperty(expressions[kind], async ({ ours, sql }: Both) => {
      const compiled = compile(ours, columns)
      const theirs = await answers(database, `select ${readable(kind, sql)} from given order by id`)
      const different = rows.flatMap((row, index) => {
        const [mine, other] = [compiled(row), valueOf(kind, theirs[index])]
        return equalValues(types[kind], mine, other) ? [] : [{ sql, row: index, mine, other }]
      })
      cases += rows.length
      expect(different).toEqual([])
    }), { numRuns })
  })

  it.each(columns.filter(({ type }) => !type.collection).map(({ name }) => name))('in the order of %s, nulls lowest', async (name) => {
    const at = columns.findIndex((column) => column.name === name)
    const { type } = columns[at] ?? { type: types.int }
    const mine = rows.map((row, id) => ({ value: row[at] ?? null, id })).toSorted((a, b) => compareValues(type, a.value, b.value) || a.id - b.id).map(({ id }) => id)
    expect(await answers(database, `select id from given order by ${name} nulls first, id`)).toEqual(mine)
  })
})
