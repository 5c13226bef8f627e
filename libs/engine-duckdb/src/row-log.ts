import type { RowLog } from '@tributary/operators'
import { lineWriter } from './line-writer.js'
import { readLines } from './read-lines.js'
import type { Place } from './row-sorter.js'

/** Keeps rows in a file as they come; the database has no part in it. */
export async function rowLog({ file: newFile, signal }: Place, name: string): Promise<RowLog> {
  const file = await newFile(`${name}.rows`)
  const writer = lineWriter(file)
  const written = async (): Promise<void> => {
    await writer.flush()
    await file.finish()
  }
  let finished: Promise<void> | undefined
  return {
    async add(rows) {
      for (const row of rows) {
        const room = writer.room(3 * row.length + 1)
        if (room !== undefined) await room
        writer.put(row)
        writer.endLine()
      }
    },
    async *read() {
      finished ??= written()
      await finished
      yield* readLines(file.path, signal)
    },
    close: () => file.remove(),
  }
}
