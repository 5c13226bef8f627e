import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { mkdir, open, unlink, type FileHandle } from 'node:fs/promises'
import type { OutgoingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { callbackify } from 'node:util'
import { hubError } from '@tributary/errors'
import type { Reply } from '../http/exchange.js'

/** How much all spooled answers of a process hold, and may hold. */
export interface SpoolBudget {
  readonly most: number
  held: number
}

/** A reply that is kept in a private file until somebody asks for it. Nothing is left of the file when the process ends, however it ends. */
export class SpooledReply extends Writable implements Reply {
  headersSent = false
  status = 0
  headers: Readonly<Record<string, string>> = {}
  private size = 0
  private released = false

  private constructor(private readonly file: FileHandle, private readonly budget: SpoolBudget) {
    super()
  }

  /** @param directory private to the process' user; made where it is missing */
  static async within(directory: string, budget: SpoolBudget): Promise<SpooledReply> {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const path = join(directory, `async-${randomUUID()}`)
    const file = await open(path, constants.O_CREAT | constants.O_EXCL | constants.O_RDWR, 0o600)
    // An open file without a name is read and written as before, and goes with the last who holds it.
    await unlink(path)
    return new SpooledReply(file, budget)
  }

  writeHead(status: number, headers: OutgoingHttpHeaders): this {
    this.headersSent = true
    this.status = status
    this.headers = Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])))
    return this
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.budget.held + chunk.length > this.budget.most) {
      return done(hubError('HUB_LIMIT_EXCEEDED', { limit: this.budget.most, what: 'bytes of answers that wait to be fetched', hint: 'Ask without respond-async, or for less; an administrator may raise TRIBUTARY_ASYNC_MB.' }))
    }
    this.budget.held += chunk.length
    callbackify(async () => {
      for (let at = 0; at < chunk.length;) at += (await this.file.write(chunk, at, chunk.length - at, this.size + at)).bytesWritten
      this.size += chunk.length
    })(done)
  }

  /** What the body has; of an answer to HEAD none, whatever its headers say. */
  get bytes(): number {
    return this.size
  }

  /** The body from its beginning; may be read again and by several. */
  async *body(): AsyncGenerator<Buffer> {
    const buffer = Buffer.allocUnsafe(64 * 1024)
    for (let at = 0; at < this.size;) {
      const { bytesRead } = await this.file.read(buffer, 0, Math.min(buffer.length, this.size - at), at)
      if (bytesRead === 0) return
      at += bytesRead
      yield Buffer.from(buffer.subarray(0, bytesRead))
    }
  }

  /** Gives the file back. */
  async release(): Promise<void> {
    if (this.released) return
    this.released = true
    this.budget.held -= this.size
    this.destroy()
    await this.file.close()
  }
}
