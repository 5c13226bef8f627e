import type { SpoolFile } from './spool-file.js'

/** Collects small texts to large writes. */
export interface LineWriter {
  /** The longest line so far, in bytes. */
  readonly longest: number
  /** Room for so many bytes more; wait for it before `put` is called. */
  room(bytes: number): Promise<void> | undefined
  /** Puts text, or bytes as they are, without waiting. */
  put(part: string | Buffer): void
  endLine(): void
  flush(): Promise<void>
}

const chunkBytes = 1024 * 1024

/** Writes lines to a file. */
export function lineWriter(file: SpoolFile): LineWriter {
  let chunk = Buffer.allocUnsafe(chunkBytes)
  let used = 0
  let lineStart = 0
  let longest = 0
  const flush = async (): Promise<void> => {
    const full = chunk.subarray(0, used)
    chunk = Buffer.allocUnsafe(chunkBytes)
    used = 0
    lineStart = 0
    if (full.length > 0) await file.write(full)
  }
  const larger = async (bytes: number): Promise<void> => {
    await flush()
    if (bytes > chunk.length) chunk = Buffer.allocUnsafe(bytes)
  }
  return {
    get longest() { return longest },
    room: (bytes) => (used + bytes <= chunk.length ? undefined : larger(bytes)),
    put(part) {
      used += typeof part === 'string' ? chunk.write(part, used) : part.copy(chunk, used)
    },
    endLine() {
      chunk[used++] = 0x0a
      longest = Math.max(longest, used - lineStart)
      lineStart = used
    },
    flush,
  }
}
