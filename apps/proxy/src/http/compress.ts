import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { Writable, type Transform } from 'node:stream'
import { constants, createBrotliCompress, createGzip, createZstdCompress } from 'node:zlib'
import { headerItems } from '@tributary/odata-wire'
import type { Reply } from './exchange.js'

/** Smaller answers gain nothing. */
const leastBytes = 1024

type Encoding = 'br' | 'zstd' | 'gzip'

/** Fast rather than small, and after every chunk all of it is on its way: the first row does not wait for the second. */
const encoders: Readonly<Record<Encoding, () => Transform>> = {
  br: () => createBrotliCompress({ flush: constants.BROTLI_OPERATION_FLUSH, params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
  zstd: () => createZstdCompress({ flush: constants.ZSTD_e_flush, params: { [constants.ZSTD_c_compressionLevel]: 1 } }),
  gzip: () => createGzip({ flush: constants.Z_SYNC_FLUSH, level: 1 }),
}

/** What the client wants most of what there is; undefined: nothing. @see RFC 9110 section 12.5.3 */
function encodingOf(accepted: string): Encoding | undefined {
  const wanted = new Map(headerItems(accepted).map((item) => {
    const [name = ''] = item.keys()
    return [name, Number(item.get('q') ?? '1')] as const
  }))
  const quality = (name: Encoding): number => wanted.get(name) ?? (name === 'gzip' ? wanted.get('x-gzip') : undefined) ?? wanted.get('*') ?? 0
  const [best] = (['br', 'zstd', 'gzip'] as const).toSorted((a, b) => quality(b) - quality(a))
  return best !== undefined && quality(best) > 0 && quality(best) >= (wanted.get('identity') ?? 0) ? best : undefined
}

/** The reply, compressing what is worth it in the encoding the client wants most. */
export function compressing(accepted: string | readonly string[] | undefined, response: ServerResponse): Reply {
  const encoding = accepted === undefined ? undefined : encodingOf(String(accepted))
  return encoding === undefined ? response : new CompressedReply(response, encoding)
}

/** Bytes of a stream stand for themselves: a part of them would not be that part any more. */
const isFinal = (headers: OutgoingHttpHeaders): boolean => String(headers['cache-control'] ?? '').includes('no-transform') || headers['content-range'] !== undefined || headers['content-encoding'] !== undefined

/** Decides with the first bytes: a whole small answer, or one without a body, stays as it is. */
class CompressedReply extends Writable implements Reply {
  headersSent = false
  private head: { readonly status: number; readonly headers: OutgoingHttpHeaders } | undefined
  private encoder: Transform | undefined

  constructor(private readonly response: ServerResponse, private readonly encoding: Encoding) {
    super()
    response.on('close', () => this.destroy())
    response.on('error', (error) => this.destroy(error))
    // Whoever answers learns of a client that went away by the exchange's signal.
    this.on('error', () => response.destroy())
  }

  writeHead(status: number, headers: OutgoingHttpHeaders): this {
    this.headersSent = true
    this.head = { status, headers }
    return this
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const target = this.begin(chunk)
    if (target === this.response) {
      if (target.write(chunk)) done()
      else target.once('drain', done)
      return
    }
    target.write(chunk, done)
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.head !== undefined) this.leave(this.head.headers)
    const target = this.encoder ?? this.response
    target.end()
    if (this.response.writableFinished) done()
    else this.response.once('finish', () => done())
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.encoder?.destroy()
    if (!this.response.writableFinished) this.response.destroy()
    done(error)
  }

  /** The first chunk: a small one whose length the headers tell is all there is. */
  private begin(chunk: Buffer): Writable {
    if (this.head === undefined) return this.encoder ?? this.response
    const { 'content-length': length, ...headers } = this.head.headers
    const whole = length !== undefined && Number(length) === chunk.length
    if ((whole && chunk.length < leastBytes) || isFinal(this.head.headers)) {
      this.leave(this.head.headers)
      return this.response
    }
    const encoder = encoders[this.encoding]()
    this.encoder = encoder
    encoder.pipe(this.response)
    encoder.on('error', (error) => this.destroy(error))
    this.leave({ ...headers, 'content-encoding': this.encoding })
    return encoder
  }

  private leave(headers: OutgoingHttpHeaders): void {
    if (this.head !== undefined) this.response.writeHead(this.head.status, headers)
    this.head = undefined
  }
}
