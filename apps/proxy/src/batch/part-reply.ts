import type { OutgoingHttpHeaders } from 'node:http'
import { Writable } from 'node:stream'
import { callbackify } from 'node:util'
import type { Reply } from '../http/exchange.js'

/** Where the parts of an answer to one request of a batch go. */
export interface PartSink {
  begin(status: number, headers: Readonly<Record<string, string>>): Promise<void>
  body(chunk: Buffer): Promise<void>
  end(): Promise<void>
}

/** The reply to one request of a batch: what is written goes on at once, as fast as the client reads. */
export class PartReply extends Writable implements Reply {
  headersSent = false
  status = 0
  /** Names in lower case. */
  headers: Readonly<Record<string, string>> = {}
  private begun: Promise<void> = Promise.resolve()

  constructor(private readonly sink: PartSink) {
    super()
  }

  writeHead(status: number, headers: OutgoingHttpHeaders): this {
    this.headersSent = true
    this.status = status
    const texts = Object.entries(headers).flatMap(([name, value]) => (value === undefined || perConnection.has(name) ? [] : [[name, String(value)] as const]))
    this.headers = Object.fromEntries(texts)
    this.begun = this.sink.begin(status, this.headers)
    // Waited for, and told, with the first write or the end.
    this.begun.catch(() => undefined)
    return this
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    callbackify(async () => {
      await this.begun
      await this.sink.body(chunk)
    })(done)
  }

  override _final(done: (error?: Error | null) => void): void {
    callbackify(async () => {
      await this.begun
      await this.sink.end()
    })(done)
  }
}

/** What belongs to the answer of the whole batch. */
const perConnection: ReadonlySet<string> = new Set(['vary', 'cache-control', 'server-timing', 'www-authenticate', 'connection', 'transfer-encoding'])
