import { open } from 'node:fs/promises'
import type { RowLines } from '@tributary/operators'

const readBytes = 1024 * 1024
const newLine = 0x0a
/** What a line that holds a `#` is put between; nothing that is spooled holds it. */
const quote = 0x02

/** The lines of a file, about a megabyte at a time. The file ends with a line break. */
export async function* readLines(path: string, signal: AbortSignal): AsyncGenerator<RowLines> {
  const handle = await open(path, 'r')
  try {
    let rest = Buffer.alloc(0)
    for (;;) {
      signal.throwIfAborted()
      const bytes = Buffer.allocUnsafe(rest.length + readBytes)
      rest.copy(bytes)
      const { bytesRead } = await handle.read(bytes, rest.length, readBytes)
      const length = rest.length + bytesRead
      const end = bytesRead === 0 ? length : bytes.lastIndexOf(newLine, length - 1) + 1
      if (end > 0) yield linesOf(bytes.subarray(0, end))
      if (bytesRead === 0) return
      rest = bytes.subarray(end, length)
    }
  } finally {
    await handle.close()
  }
}

function linesOf(bytes: Buffer): RowLines {
  const offsets: number[] = []
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(newLine, start)
    const end = found < 0 ? bytes.length : found
    if (bytes[start] === quote) offsets.push(start + 1, end - 1)
    else offsets.push(start, end)
    start = end + 1
  }
  return { bytes, offsets: Int32Array.from(offsets) }
}
