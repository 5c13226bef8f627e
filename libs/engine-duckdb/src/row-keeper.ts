import type { DuckDBResult } from '@duckdb/node-api'
import type { MostFound, RowKeeper } from '@tributary/operators'
import { keyField } from './key-text.js'
import { keyColumn, keyedLines } from './keyed-lines.js'
import { queryLines } from './query-lines.js'
import type { Place } from './row-sorter.js'
import { identifier, textLiteral } from './sql-text.js'

/** Keeps rows in a table, in the order of their keys, so that a look-up reads only where they may be. */
export async function rowKeeper(place: Place, name: string): Promise<RowKeeper> {
  const { file: newFile, statements } = place
  const file = await newFile(`${name}.rows`)
  const lines = keyedLines(file, 1)
  const table = identifier(`kept_${name}`)
  const key = keyColumn(0)
  let filled: Promise<unknown> | undefined
  let read = 0
  const fill = async (): Promise<void> => {
    const rows = await lines.finish()
    await statements.run((connection) => connection.run(`CREATE TEMP TABLE ${table} AS SELECT ${key}, "n", "r" FROM ${rows} ORDER BY ${key}, "n"`))
    await file.remove()
  }
  return {
    add: (rows) => lines.add(rows),
    async find(keys, most) {
      filled ??= fill()
      await filled
      const fields = new Map(keys.map((one) => [keyField(one), one]))
      const wanted = JSON.stringify([...fields.keys()])
      const query = `SELECT ${key}, "r" FROM ${table} WHERE ${key} IN (SELECT unnest(from_json($1, '["VARCHAR"]'))) ORDER BY ${key}, "n"`
      const found = await statements.run(async (connection) => atMost(await connection.stream(query, [wanted]), most))
      return found === undefined ? undefined : grouped(found, fields)
    },
    async *rowsOf(one) {
      filled ??= fill()
      await filled
      yield* queryLines(`SELECT "r" FROM ${table} WHERE ${key} = ${textLiteral(keyField(one))} ORDER BY "n"`, place, `${name}.${++read}`)
    },
  }
}

type FoundRow = readonly [string, string]

/** The rows of a result, some thousands at a time; undefined: there are more. */
async function atMost(result: DuckDBResult, most: MostFound): Promise<readonly FoundRow[] | undefined> {
  const rows: FoundRow[] = []
  let bytes = 0
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    for (const [field, row] of chunk.getRows()) {
      const text = String(row)
      bytes += text.length
      rows.push([String(field), text])
    }
    if (rows.length > most.rows || bytes > most.bytes) return undefined
  }
  return rows
}

function grouped(rows: readonly FoundRow[], fields: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>()
  for (const [field, row] of rows) {
    const key = fields.get(field) ?? field
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [row])
    else group.push(row)
  }
  return groups
}
