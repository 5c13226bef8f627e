import type { Dispatcher, Pool } from 'undici'
import { deadline } from '@tributary/source'

/** The body of an answer, read once, chunk by chunk, at the reader's pace. */
export interface Body extends AsyncIterable<Buffer> {
  /** Lets go of what is left: nothing happens where all of it was received. */
  destroy(): void
  /** Told once, when the body ended, failed or was let go of. */
  once(event: 'close', listener: () => void): unknown
  /** All of the body, where it has arrived and nothing of it was read: it counts as read then. */
  whole?(): Buffer | undefined
}

/**
 * What a body has to bring for each timeout that its reader waits for it, the first two excepted: one that comes byte by byte is never silent,
 * and would go on for ever.
 */
const BYTES_A_TIMEOUT = 64 * 1024
/** Bytes that may wait for the reader; beyond them the remote is made to wait. */
const MOST_WAITING = 128 * 1024

type Chunk = IteratorResult<Buffer, undefined>
const END: Chunk = Object.freeze({ done: true, value: undefined })

/**
 * One request on a pool, from its dispatch to the last byte of its answer. It takes what the connection's parser gives without a stream in
 * between: each chunk is handed on as it was read from the socket.
 */
class Reception implements Dispatcher.DispatchHandler, AsyncIterableIterator<Buffer, undefined, undefined>, Body {
  status = 0
  headers: Readonly<Record<string, string>> = {}
  /** Bytes received so far, as they were sent. */
  bytes = 0
  readonly started = Promise.withResolvers<undefined>()
  private controller: Dispatcher.DispatchController | undefined
  private readonly chunks: Buffer[] = []
  private waiting = 0
  private reader: PromiseWithResolvers<Chunk> | undefined
  private failure: { readonly error: unknown } | undefined
  private ended = false
  /** Somebody has begun to read. */
  private read = false
  private readonly listeners: (() => void)[] = []
  /** Milliseconds the reader has waited for the body, and since when it waits. */
  private waited = 0
  private waitingSince = 0

  constructor(private readonly patience: Patience) {}

  /** Ends the request, whatever has come of it so far; `reason` is what the reader meets. */
  cancel(reason: unknown): void {
    if (this.ended) return
    this.fail(reason)
    this.controller?.abort(reason instanceof Error ? reason : new Error('the request was cancelled', { cause: reason }))
  }

  destroy(): void {
    if (!this.ended) this.cancel(new Error('the body was let go of'))
  }

  once(_event: 'close', listener: () => void): void {
    if (this.ended) listener()
    else this.listeners.push(listener)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.failure === undefined) this.controller = controller
    else controller.abort(new Error('the request was cancelled', { cause: this.failure.error }))
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Readonly<Record<string, string | string[] | undefined>>): void {
    // What stands before the answer itself, such as 103, is none.
    if (status < 200) return
    this.status = status
    this.headers = plainHeaders(headers)
    this.started.resolve(undefined)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.bytes += chunk.length
    if (this.failure !== undefined) return
    const { reader } = this
    if (reader !== undefined) {
      this.reader = undefined
      this.waited += performance.now() - this.waitingSince
      return reader.resolve({ done: false, value: chunk })
    }
    this.chunks.push(chunk)
    this.waiting += chunk.length
    if (this.waiting > MOST_WAITING) controller.pause()
  }

  onResponseEnd(): void {
    if (this.ended) return
    this.ended = true
    this.reader?.resolve(END)
    this.close()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (!this.ended) this.fail(error)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<Chunk> {
    this.read = true
    const value = this.chunks.shift()
    if (value !== undefined) {
      this.waiting -= value.length
      if (this.chunks.length === 0) this.controller?.resume()
      return Promise.resolve({ done: false, value })
    }
    if (this.failure !== undefined) return Promise.reject(this.failure.error as Error)
    if (this.ended) return Promise.resolve(END)
    if (this.waited > this.patience.ms * (2 + this.bytes / BYTES_A_TIMEOUT)) {
      this.cancel(this.patience.timeout())
      return this.next()
    }
    this.reader = Promise.withResolvers<Chunk>()
    this.waitingSince = performance.now()
    return this.reader.promise
  }

  whole(): Buffer | undefined {
    if (!this.ended || this.failure !== undefined || this.read) return undefined
    this.read = true
    const [first, ...more] = this.chunks.splice(0)
    return first === undefined ? Buffer.alloc(0) : more.length === 0 ? first : Buffer.concat([first, ...more])
  }

  return(): Promise<Chunk> {
    this.destroy()
    return Promise.resolve(END)
  }

  /** What has not been read by now is not given any more. */
  private fail(error: unknown): void {
    this.ended = true
    this.failure = { error }
    this.chunks.length = 0
    this.started.reject(error)
    this.reader?.reject(error)
    this.close()
  }

  private close(): void {
    for (const listener of this.listeners.splice(0)) listener()
  }
}

/** Names in lower case, as the parser gives them; cookies are set on a line each. */
function plainHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Readonly<Record<string, string>> {
  const plain: Record<string, string> = {}
  for (const name of Object.keys(headers)) {
    const value = headers[name]
    if (value !== undefined) plain[name] = typeof value === 'string' ? value : value.join(name === 'set-cookie' ? '\n' : ', ')
  }
  return plain
}

/** An answer that has begun. */
export interface Received {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Body
  /** Bytes received so far, as they were sent. */
  readonly bytes: () => number
}

/** How long an answer may take to begin, and be silent or drip, and what to throw then. */
export interface Patience {
  readonly ms: number
  readonly timeout: () => Error
  /** Resolves when the request has left and the time begins; at once where it is left out. */
  readonly from?: Promise<void>
}

/**
 * Sends a request and resolves when its answer begins.
 * @throws the signal's reason, the timeout's error, and what the connection fails with
 */
export async function receive(pool: Pool, request: Dispatcher.DispatchOptions, signal: AbortSignal, patience: Patience): Promise<Received> {
  signal.throwIfAborted()
  const reception = new Reception(patience)
  const abort = (): void => reception.cancel(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  reception.once('close', () => signal.removeEventListener('abort', abort))
  let lift: (() => void) | undefined
  let begun = false
  const watch = (): void => {
    if (!begun) lift = deadline(patience.ms, () => reception.cancel(patience.timeout()))
  }
  if (patience.from === undefined) watch()
  else void patience.from.then(watch)
  try {
    pool.dispatch(request, reception)
    await reception.started.promise
  } finally {
    begun = true
    lift?.()
  }
  return { status: reception.status, headers: reception.headers, body: reception, bytes: () => reception.bytes }
}
