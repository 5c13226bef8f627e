import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { pipeline, type Readable, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import { hubError } from '@tributary/errors'

const decoders: Readonly<Record<string, () => Transform>> = {
  'gzip': createGunzip, 'x-gzip': createGunzip, 'deflate': createInflate, 'br': createBrotliDecompress, 'zstd': createZstdDecompress,
}

/** Who stops to read a body still has to answer on its connection. */
const kept = { destroyOnReturn: false }

/** A request whose body has still to be read. */
export type Unread = Readable & Pick<IncomingMessage, 'headers'>

/**
 * The body of a request, whole and decoded.
 * @param most bytes it may have, decoded
 * @throws HUB_LIMIT_EXCEEDED, HUB_CONTENT_UNSUPPORTED for a coding that is not known, HUB_REQUEST_INVALID for one that is damaged
 */
export async function readBody(request: Unread, most: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of decoded(request).iterator(kept) as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > most) throw hubError('HUB_LIMIT_EXCEEDED', { limit: most, what: 'bytes of a body', hint: 'Send less at a time.' })
      chunks.push(chunk)
    }
  } catch (cause) {
    if (!isDamaged(cause)) throw cause
    throw hubError('HUB_REQUEST_INVALID', { reason: `the body is not coded as Content-Encoding says: ${request.headers['content-encoding'] ?? ''}` }, { target: 'Content-Encoding', cause })
  }
  return Buffer.concat(chunks, size)
}

/** @throws HUB_CONTENT_UNSUPPORTED */
function decoded(request: Unread): Readable {
  const coding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (coding === '' || coding === 'identity') return request
  const decoder = decoders[coding]?.()
  if (decoder === undefined) throw hubError('HUB_CONTENT_UNSUPPORTED', { type: `the coding ${coding}`, known: 'gzip, deflate, br, zstd, or none' }, { target: 'Content-Encoding' })
  // What fails is met by whoever reads the decoder.
  return pipeline(request, decoder, () => undefined)
}

const isDamaged = (error: unknown): boolean => typeof error === 'object' && error !== null && 'code' in error && /^(?:Z_|ERR__ERROR|ERR_BROTLI|ERR_ZSTD|ZSTD_)/.test(String(error.code))

/**
 * The body of a request as it comes, for those that pass it on as fast as they can.
 * @param most bytes it may have
 * @throws HUB_LIMIT_EXCEEDED, at once where the request tells its length
 */
export function streamBody(request: Unread, most: number): AsyncIterable<Buffer> {
  const told = Number(request.headers['content-length'] ?? 0)
  if (told > most) throw tooLarge(most)
  return limited(request, most)
}

async function* limited(request: Unread, most: number): AsyncGenerator<Buffer> {
  let size = 0
  for await (const chunk of request.iterator(kept) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > most) throw tooLarge(most)
    yield chunk
  }
}

const tooLarge = (most: number): Error => hubError('HUB_LIMIT_EXCEEDED', { limit: most, what: 'bytes of a media stream', hint: 'An administrator may raise TRIBUTARY_MEDIA_BYTES.' })

/** A body that is there already. */
export async function* wholeBody(body: Buffer): AsyncGenerator<Buffer> {
  if (body.length > 0) yield body
}

/** What a request says of how its stream is coded, and how long it is: whoever gets the stream as it is, is told. */
export const streamHeaders = (headers: IncomingHttpHeaders): Readonly<Record<string, string>> => {
  const { 'content-encoding': encoding, 'content-length': length } = headers
  return { ...(encoding === undefined ? {} : { 'content-encoding': encoding }), ...(length === undefined ? {} : { 'content-length': length }) }
}
