import { hubError } from '@tributary/errors'

/**
 * The body of a request, whole.
 * @param most bytes it may have
 * @throws HUB_LIMIT_EXCEEDED
 */
export async function readBody(request: AsyncIterable<Buffer>, most: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > most) throw hubError('HUB_LIMIT_EXCEEDED', { limit: most, what: 'bytes of a body', hint: 'Send less at a time.' })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}
