import type { RowLines } from '@tributary/operators'
import { copyLines } from './keyed-lines.js'
import { readLines } from './read-lines.js'
import type { Place } from './row-sorter.js'

/** The lines of a query's one column: written to a file, which is read and removed. Errors of the query come before the first line. */
export async function* queryLines(query: string, { file: newFile, statements, signal }: Place, name: string): AsyncGenerator<RowLines> {
  const file = await newFile(`${name}.lines`)
  try {
    await file.finish()
    await statements.run((connection) => connection.run(copyLines(query, file.path)))
    await file.measure()
    yield* readLines(file.path, signal)
  } finally {
    await file.remove()
  }
}
