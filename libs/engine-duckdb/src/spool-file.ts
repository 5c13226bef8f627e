import { open, rm, stat, type FileHandle } from 'node:fs/promises'
import { spoolFull, type SpoolQuota } from './spool-quota.js'

/** A private file that rows are appended to, and that is read again. What it holds counts against the quota until it is removed. */
export interface SpoolFile {
  readonly path: string
  /** Written so far. */
  readonly bytes: number
  /** Ends when the bytes are with the operating system: whoever waits cannot be faster than the disk. @throws HUB_SPOOL_FULL */
  write(bytes: Buffer): Promise<void>
  /** Counts what the database has written to it. @throws HUB_SPOOL_FULL */
  measure(): Promise<void>
  /** Nothing more is written. */
  finish(): Promise<void>
  remove(): Promise<void>
}

/** Nobody but us may read it. */
const ownerOnly = 0o600

/** A new file. @throws HUB_SPOOL_FULL */
export async function createSpoolFile(path: string, quota: SpoolQuota): Promise<SpoolFile> {
  let handle: FileHandle | undefined = await open(path, 'wx', ownerOnly)
  let bytes = 0
  const finish = async (): Promise<void> => {
    const closing = handle
    handle = undefined
    await closing?.close()
  }
  return {
    path,
    get bytes() { return bytes },
    async write(chunk) {
      quota.take(chunk.length)
      bytes += chunk.length
      if (handle === undefined) throw new Error('The spool file was finished')
      try {
        for (let done = 0; done < chunk.length;) done += (await handle.write(chunk, done)).bytesWritten
      } catch (error) {
        throw isDiskFull(error) ? spoolFull(quota.used, error) : error
      }
    },
    async measure() {
      const { size } = await stat(path)
      quota.take(size - bytes)
      bytes = size
    },
    finish,
    async remove() {
      await finish()
      await rm(path, { force: true })
      quota.give(bytes)
      bytes = 0
    },
  }
}

/** ENOSPC, EDQUOT: the disk itself has no room. */
export const isDiskFull = (error: unknown): boolean => /\b(?:ENOSPC|EDQUOT)\b|No space left on device/.test(String(error))
